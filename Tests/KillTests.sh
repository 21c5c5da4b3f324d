#!/usr/bin/env bash
# The real stages, killed at random moments: the same command goes on each time, and ends in the same bytes as an undisturbed run.
#
# usage: Tests/KillTests.sh PROGRAM [SEED]     (PROGRAM: advgan-job, such as .build/release/advgan-job)
#
# A tiny job of every kind of stage is killed 20 times with SIGKILL and 20 times with SIGTERM: every other time when a random time has passed,
# else when some more checkpoints were saved. Then SIGINT twice, SIGHUP under nohup, and a closed pipe.
#
# One line a check: "passed: ..." or "failed: ..."; the seed repeats the choices, not the moments.
# exit code: 1 where a check failed
set -uo pipefail
# shellcheck source=Tests/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

program=$(realpath "$1")
seed=${2:-$SRANDOM}
RANDOM=$((seed % 32768))
project=$(realpath "$(dirname "$0")/..")
scratch=$(mktemp -d)
pid=
trap '[ -n "$pid" ] && kill -9 "$pid" 2>/dev/null; rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
ln -s "$project/data-prep" data-prep
failures=0
echo "seed $seed"

cat >job.yaml <<'YAML'
version: 1
artifacts: artifacts
checkpoint: {every: 0s, keep: 2}
stages:
  dataset:
    run: extract
    with: {source: folders, archive: data-prep/sample/cifar10-sample.tar.xz, validation: 20, limit: 8}
  cotrain:
    run: cotrain
    needs: {dataset: dataset}
    with:
      network: preact-resnet18
      width: 4
      attack: {steps: 2, epsilon: 4/255, step: 3/255}
      epochs: 2
      batch: 8
      discriminator_updates: 2
      schedule: {kind: linear, from: 1}
      samples_every: 1
      monitor: {images: 8}
      sample_rows: 2
  finetune:
    run: finetune
    needs: {dataset: dataset, discriminator: cotrain, generator: cotrain}
    with:
      lambda: 0.3
      attack: {steps: 2, epsilon: 8/255, step: 4/255}
      batch: 8
      validation_images: 20
      monitor: {images: 8}
      augmentation: {flips: true, shift: 2}
      epochs: 2
      rate: 0.002
      schedule: {kind: one-cycle, peak: 1}
  evaluate:
    run: evaluate
    needs: {dataset: dataset, model: finetune}
    with: {splits: [train, test], limit: 40, epsilons: [0, 2/255, 8/255], attacks: [{kind: pgd, steps: 3}], batch: 10}
  report:
    run: report
    needs: {dataset: dataset, evaluations: evaluate, histories: [cotrain, finetune]}
targets: {all: [report]}
YAML

# Ends a check: $1 its claim, $2 what speaks against it.
conclude() {
  if [ -z "$2" ]; then
    echo "passed: $1"
  else
    echo "failed: $1"
    sed 's/^/  /' <<<"$2"
    failures=$((failures + 1))
  fi
}

make_all() { "$program" make -s -f job.yaml; }

# What differs between the artifacts and those of the undisturbed run, and what is left of crashes.
differences() {
  local stage
  for stage in dataset cotrain finetune evaluate report; do
    cmp "artifacts/$stage.tar" "whole/$stage.tar" 2>&1
  done
  find artifacts \( -name '.*.tmp-*' -o -path '*/staging/*' -o -path '*/checkpoints/*' -o -path '*/progress/*' -o -name '*.owner.json' \) -print
}

newest_checkpoint() { find artifacts/.advgan/checkpoints -name '[0-9a-f]*.tar' -printf '%T@ %p\n' 2>/dev/null | sort -n | tail -1; }

is_running() { kill -0 "$pid" 2>/dev/null; }

# Waits until a random time has passed ($1 even), or until one to six more checkpoints were saved; or until the program ended.
wait_a_moment() {
  if [ $(($1 % 2)) -eq 0 ]; then
    sleep "$(awk -v part="$RANDOM" -v whole="$seconds" 'BEGIN { print 0.02 + part / 32768 * (0.3 + whole / 8) }')"
    return
  fi
  local left=$((1 + RANDOM % 6)) before now
  before=$(newest_checkpoint)
  while [ "$left" -gt 0 ] && is_running; do
    now=$(newest_checkpoint)
    if [ "$now" != "$before" ]; then
      before=$now
      left=$((left - 1))
    fi
    sleep 0.005
  done
}

# Sends the signal $1 twenty times, begins anew when all is made, and tells what was wrong. The statuses $2 are allowed.
kill_often() {
  local sent=0 ends=0 status
  rm -rf artifacts
  while [ "$sent" -lt 20 ]; do
    # Not by the function: the signal must go to the program, not to a shell around it.
    "$program" make -s -f job.yaml >>log 2>&1 &
    pid=$!
    wait_a_moment "$sent"
    if is_running; then
      kill -s "$1" "$pid"
      sent=$((sent + 1))
    fi
    wait "$pid" 2>/dev/null
    status=$?
    case " $2 " in *" $status "*) ;; *) echo "exit status $status after SIG$1 number $sent" ;; esac
    if [ "$status" -eq 0 ]; then
      ends=$((ends + 1))
      differences
      rm -rf artifacts
    fi
  done
  make_all >>log 2>&1 || echo "the last run ended with $?"
  differences
  echo "SIG$1: $sent sent, $((ends + 1)) runs to the end" >&2
}

begin=$EPOCHREALTIME
make_all >log 2>&1 || { cat log; exit 1; }
seconds=$(awk -v from="$begin" -v to="$EPOCHREALTIME" 'BEGIN { print to - from }')
mv artifacts whole
echo "undisturbed: $seconds s"

conclude "killed at 20 moments, the stages end in the same bytes" "$(kill_often KILL "0 137")"
conclude "so they do when they are asked to stop at 20 moments" "$(kill_often TERM "0 75 143")"

# Waits until the co-training has saved a checkpoint.
wait_for_checkpoint() { while [ -z "$(newest_checkpoint)" ] && is_running; do sleep 0.005; done; }

# Runs with the command before it, if any, and leaves its number in pid.
begin_anew() {
  rm -rf artifacts
  "$@" "$program" make -s -f job.yaml >>log 2>&1 &
  pid=$!
  wait_for_checkpoint
}

# INT is ignored by what a script starts with "&"; env gives it back.
begin_anew env --default-signal=INT
kill -INT "$pid"
wait "$pid"
conclude "SIGINT ends a run with 130" "$([ $? -eq 130 ] || echo "another status")"

begin_anew nohup
kill -HUP "$pid"
wait "$pid"
conclude "under nohup a run outlives SIGHUP" "$([ $? -eq 0 ] || echo "another status"; differences)"

rm -rf artifacts
"$program" make -f job.yaml 2>>log | head -n 1 >/dev/null
conclude "a closed pipe ends no run" "$([ "${PIPESTATUS[0]}" -eq 0 ] || echo "status ${PIPESTATUS[0]}"; differences)"

[ "$failures" -eq 0 ]
