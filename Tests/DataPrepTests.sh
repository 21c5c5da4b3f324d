#!/usr/bin/env bash
# Tests of data-prep/setup, data-prep/cifar10 and data-prep/install: all run with a PATH of their own, where apt-get, dpkg-query, swift,
# curl, gpg, sudo, id and uname are small fakes. No network, nothing outside a temporary folder.
#
# usage: Tests/DataPrepTests.sh            prints one line a test; exit code 1 where one failed
# shellcheck disable=SC2016 # the fakes' bodies are expanded when they run
set -uo pipefail
# shellcheck source=Tests/environment.sh
. "$(dirname "${BASH_SOURCE[0]}")/environment.sh"

root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# begin CLAIM: a fresh machine, on which everything is installed, seen as root.
begin() {
  claim=$1 complaints=()
  bin=$scratch/bin home=$scratch/home calls=$scratch/calls
  rm -rf "$bin" "$home" "$scratch/out" "$scratch/err" "$calls"
  mkdir -p "$bin" "$home/work"
  : >"$calls"
  local tool
  for tool in bash env sed tr sort head tail grep mktemp tar gzip chmod mv ln mkdir rm cat cut sync md5sum dirname; do
    ln -s "$(command -v "$tool")" "$bin/$tool"
  done
  fake id 'echo 0'
  fake uname 'echo x86_64'
  fake swift 'echo "Swift version 6.2 (swift-6.2-RELEASE)"'
  fake apt-get 'true'
  have_all_packages
  system debian 12 bookworm
}

# fake NAME BODY: a program that notes its call and does BODY.
fake() {
  rm -f "$bin/$1"
  printf '#!%s\necho "%s $*" >>"%s"\n%s\n' "$(command -v bash)" "$1" "$calls" "$2" >"$bin/$1"
  chmod +x "$bin/$1"
}

have_all_packages() { fake dpkg-query 'shift 3; for p; do echo "installed $p"; done'; }
lack_packages() { fake dpkg-query "shift 3; for p; do case \" $* \" in *\" \$p \"*) ;; *) echo \"installed \$p\" ;; esac; done; exit 1"; }
lack_swift() { rm -f "$bin/swift"; }
system() { printf 'ID=%s\nVERSION_ID="%s"\nVERSION_CODENAME=%s\nPRETTY_NAME="%s %s"\n' "$1" "$2" "$3" "$1" "$2" >"$scratch/os-release"; }

# run SCRIPT ARGUMENT...: sets code, out, err.
run() {
  local script=$1
  shift
  code=0
  (cd "$home/work" && env -i PATH="$bin" HOME="$home" TMPDIR="$home" bash "$script" "$@") >"$scratch/out" 2>"$scratch/err" || code=$?
  out=$(cat "$scratch/out") err=$(cat "$scratch/err")
}
setup() { run "$root/data-prep/setup" --os-release "$scratch/os-release" "$@"; }
install_program() { run "${install_script:-$root/data-prep/install}" "$@"; }
cifar10() { run "${cifar10_script:-$root/data-prep/cifar10}" "$@"; }

expect() { # expect WHAT FOUND WANTED
  [ "$2" = "$3" ] || complaints+=("$1: expected '$3', found '$2'")
}
expect_text() { # expect_text WHERE TEXT FRAGMENT
  [[ $2 == *"$3"* ]] || complaints+=("$1 does not say '$3' but '$2'")
}
expect_no_call() { ! grep -q "^$1 " "$calls" || complaints+=("$1 was called: $(grep -m 1 "^$1 " "$calls")"); }
expect_one_sentence() { expect "lines on the error output" "$(grep -c . "$scratch/err")" 1; }

