#!/usr/bin/env bash
# Tests of `submit`, `run`, `cancel` and `status` against a real Slurm of two nodes, which is brought up on loopback and taken down again.
#
# usage: Tests/Slurm.sh [--require] [PROGRAM]      (PROGRAM defaults to .build/release/advgan-job; --require: do not skip)
#
# Needs root and the packages that Tests/slurm/install installs; without them it says "skipped: ..." and exits with 0, or under
# --require with 1. One line a test: "passed: ...", or "FAILED: ..." with what was found. exit code: 1 where one failed
set -uo pipefail
# shellcheck source=Tests/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck disable=SC1091 # it is beside this file
. "$root/Tests/slurm/cluster.sh"
export PATH=$PATH:/usr/sbin
required=no
if [ "${1-}" = --require ]; then
  required=yes
  shift
fi
program=$(realpath "${1:-$root/.build/release/advgan-job}")

skip() {
  echo "skipped: $1"
  [ "$required" = no ]
  exit
}
[ "$(id -u)" -eq 0 ] || skip "a Slurm for tests needs root"
for command in slurmctld slurmd sbatch munged mungekey; do
  command -v "$command" >/dev/null || skip "'$command' is missing: see Tests/slurm/install"
done
[ -x "$program" ] || skip "there is no program $program: swift build -c release"

