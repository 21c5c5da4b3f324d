#!/usr/bin/env bash
# The numerical tests by every engine that this machine can be: OpenBLAS's code for several kinds of processors, and every set of kernels. By hand.
#
# usage: Tests/Cores.sh [--all] [FILTER]      (FILTER: a regular expression of tests, by default those that compute; --all: every test)
#
# Builds the tests, then runs them with OPENBLAS_CORETYPE unset, Haswell, Zen, SkylakeX and Prescott, and with ADVGAN_KERNELS=avx2 and portable.
# Engines that need instructions which this processor lacks are skipped, and named.
#
# One line an engine: "passed: ...", "failed: ..." with what failed, or "skipped: ...". exit code: 1 where one failed
set -uo pipefail
# shellcheck source=Tests/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

cd "$(dirname "$0")/.." || exit 1
filter='Golden|FastCoTraining|Derivative|Agreement|Convolution|Thread|PGD|CoTrain|FineTun|Attack|Metric|Norm|Restart|Kernel'
case ${1-} in
  --all) filter=. ;;
  ?*) filter=$1 ;;
esac
failures=0
output=$(mktemp)
trap 'rm -f "$output"' EXIT
swift build --build-tests >"$output" 2>&1 || { cat "$output"; exit 1; }

# has FLAG...: whether the processor has these features.
has() {
  local flag
  for flag in "$@"; do grep -qw -m 1 "$flag" /proc/cpuinfo || return 1; done
}

# by NAME [VARIABLE=VALUE...]: runs the tests with these variables.
by() {
  if env "${@:2}" swift test --skip-build --filter "$filter" >"$output" 2>&1; then
    echo "passed: $1 ($(grep -oE 'Test run with [0-9]+ tests' "$output" | grep -oE '[0-9]+') tests)"
  else
    echo "failed: $1"
    grep -E '✘|Fatal' "$output" | head -20 | sed 's/^/  /'
    failures=$((failures + 1))
  fi
}

by "OpenBLAS's own choice"
by Prescott OPENBLAS_CORETYPE=Prescott
if has avx2 fma; then
  by Haswell OPENBLAS_CORETYPE=Haswell
  by Zen OPENBLAS_CORETYPE=Zen
  by "avx2 kernels" ADVGAN_KERNELS=avx2
else
  echo "skipped: Haswell, Zen, avx2 kernels: the processor has no AVX2"
fi
if has avx512f avx512dq avx512bw avx512vl; then
  by SkylakeX OPENBLAS_CORETYPE=SkylakeX
else
  echo "skipped: SkylakeX: the processor has no AVX-512"
fi
by "portable kernels" ADVGAN_KERNELS=portable
[ "$failures" -eq 0 ]