finish() {
  if [ ${#complaints[@]} -eq 0 ]; then
    echo "passed: $claim"
  else
    failures=$((failures + 1))
    echo "FAILED: $claim"
    printf '  %s\n' "${complaints[@]}"
  fi
}

begin "setup is silent and leaves apt alone where nothing is missing"
setup
expect "exit code" "$code" 0
expect "output" "$out$err" ""
expect_no_call apt-get
finish

begin "setup is silent on an unknown distribution where nothing is missing"
system arch 1 rolling
setup
expect "exit code" "$code" 0
expect "output" "$out$err" ""
finish

begin "setup installs the one package that is missing, and names it"
lack_packages libpng-dev
setup
expect "exit code" "$code" 0
expect "output" "$out$err" "Installing for the project: libpng-dev"
expect_text "the call of apt-get" "$(grep '^apt-get' "$calls" | tail -n 1)" "install -y --no-install-recommends libpng-dev"
finish

begin "a package that is configured but removed counts as missing"
fake dpkg-query 'shift 3; for p; do [ "$p" = libpng-dev ] && echo "config-files $p" || echo "installed $p"; done'
setup --dry-run
expect "output" "$out$err" "Would install for the project: libpng-dev"
finish

begin "a dry run names missing packages and calls no apt-get"
lack_packages libpng-dev gnuplot-nox
setup --dry-run
expect "exit code" "$code" 0
expect "output" "$out" "Would install for the project: libpng-dev gnuplot-nox"
expect_no_call apt-get
finish

begin "setup uses sudo where it is not run by root"
lack_packages libpng-dev
fake id 'echo 1000'
fake sudo '"$@"'
setup
expect "exit code" "$code" 0
expect_text "the calls" "$(cat "$calls")" "sudo env DEBIAN_FRONTEND=noninteractive apt-get"
finish

begin "without root and sudo setup says what to ask an administrator for"
lack_packages libpng-dev
fake id 'echo 1000'
setup
expect "exit code" "$code" 77
expect "message" "$err" "setup: installing packages needs root or sudo; ask an administrator for: apt-get install libpng-dev"
finish

begin "a failing apt-get ends in its last lines and a sentence"
lack_packages libpng-dev
fake apt-get 'echo "E: Unable to fetch some archives"; exit 100'
setup
expect "exit code" "$code" 70
expect_text "message" "$err" "E: Unable to fetch some archives"
expect_text "message" "$err" "setup: apt-get could not install: libpng-dev"
finish

begin "a system without apt-get is told the packages"
rm "$bin/dpkg-query" "$bin/apt-get"
system fedora 40 ''
setup
expect "exit code" "$code" 69
expect_text "message" "$err" "fedora 40 has no apt-get; install what matches these Debian packages by hand"
expect_one_sentence
finish

for wanted in "debian 12 bookworm x86_64 debian12/swift-6.3.1-RELEASE/swift-6.3.1-RELEASE-debian12.tar.gz" \
  "debian 12 bookworm aarch64 debian12-aarch64/swift-6.3.1-RELEASE/swift-6.3.1-RELEASE-debian12-aarch64.tar.gz" \
  "ubuntu 22.04 jammy x86_64 ubuntu2204/swift-6.3.1-RELEASE/swift-6.3.1-RELEASE-ubuntu22.04.tar.gz" \
  "ubuntu 24.04 noble aarch64 ubuntu2404-aarch64/swift-6.3.1-RELEASE/swift-6.3.1-RELEASE-ubuntu24.04-aarch64.tar.gz"; do
  read -r id version code_name processor address <<<"$wanted"
  begin "a dry run names swift.org's file for $id $version on $processor"
  lack_swift
  system "$id" "$version" "$code_name"
  fake uname "echo $processor"
  setup --dry-run
  expect "exit code" "$code" 0
  expect_text "output" "$out" "Would download https://download.swift.org/swift-6.3.1-release/$address, "
  expect_text "output" "$out" "install it under /opt/swift/6.3.1 and link it into /usr/local/bin"
  finish
done

begin "a derivative of Ubuntu takes Ubuntu's Swift"
lack_swift
system linuxmint 22 wilma
echo UBUNTU_CODENAME=noble >>"$scratch/os-release"
setup --dry-run
expect_text "output" "$out" "ubuntu24.04.tar.gz"
finish

begin "Swift goes to the home folder where setup is not run by root"
lack_swift
fake id 'echo 1000'
setup --dry-run
expect_text "output" "$out" "install it under $home/.local/share/swift/6.3.1 and link it into $home/.local/bin"
finish

begin "Swift's own packages are named where they are missing"
lack_swift
lack_packages libstdc++-12-dev
setup --dry-run
expect_text "output" "$out" "Would install for Swift: libstdc++-12-dev"
finish

for old in "Swift version 5.10.1 (swift-5.10.1-RELEASE)" "Swift version 6.0.3 (swift-6.0.3-RELEASE)" "swift 4.2.0, the object storage client"; do
  begin "'$old' is not a Swift of at least 6.1"
  fake swift "echo '$old'"
  setup --dry-run
  expect_text "output" "$out" "Would download"
  finish
done

for new in "Swift version 6.1 (swift-6.1-RELEASE)" "Swift version 6.10 (swift-6.10-RELEASE)" "Apple Swift version 7.0.1"; do
  begin "'$new' is a Swift of at least 6.1"
  fake swift "echo '$new'"
  setup --dry-run
  expect "output" "$out$err" ""
  finish
done

begin "an unknown distribution without Swift gets a sentence"
lack_swift
system debian 13 trixie
setup
expect "exit code" "$code" 69
expect_text "message" "$err" "Debian 12, Ubuntu 22.04 and 24.04 only, and this is debian 13"
expect_one_sentence
finish

begin "an unknown processor without Swift gets a sentence"
lack_swift
fake uname 'echo riscv64'
setup
expect "exit code" "$code" 69
expect_text "message" "$err" "no Swift for the processor riscv64"
expect_one_sentence
finish

# Downloads of a toolchain whose swift says 6.3.1, and a gpg of which every answer is given.
toolchain() {
  mkdir -p "$home/tree/swift-6.3.1-RELEASE-debian12/usr/bin"
  printf '#!%s\necho "Swift version 6.3.1 (swift-6.3.1-RELEASE)"\n' "$(command -v bash)" >"$home/tree/swift-6.3.1-RELEASE-debian12/usr/bin/swift"
  chmod +x "$home/tree/swift-6.3.1-RELEASE-debian12/usr/bin/swift"
  tar -czf "$home/swift.tar.gz" -C "$home/tree" swift-6.3.1-RELEASE-debian12
  fake curl 'while [ $# -gt 1 ]; do [ "$1" = --output ] && file=$2; shift; done
    case $1 in *.tar.gz) from=$HOME/swift.tar.gz ;; *.sig) from=$HOME/swift.sig ;; *) from=$HOME/keys.asc ;; esac
    cat "$from" >"$file" 2>/dev/null || : >"$file"'
}
gpg_says() { # gpg_says CODE STATUS...
  fake gpg "case \$* in *--verify*) printf '[GNUPG:] %s\n' ${*@Q} | sed 1d >&3; exit $1 ;; esac"
}
readonly signer=52BB7E3DE28A71BE22EC05FFEF80A866B47A981F
readonly valid="VALIDSIG $signer 2026-04-14 1776124800 0 4 0 1 10 00 $signer"