scratch=$(mktemp -d)
failures=0 desks=0
trap 'cluster_down; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if ! cluster_up "$scratch/cluster"; then
  echo "FAILED: Slurm comes up"
  tail -n 5 "$scratch"/cluster/*.out "$scratch"/cluster/*.log | sed 's/^/  /'
  exit 1
fi

# --- words of the tests ---

# begin CLAIM: in a new folder of its own, which has the data set of train.yaml once that is made. Its name is one that has to be quoted.
begin() {
  claim=$1 complaints=()
  sandbox="$scratch/it's \"sandbox\" #$((++desks)), \$(50%j)"
  mkdir -p "$sandbox/artifacts/train"
  cd "$sandbox" || exit 1
  ln -sfn "$root/data-prep" data-prep
  [ -z "${dataset-}" ] || cp "$dataset" artifacts/train/
}

job() { # job COMMAND ARGUMENT...: on train.yaml, or on another file that $file names
  "$program" "$1" --file="${file-$root/Tests/slurm/train.yaml}" "${@:2}"
}

expect() { # expect WHAT FOUND WANTED
  [ "$2" = "$3" ] || complaints+=("$1: expected '$3', found '$2'")
}
expect_text() { # expect_text WHERE TEXT FRAGMENT
  [[ $2 == *"$3"* ]] || complaints+=("$1 does not say '$3' but '$2'")
}
# await WHAT SECONDS COMMAND...
await() { until_true "${@:2}" || complaints+=("$1 did not come about in $2 s"); }

finish() {
  if [ ${#complaints[@]} -eq 0 ]; then
    echo "passed: $claim ($SECONDS s)"
    return
  fi
  failures=$((failures + 1))
  echo "FAILED: $claim ($SECONDS s)"
  printf '  %s\n' "${complaints[@]}"
  find . -name '*.out' -exec tail -n 5 {} + | sed 's/^/  | /'
  timeout 5 squeue --states=all | sed 's/^/  | /'
}

# The number of the job that was sent for a stage last.
sent() { sed -n 's/^ *"job" : \([0-9]*\),*$/\1/p' "artifacts/train/.advgan/slurm/$1.json"; }
# What Slurm says of the job of stage $1: word $2 of `scontrol show job`.
of_job() { scontrol -o show job "$(sent "$1")" 2>/dev/null | tr ' ' '\n' | sed -n "s/^$2=//p"; }
has_state() { [ "$(of_job "$1" JobState)" = "$2" ]; }
is_restarted() { [ "$(of_job train Restarts)" -ge 1 ] 2>/dev/null; }
is_fresh() { job status --check "$@" >/dev/null 2>&1; }
# The training has come some way, and has a checkpoint to fall back to.
has_checkpoint() { compgen -G 'artifacts/train/.advgan/checkpoints/train/*.tar' >/dev/null; }
owner() { sed -n 's/^ *"pid" : \([0-9]*\),*$/\1/p' artifacts/train/.advgan/locks/train.owner.json 2>/dev/null; }
owner_is_known() { [ -n "$(owner)" ]; }
is_free() { [ ! -e artifacts/train/.advgan/locks/train.owner.json ]; }
log() { cat artifacts/train/.advgan/logs/train.log; }
expect_same_artifact() { cmp -s artifacts/train/train.tar "$reference" || complaints+=("the artifact differs from that of an uninterrupted make"); }

# --- what an undisturbed make makes ---

begin "the references are made"
file=$root/Tests/slurm/graph.yaml job make -s >/dev/null || complaints+=("the graph was not made")
job make -s --threads 1 >/dev/null || complaints+=("the training was not made")
graph=$sandbox/artifacts/graph reference=$sandbox/artifacts/train/train.tar dataset=$sandbox/artifacts/train/dataset.tar
finish

# --- tests ---

begin "a whole graph sent as one chain ends as with make, byte for byte"
file=$root/Tests/slurm/graph.yaml
expect_text "submit" "$(job submit)" $'\n10 jobs sent, 0 skipped.'
expect_text "status" "$(job status)" "; Slurm job "
expect_text "a second submit" "$(job submit)" "0 jobs sent, "
await "the end of the graph" 90 is_fresh
expect "a submit after the end" "$(job submit)" "Nothing to be done for 'all'."
for artifact in "$graph"/*.tar; do
  cmp -s "$artifact" "artifacts/graph/${artifact##*/}" || complaints+=("${artifact##*/} differs from that of make")
done
unset file
finish

begin "a stage that fails takes what waits for it out of the queue"
sed 's/limit: 20}/limit: 20, md5: 00000000000000000000000000000000}/' "$root/Tests/slurm/train.yaml" >train.yaml
file=train.yaml
rm -f artifacts/train/dataset.tar
expect_text "submit" "$(job submit)" $'\n2 jobs sent, 0 skipped.'
await "the failure" 30 has_state dataset FAILED
await "the cancellation" 30 has_state train CANCELLED
expect_text "status" "$(job status)" "no artifact yet; Slurm job $(sent dataset) failed"
expect_text "status" "$(job status)" "no artifact yet; Slurm job $(sent train) was cancelled"
expect_text "the job's output" "$(cat artifacts/train/.advgan/slurm/dataset.out)" "advgan-job: stage 'dataset' failed: "
unset file
finish

begin "a job that is cancelled saves a checkpoint, and the next goes on from there to the same bytes"
expect_text "submit" "$(job submit)" $'1 job sent, 0 skipped.'
await "a checkpoint" 30 has_checkpoint
scancel "$(sent train)"
await "the cancellation" 30 has_state train CANCELLED
await "the end of the process" 30 is_free
expect_text "the log" "$(log)" "stopped by SIGTERM, checkpoint at step "
expect_text "status" "$(job status)" "interrupted at step "
expect_text "the next submit" "$(job submit)" "1 job sent, 0 skipped."
await "the end" 60 is_fresh
expect_text "the log" "$(log)" "resumes at step "
expect_same_artifact
finish

begin "a job that comes near its time limit puts itself back into the queue and ends in the same bytes"
sed '/checkpoint: {every: 1s}/s//resources: {time: "1", signal: 55}/' "$root/Tests/slurm/train.yaml" >train.yaml
file=train.yaml
expect_text "submit" "$(job submit)" "1 job sent, 0 skipped."
await "the start" 30 owner_is_known
# Slurm looks at time limits every 30 s. Till then the training stands still; Slurm lets it go on when it sends the signal.
kill -STOP "$(owner)"
await "the requeue" 60 is_restarted
expect_text "the job's output" "$(cat artifacts/train/.advgan/slurm/train.out)" "advgan-job: stopped by SIGUSR1"
await "the end" 120 is_fresh
expect_text "the log" "$(log)" "resumes at step "
expect_same_artifact
await "the end of the job" 30 has_state train COMPLETED
expect_text "the next submit" "$(job submit)" "Nothing to be done for 'all'."
unset file
finish

begin "a job waits for a make that is at its stage, and finds it made"
job make -s --threads 1 >/dev/null &
make=$!
await "the start" 30 owner_is_known
expect_text "submit" "$(job submit)" "1 job sent, 0 skipped."
wait "$make" || complaints+=("make ended with $?")
await "the end of the job" 30 has_state train COMPLETED
expect_text "the job's output" "$(cat artifacts/train/.advgan/slurm/train.out)" "; waiting for it to end"
expect_same_artifact
finish

begin "cancel empties the queue"
rm -f artifacts/train/dataset.tar
expect_text "submit" "$(job submit)" "2 jobs sent, 0 skipped."
expect_text "cancel" "$(job cancel)" "train: cancels Slurm job $(sent train), which is queued (Dependency)"
await "the empty queue" 30 queue_is_empty
expect "a second cancel" "$(job cancel)" "Nothing is queued or running."
finish

begin "a job whose node goes down is made on the other, to the same bytes"
expect_text "submit" "$(job submit)" "1 job sent, 0 skipped."
await "a checkpoint" 30 has_checkpoint
node=$(of_job train NodeList) pid=$(owner)
# The node goes with all its processes: slurmd, the one that minds the job, and the job.
kill_daemon "$node"
kill -KILL "$(ps -o ppid= -p "$pid" | tr -d ' ')" "$pid"
scontrol update nodename="$node" state=down reason=test
await "the requeue" 30 is_restarted
await "the end" 60 is_fresh
expect_text "the log" "$(log)" "resumes at step "
[ "$(of_job train NodeList)" != "$node" ] || complaints+=("the job ran on $node again")
expect_same_artifact
finish

[ "$failures" -eq 0 ]
