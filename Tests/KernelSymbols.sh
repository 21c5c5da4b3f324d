#!/usr/bin/env bash
# What the compiler made of the kernels, which are compiled once for each instruction set from the same files.
#
# usage: Tests/KernelSymbols.sh FOLDER...     (folders of a build of advgan-job, such as .build/debug)
#
# A function that several targets define weakly is merged by the linker, which keeps whichever it meets first: AVX-512 code could so
# end up in the baseline. The compiler's own helpers are such functions everywhere; they are harmless where every copy of them has
# instructions alone that any processor knows, or where that of another target is the one kept. And no instruction may stand where a processor without it would run it.
#
# One line a check: "passed: ...", "failed: ..." with what was found, or "skipped: ..." where a tool or a build is missing.
# exit code: 1 where a check failed
set -uo pipefail
# shellcheck source=Tests/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

failures=0

# Ends a check: $1 its claim, $2 what speaks against it, line by line.
conclude() {
  if [ -z "$2" ]; then
    echo "passed: $1"
  else
    echo "failed: $1"
    head -20 <<<"$2" | sed 's/^/  /'
    failures=$((failures + 1))
  fi
}

# The object files that the program of the build in folder $1 is linked from; older ones may lie beside them.
objects() { tr -d "'" <"$1/advgan-job.product/Objects.LinkFileList"; }

# Lines "function targets" for functions, defined weakly by a kernel target, that another target of the build in $1 defines too.
shared_functions() {
  # W, w, u: weak; T: seen by other targets. A function seen in its own file alone (t) is never merged.
  objects "$1" | xargs nm -A --defined-only 2>/dev/null | awk '
    NF > 1 && $(NF - 1) ~ /^[WwTu]$/ && match($1, /[^\/]+\.build\//) {
      target = substr($1, RSTART, RLENGTH - 7)
      if (!(($NF, target) in seen)) { seen[$NF, target]; targets[$NF] = targets[$NF] " " target; count[$NF]++ }
      if (target ~ /^NNKernels./ && $(NF - 1) != "T") weak[$NF]
    }
    END { for (name in weak) if (count[name] > 1) print name targets[name] }'
}

# Lines "target kind function" for the functions of the build in $1 that have instructions of a kind: AVX512, AVX or BMI.
# Operands that only AVX-512 has: registers of 512 bits, those beyond the sixteenth, masks.
special_functions() {
  objects "$1" | xargs objdump -d --no-show-raw-insn 2>/dev/null | LC_ALL=C awk '
    / file format / && match($1, /[^\/]+\.build\//) { target = substr($1, RSTART, RLENGTH - 7); next }
    /^[0-9a-f]+ </ { name = substr($2, 2, length($2) - 3); next }
    {
      kind = ""
      if (/%zmm|%[xy]mm(1[6-9]|2[0-9]|3[01])|[{]%k/) kind = "AVX512"
      else if (/%ymm|\tv[a-z0-9]+ .*%xmm/) kind = "AVX"
      else if (/\t(andn|bextr|bls[ir]|blsmsk|bzhi|mulx|pdep|pext|rorx|sarx|shlx|shrx|lzcnt|movbe)[lq]? /) kind = "BMI"
      if (kind != "" && !((target, kind, name) in seen)) { seen[target, kind, name]; print target, kind, name }
    }'
}

# Those of the lines "target kind function" in $2 whose function is one of the lines in $1 and belongs to a kernel target.
dangerous() {
  awk 'NR == FNR { shared[$1]; next } ($3 in shared) && /^NNKernels./' <(printf '%s\n' "$1") <(printf '%s\n' "$2")
}

# Those functions of the lines on the standard input of which the linker has put a copy with special instructions into the program of
# the build in $1.
kept() {
  local function
  while read -r function; do
    objdump -d --no-show-raw-insn --disassemble="$function" "$1/advgan-job" 2>/dev/null | grep -qP '%[yz]mm|\tv[a-z0-9]+ .*%xmm' && echo "$function"
  done
}

if ! command -v nm >/dev/null || ! command -v objdump >/dev/null; then
  echo "skipped: needs nm and objdump (package binutils)"
  exit 0
fi
for build in "$@"; do
  name=$(basename "$build")
  if ! grep -qs /NNKernelsAVX512.build/ "$build/advgan-job.product/Objects.LinkFileList"; then
    echo "skipped: no kernels for several processors in the $name build"
    continue
  fi
  functions=$(special_functions "$build")
  found=$(dangerous "$(shared_functions "$build")" "$functions")
  # The compiler has every target copy structures by these, which the optimiser fills with the target's own instructions.
  conclude "functions that a kernel target shares with others run on any processor ($name)" "$(grep -v ' __swift_memcpy[0-9_]*$' <<<"$found")"
  conclude "and of the helpers that copy structures, the program has the baseline's ($name)" "$(awk '{ print $3 }' <<<"$found" | sort -u | kept "$build")"
  conclude "AVX-512 in NNKernelsAVX512 alone ($name)" "$(grep ' AVX512 ' <<<"$functions" | grep -v '^NNKernelsAVX512 ')"
  conclude "AVX in the two kernel targets alone ($name)" "$(grep ' AVX ' <<<"$functions" | grep -vE '^NNKernelsAVX(512|2) ')"
  # Else the two lines before prove nothing.
  conclude "both are found where they belong ($name)" "$(
    for use in "NNKernelsAVX512 AVX512" "NNKernelsAVX2 AVX"; do grep -q "^$use " <<<"$functions" || echo "missing: $use"; done)"
done
[ "$failures" -eq 0 ]