begin "a well-signed Swift is unpacked, linked, found, and a second run is silent"
lack_swift
toolchain
gpg_says 0 "GOODSIG EF80A866B47A981F Swift 6.x" "$valid"
setup --prefix "$home/swift" --link "$bin"
expect "exit code" "$code" 0
expect "error output" "$err" ""
expect_text "output" "$out" "downloading https://download.swift.org/swift-6.3.1-release/debian12/"
expect_text "output" "$out" "Swift 6.3.1 is installed under $home/swift/6.3.1, with a link in $bin."
expect "what a shell finds" "$("$bin/swift" --version)" "Swift version 6.3.1 (swift-6.3.1-RELEASE)"
expect "files left beside it" "$(ls -A "$home/swift")" "6.3.1"
setup --prefix "$home/swift" --link "$bin"
expect "the second run" "$code$out$err" 0
finish

begin "the PATH line is printed where the link is not on PATH, and a second run downloads nothing"
lack_swift
toolchain
gpg_says 0 "$valid"
setup --prefix "$home/swift" --link "$home/links"
expect_text "output" "$out" "run: export PATH=\"$home/links:\$PATH\""
: >"$calls"
setup --prefix "$home/swift" --link "$home/links"
expect "exit code" "$code" 0
expect_no_call curl
finish

refuse() { # refuse CLAIM CODE STATUS...
  begin "setup refuses $1"
  lack_swift
  toolchain
  gpg_says "${@:2}"
  setup --prefix "$home/swift" --link "$bin"
  expect "exit code" "$code" 65
  expect_text "message" "$err" "is not a good one by Swift's release key $signer; nothing was installed."
  expect_one_sentence
  expect "files left" "$(ls -A "$home/swift")" ""
  [ ! -e "$bin/swift" ] || complaints+=("swift was linked")
  finish
}
readonly stranger=0123456789ABCDEF0123456789ABCDEF01234567
refuse "a bad signature" 1 "BADSIG EF80A866B47A981F Swift 6.x"
refuse "a signature without its key" 2 "ERRSIG EF80A866B47A981F 1 10 00 1776124800 9" "NO_PUBKEY EF80A866B47A981F"
refuse "a good signature by another key" 0 "GOODSIG 89ABCDEF01234567 Stranger" "VALIDSIG $stranger 2026-04-14 1776124800 0 4 0 1 10 00 $stranger"
refuse "a signature by the release key after its revocation" 0 "REVKEYSIG EF80A866B47A981F Swift 6.x" "$valid"
refuse "an answer of gpg that names no valid signature" 0 "NEWSIG"
refuse "a failing gpg whatever it printed" 2 "$valid"

