#!/usr/bin/env bash
# tools.sh GROUP...: make sure that the tools of these groups are on this machine. On
# Debian and Ubuntu, missing tools are installed if root asks, and reported either way.
# Elsewhere it prints what is missing and how to get it, and ends with 3; the groups
# are also added to the file $LEFT_OUT when that is set.
set -euo pipefail
cd "$(dirname "$0")/.."
mkdir -p build

# need GROUP: sets what the group is for, its programs, its Debian packages (both
# must be there on Debian), and what other systems call it.
need() {
  programs='' packages='' elsewhere=''
  case $1 in
    wasm)
      what='compilers for WebAssembly (C and Rust functions)'
      programs="${WASM_CC:-clang} ${WASM_RUSTC:-rustc} ${WASM_CARGO:-cargo} wasm-ld"
      packages='clang lld wasi-libc libclang-rt-dev-wasm32 rustc cargo libstd-rust-dev-wasm32'
      elsewhere='brew install llvm lld wasi-libc wasi-runtimes rustup; rustup target add wasm32-wasip1'
      elsewhere+='; then set the WASM_ variables (mk/functions.mk)'
      ;;
    cargo)
      what='Cargo, which fetches what Rust functions depend on'
      programs=${CARGO:-cargo}
      packages=cargo
      elsewhere='rustup: rustup toolchain install stable'
      ;;
    node)
      what='Node.js (JavaScript functions)'
      programs='node npm'
      packages='nodejs npm'
      elsewhere='brew install node'
      ;;
    java)
      what='Java and Maven (a real Kafka)'
      programs='java mvn'
      packages='openjdk-17-jre-headless maven'
      elsewhere='brew install openjdk@17 maven'
      ;;
    chromium)
      what='Chromium (the page of helm-wasm dev)'
      programs='chromium|google-chrome'
      packages='chromium fonts-dejavu-core'
      elsewhere='brew install --cask chromium'
      ;;
    qemu)
      what='an emulator for programs of other architectures'
      programs=qemu-aarch64-static
      packages=qemu-user-static
      elsewhere='only on Linux: the package qemu-user-static'
      ;;
    containerd)
      what='what runs containers (node setup on real containerds)'
      programs='apt-get dpkg-deb'
      packages=libseccomp2
      elsewhere='only on Debian and Ubuntu, as root'
      root=1
      ;;
    *)
      echo "tools.sh: no group of tools is called \"$1\"" >&2
      exit 1
      ;;
  esac
}

have() { # have PROGRAM|PROGRAM: one of them is enough
  local name
  for name in ${1//|/ }; do
    if command -v "$name" >/dev/null; then return 0; fi
  done
  return 1
}

debian() { command -v dpkg >/dev/null && command -v apt-get >/dev/null; }

missing_packages() {
  local package
  for package in $packages; do
    dpkg -s "$package" >/dev/null 2>&1 || echo "$package"
  done
}

# A program that did not come with Debian's package is as good, except for the
# compilers: their libraries have no program to look for.
present() { # present GROUP
  local program
  for program in $programs; do have "$program" || return 1; done
  if [ "$root" = 1 ] && [ "$(id -u)" != 0 ]; then return 1; fi
  case $1 in
    wasm | containerd) if debian && [ -n "$(missing_packages)" ]; then return 1; fi ;;
  esac
}

# Two stages may ask at the same time.
install() { # install GROUP
  local wanted log=build/apt-$1.log
  wanted=$(missing_packages | tr '\n' ' ')
  if [ -z "$wanted" ]; then return 1; fi
  echo "installing ${wanted% }: $what"
  (
    flock 9
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends -o DPkg::Lock::Timeout=300 $wanted
  ) >"$log" 2>&1 9>build/apt.lock || {
    tail -n 20 "$log"
    return 1
  }
}

code=0
for group in "$@"; do
  root=0
  need "$group"
  if present "$group"; then continue; fi
  if debian && [ "$(id -u)" = 0 ] && install "$group" && present "$group"; then continue; fi
  code=3
  echo "not on this machine: $what"
  if debian; then
    echo "  to get it: sudo apt-get install $packages"
  else
    echo "  to get it: $elsewhere"
  fi
  if [ -n "${LEFT_OUT:-}" ]; then echo "$group" >>"$LEFT_OUT"; fi
done
exit "$code"
