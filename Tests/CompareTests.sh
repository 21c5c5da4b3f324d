#!/usr/bin/env bash
# Tests of benchmarks/compare: both programs are small fakes that note how they were called and print given figures.
#
# usage: Tests/CompareTests.sh            prints one line a test; exit code 1 where one failed
# shellcheck disable=SC2016 # the fakes' bodies are expanded when they run
set -uo pipefail
# shellcheck source=Tests/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

root=$(cd "$(dirname "$0")/.." && pwd)
if ! command -v python3 >/dev/null; then
  echo "skipped: benchmarks/compare needs python3, which is not here"
  exit 0
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# begin CLAIM: two programs; ours takes 100, 50 and 200 ms, the peer twice as long in the first round, three times in the next.
begin() {
  claim=$1 complaints=()
  rm -rf "${scratch:?}"/*
  fake ours 'echo "{\"attack_ms\": 100, \"update_d_ms\": 50, \"update_g_ms\": 200, \"cycle_ms\": 950}"'
  fake peer 'n=$(grep -c ^peer "$CALLS"); echo "{\"attack_ms\": 1, \"update_d_ms\": 2, \"update_g_ms\": 3, \"cycle_ms\": $((950 * (n + 1)))}"'
}

# fake NAME BODY: a program that notes its call and the variables it was given, and does BODY.
fake() {
  printf '#!%s\necho "%s $*; $ADVGAN_KERNELS $ONEDNN_MAX_CPU_ISA $ATEN_CPU_CAPABILITY $MALLOC_MMAP_MAX_ $OMP_NUM_THREADS" >>"$CALLS"\n%s\n' \
    "$(command -v bash)" "$1" "$2" >"$scratch/$1"
  chmod +x "$scratch/$1"
}

# compare ARGUMENT...: sets code, out, err, calls.
compare() {
  code=0
  : >"$scratch/calls"
  CALLS=$scratch/calls "$root/benchmarks/compare" --python "$scratch/peer" --program "$scratch/ours" "$@" \
    >"$scratch/out" 2>"$scratch/err" || code=$?
  out=$(cat "$scratch/out") err=$(cat "$scratch/err") calls=$(cat "$scratch/calls")
}

expect() { # expect WHAT FOUND WANTED
  [ "$2" = "$3" ] || complaints+=("$1: expected '$3', found '$2'")
}
expect_text() { # expect_text WHERE TEXT FRAGMENT
  [[ $2 == *"$3"* ]] || complaints+=("$1 does not say '$3' but '$2'")
}

finish() {
  if [ ${#complaints[@]} -eq 0 ]; then
    echo "passed: $claim"
  else
    failures=$((failures + 1))
    echo "FAILED: $claim"
    printf '  %s\n' "${complaints[@]}"
  fi
}

begin "the programs take turns, the other one first in every second round"
compare resnet32 --rounds 3
expect "exit code" "$code" 0
expect "the order" "$(cut -d ' ' -f 1 <<<"$calls" | tr '\n' ' ')" "ours peer peer ours ours peer "
finish

begin "the table has the median of the ratios with their range, and both programs' parts"
compare resnet32 --rounds 3
expect "lines" "$(grep -c . <<<"$out")" 4
expect_text "the table" "$out" "| resnet32: resnet32 w64 b64 10 classes bn | **3.00** (2.00 to 4.00) | advgan-job | 100.0 | 50.0 | 200.0 | 950.0 | "
expect_text "the table" "$out" "|  |  | PyTorch | 1.0 | 2.0 | 3.0 | 2850.0 | "
finish

begin "both programs get the row's sizes and the seconds, the peer its malloc"
compare resnet64 --rounds 1 --seconds 7
expect_text "our call" "$calls" "ours bench cotrain --network=resnet64 --width=64 --batch=64 --classes=143 --seconds=7.0 --json; "
expect_text "the peer's call" "$calls" \
  "peer $root/benchmarks/torch_cotrain.py --network=resnet64 --width=64 --batch=64 --classes=143 --seconds=7.0 --json --bn=0 --dtype=f32;    0 "
finish

begin "a row's instructions hold for both programs, and those of the shell for none"
ADVGAN_KERNELS=stray ONEDNN_MAX_CPU_ISA=stray compare resnet32-avx2 resnet32 --rounds 1 --threads 2
expect_text "our call" "$(sed -n 1p <<<"$calls")" "--bn --threads=2; avx2   "
expect_text "the peer's call" "$(sed -n 2p <<<"$calls")" "--bn=1 --dtype=f32;  AVX2 avx2 0 2"
expect_text "our plain call" "$(sed -n 3p <<<"$calls")" "--bn --threads=2;     "
[[ $calls != *stray* ]] || complaints+=("a variable of the shell was handed on: $calls")
finish

begin "all rows are the default, and a row of one's own is described by its sizes"
compare --rounds 1
expect "runs" "$(grep -c . <<<"$calls")" 14
expect_text "the bf16 row" "$calls" "--dtype=bf16"
expect_text "the large images" "$calls" "--network=resnet128 --width=64 --batch=16 --classes=143"
expect_text "the widest" "$calls" "--network=resnet-imagenet --width=64 --batch=8 --classes=143"
compare --width 32 --dtype bf16 --rounds 1
expect_text "the table" "$out" "| own: resnet32 w32 b64 10 classes peer bf16 | "
finish

begin "the JSON file has every round with the memory that the kernel counted"
compare resnet32 --rounds 2 --json "$scratch/rounds.json"
expect "what Python reads" "$(python3 -c '
import json, sys
row, = json.load(open(sys.argv[1]))
assert all(both[who]["process_peak_mb"] > 0.5 for both in row["rounds"] for who in ("ours", "peer"))
print(row["row"]["name"], row["ratios"], [both["peer"]["cycle_ms"] for both in row["rounds"]], row["failure"])' \
  "$scratch/rounds.json" 2>&1)" "resnet32 [2.0, 3.0] [1900, 2850] None"
finish

begin "a program that fails is quoted, and the other rows are measured all the same"
fake ours 'case $* in *resnet64*) echo "Error: there is no network" >&2; echo "See --help" >&2; exit 64 ;; esac
  echo "{\"attack_ms\": 1, \"update_d_ms\": 1, \"update_g_ms\": 1, \"cycle_ms\": 11}"'
compare resnet64 resnet32 --rounds 1
expect "exit code" "$code" 1
expect_text "the complaint" "$err" "compare: row 'resnet64': $scratch/ours bench cotrain"
expect_text "the complaint" "$err" "ended with 64: Error: there is no network"
expect_text "the table" "$out" "| resnet64: resnet64 w64 b64 143 classes | not measured | "
expect_text "the table" "$out" "| resnet32: resnet32 w64 b64 10 classes bn | **172.73**"
finish

for body in 'echo "no JSON"' 'true' 'echo "[]"' 'echo "{\"attack_ms\": 1}"' 'echo "{\"attack_ms\": 0, \"update_d_ms\": 0, \"update_g_ms\": 0, \"cycle_ms\": 0}"'; do
  begin "what is no record is said so: $body"
  fake peer "$body"
  compare resnet32 --rounds 1
  expect "exit code" "$code" 1
  expect_text "the complaint" "$err" "did not print the record of a measurement"
  finish
done

begin "of a traceback the last line is quoted, of a killed program its signal"
fake peer 'echo Traceback >&2; echo "ModuleNotFoundError: torch" >&2; exit 1'
compare resnet32 --rounds 1
expect_text "the complaint" "$err" "ended with 1: ModuleNotFoundError: torch"
fake peer 'kill -KILL $$'
compare resnet32 --rounds 1
expect_text "the complaint" "$err" "ended with -9: it said nothing"
finish

begin "a program that is not there gets a sentence"
rm "$scratch/ours"
compare resnet32 --rounds 1
expect "exit code" "$code" 1
expect_text "the complaint" "$err" "cannot run $scratch/ours: No such file or directory"
finish

begin "a file that cannot be written is told before anything runs"
compare resnet32 --json "$scratch/none/rounds.json"
expect "exit code" "$code" 73
expect "runs" "$calls" ""
expect "message" "$err" "compare: cannot write $scratch/none/rounds.json: No such file or directory"
finish

refuse() { # refuse FRAGMENT ARGUMENT...
  begin "wrong usage is told: ${*:2}"
  compare "${@:2}"
  expect "exit code" "$code" 64
  expect_text "message" "$err" "$1"
  expect "runs" "$calls" ""
  finish
}
refuse "there is no row 'resnet99'; known: resnet32, " resnet99
refuse "'0' is not a whole number above 0" --rounds 0
refuse "name rows, or describe one of your own, not both" resnet32 --bn

[ "$failures" -eq 0 ] && echo "all tests passed" && exit 0
echo "$failures failed"
exit 1