# The same with gpg itself, where there is one: keys made for the test, the script told the tester's fingerprint.
real_gpg() {
  toolchain
  rm "$bin/gpg" 2>/dev/null
  ln -s "$(command -v gpg)" "$bin/gpg"
  local tool
  for tool in gpg-agent gpgconf; do [ ! -e "$(command -v "$tool")" ] || ln -s "$(command -v "$tool")" "$bin/$tool"; done
  export GNUPGHOME=$home/gnupg
  mkdir -m 700 "$GNUPGHOME"
  gpg --batch --quiet --faked-system-time 20250101T000000 --passphrase '' --pinentry-mode loopback --quick-gen-key 'Tester <t@example.org>' ed25519 sign 7d
  gpg --batch --quiet --faked-system-time 20250102T000000 --detach-sign --output "$home/swift.sig" "$home/swift.tar.gz"
  gpg --batch --quiet --armor --export >"$home/keys.asc"
  tester=$(gpg --batch --with-colons --list-keys | sed -n 's/^fpr:*\([0-9A-F]*\):.*/\1/p' | head -n 1)
  gpgconf --kill all
  unset GNUPGHOME
  sed "s/$signer/$tester/" "$root/data-prep/setup" >"$home/setup"
} 2>/dev/null

if command -v gpg >/dev/null && command -v gpgconf >/dev/null && command -v gpg-agent >/dev/null; then
  begin "gpg itself: a signature by the named key passes, though the key has expired since"
  lack_swift
  real_gpg
  run "$home/setup" --os-release "$scratch/os-release" --prefix "$home/swift" --link "$bin"
  expect "exit code" "$code" 0
  expect "error output" "$err" ""
  finish

  begin "gpg itself: the same signature over changed bytes is refused"
  lack_swift
  real_gpg
  echo changed >>"$home/swift.tar.gz"
  run "$home/setup" --os-release "$scratch/os-release" --prefix "$home/swift" --link "$bin"
  expect "exit code" "$code" 65
  expect "files left" "$(ls -A "$home/swift")" ""
  finish

  begin "gpg itself: a good signature by a key that is not Swift's is refused"
  lack_swift
  real_gpg
  setup --prefix "$home/swift" --link "$bin"
  expect "exit code" "$code" 65
  expect "files left" "$(ls -A "$home/swift")" ""
  finish
else
  echo "skipped: three tests with gpg itself (no gpg with its agent here)"
fi

begin "a failing download of Swift gets a sentence and leaves nothing"
lack_swift
toolchain
gpg_says 0 "$valid"
fake curl 'exit 6'
setup --prefix "$home/swift" --link "$bin"
expect "exit code" "$code" 69
expect_text "message" "$err" "cannot download https://swift.org/keys/all-keys.asc (curl's exit code 6)"
expect_one_sentence
expect "files left" "$(ls -A "$home/swift")" ""
finish

begin "an unknown argument of setup is named"
setup --fast
expect "exit code" "$code" 64
expect "message" "$err" "setup: unknown argument --fast; see data-prep/setup --help"
finish

# A stand-in of a few bytes for the archive; the script is told its checksum.
archive() {
  printf 'images' >"$home/archive"
  cifar10_script=$home/cifar10
  sed "s/c32a1d4ab5d03f1284b67883e8d87530/$(md5sum <"$home/archive" | cut -d ' ' -f 1)/" "$root/data-prep/cifar10" >"$cifar10_script"
  fake curl 'while [ $# -gt 1 ]; do [ "$1" = --output ] && file=$2; shift; done; cat "$HOME/archive" >"$file"'
}

begin "cifar10 downloads into data/ and verifies"
archive
cifar10
expect "exit code" "$code" 0
expect "error output" "$err" ""
expect_text "output" "$out" "data/cifar-10-binary.tar.gz is in place and verified."
expect "the file" "$(cat "$home/work/data/cifar-10-binary.tar.gz")" "images"
expect "files in data/" "$(ls -A "$home/work/data")" "cifar-10-binary.tar.gz"
expect "its mode" "$(stat -c %a "$home/work/data/cifar-10-binary.tar.gz")" "$(printf '%o' $((0666 & ~0$(umask))))"
finish

begin "cifar10 downloads nothing where a verified archive is there"
archive
mkdir "$home/work/images"
cp "$home/archive" "$home/work/images/cifar-10-binary.tar.gz"
cifar10 images
expect "exit code" "$code" 0
expect "output" "$out$err" "images/cifar-10-binary.tar.gz is in place and verified."
expect_no_call curl
finish

