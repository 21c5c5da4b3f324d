# shellcheck shell=bash
# Sourced by the tests in the shell's language: the environment is the tests' own, whatever the person who runs them has set.
# Taken away are all variables that change what the programs under test do or print; ADVGAN_TEST_DATA alone stays.

for variable in $(compgen -e); do
  case $variable in
    ADVGAN_TEST_DATA) ;;
    ADVGAN_* | OPENBLAS_* | GOTO_NUM_THREADS | OMP_* | SLURM_* | SBATCH_* | LC_* | LANG | LANGUAGE | TMPDIR | GNUTERM | GNUPLOT_*) unset "$variable" ;;
  esac
done
unset variable
export LC_ALL=C.UTF-8