begin "cifar10 neither keeps nor overwrites an archive with another checksum"
archive
mkdir "$home/work/data"
echo other >"$home/work/data/cifar-10-binary.tar.gz"
cifar10
expect "exit code" "$code" 65
expect_text "message" "$err" "is not the official archive"
expect_one_sentence
expect "the file" "$(cat "$home/work/data/cifar-10-binary.tar.gz")" "other"
expect_no_call curl
finish

begin "cifar10 keeps nothing of a download with another checksum"
archive
echo damaged >>"$home/archive"
cifar10
expect "exit code" "$code" 65
expect_text "message" "$err" "nothing was kept, run this again."
expect_one_sentence
expect "files in data/" "$(ls -A "$home/work/data")" ""
finish

begin "cifar10 says what to do without a network, and leaves nothing"
archive
fake curl 'exit 6'
cifar10
expect "exit code" "$code" 69
expect_text "message" "$err" "download it on another, put it at data/cifar-10-binary.tar.gz and run this again"
expect_one_sentence
expect "files in data/" "$(ls -A "$home/work/data")" ""
finish

begin "cifar10 refuses a folder that cannot be made"
archive
echo file >"$home/work/occupied"
cifar10 occupied/data
expect "exit code" "$code" 73
expect_text "message" "$err" "cannot make the folder occupied/data"
expect_one_sentence
finish

# project: a copy of what data-prep/install reads, where swift "builds" a program that knows its version and completions.
project() {
  mkdir -p "$home/project/data-prep" "$home/project/docs/man"
  cp "$root/data-prep/install" "$home/project/data-prep/"
  echo manual >"$home/project/docs/man/advgan-job.1"
  install_script=$home/project/data-prep/install
  local tool
  for tool in cp chmod; do ln -sf "$(command -v "$tool")" "$bin/$tool"; done
  fake swift 'mkdir -p .build/install/release
printf "#!%s\ncase \$1 in --version) echo 0.1.0 ;; *) echo completions for \$2 ;; esac\n" "$BASH" >.build/install/release/advgan-job
chmod +x .build/install/release/advgan-job'
}

begin "install builds with the runtime linked in, and puts program, manual page and completions under the prefix"
project
mkdir -p "$home/work/there/bin"
echo old >"$home/work/there/bin/advgan-job"
install_program --prefix there
expect "exit code" "$code" 0
expect_text "the call of swift" "$(grep '^swift' "$calls")" "build -c release --static-swift-stdlib --scratch-path .build/install --product advgan-job"
expect "files" "$(cd "$home/work/there" && find . -type f | sort | tr '\n' ' ')" \
  "./bin/advgan-job ./share/bash-completion/completions/advgan-job ./share/fish/vendor_completions.d/advgan-job.fish ./share/man/man1/advgan-job.1 ./share/zsh/site-functions/_advgan-job "
expect "the program's version" "$("$home/work/there/bin/advgan-job" --version)" 0.1.0
expect "completions" "$(cat "$home/work/there/share/zsh/site-functions/_advgan-job")" "completions for zsh"
expect_text "output" "$out" "run: export PATH=\"$home/work/there/bin:"
finish

begin "install heeds DESTDIR, as packagers expect"
project
fake env 'exit 0'
code=0
(cd "$home/work" && PATH="$bin" HOME="$home" TMPDIR="$home" DESTDIR="$home/package" bash "$install_script" --prefix /usr) >"$scratch/out" 2>"$scratch/err" || code=$?
expect "exit code" "$code" 0
[ -x "$home/package/usr/bin/advgan-job" ] || complaints+=("no program under DESTDIR")
finish

begin "install changes nothing where the build fails, or its program does not run"
project
fake swift 'exit 1'
install_program --prefix there
expect "exit code" "$code" 70
expect_text "message" "$err" "the build failed"
fake swift 'mkdir -p .build/install/release; printf "#!%s\nexit 1\n" "$BASH" >.build/install/release/advgan-job; chmod +x .build/install/release/advgan-job'
install_program --prefix there
expect "exit code" "$code" 70
expect_text "message" "$err" "does not run; nothing was installed"
[ ! -e "$home/work/there" ] || complaints+=("something was installed")
finish

begin "install names a folder that cannot be written"
project
echo file >"$home/work/there"
install_program --prefix=there
expect "exit code" "$code" 73
expect_text "message" "$err" "cannot write $home/work/there/share/man/man1/advgan-job.1; name a folder of yours with --prefix"
expect_one_sentence
finish

begin "install refuses arguments it does not know"
project
install_program --prefux x
expect "exit code" "$code" 64
expect_text "message" "$err" "unknown argument --prefux"
install_program --prefix
expect "exit code" "$code" 64
finish

[ "$failures" -eq 0 ] && echo "all tests passed" && exit 0
echo "$failures failed"
exit 1
