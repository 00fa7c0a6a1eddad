#!/usr/bin/env bash
# Builds the bridge between TorchSharp.Subset and a libtorch that is already on the machine.
#
#   native/build.sh [OUT]      OUT: the library to write; default: this user's cache, where TorchSharp.Subset looks for it
#   native/build.sh --where    prints that path in the cache and builds nothing
#
# LIBTORCH  the root of a libtorch (with include/ and lib/), for instance that of an installed PyTorch:
#           LIBTORCH=$(python3 -c 'import torch; print(torch.__path__[0])') native/build.sh
#           unset: the distribution's (Debian: apt-get install libtorch-dev libopenblas0-pthread)
# CXX       the compiler; default g++
#
# Plain g++ and no CMake: it is one translation unit, and a fresh machine has a compiler sooner than it has CMake.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
fail() { printf 'native/build.sh: %s\n' "$1" >&2; exit 1; }

cxx=${CXX:-g++}
root=${LIBTORCH:-}
if [ -z "$root" ]; then
  multiarch=$(gcc -print-multiarch 2>/dev/null || true)
  include=/usr/include lib=/usr/lib/$multiarch
  [ -e "$lib/libtorch_cpu.so" ] || lib=/usr/lib
  hint='install the distribution'\''s (Debian: apt-get install libtorch-dev libopenblas0-pthread) or set LIBTORCH'
else
  include=$root/include lib=$root/lib
  hint='LIBTORCH must be the root of a libtorch, with include/ and lib/'
fi

# bridge.cpp and the files that it includes.
sources() { printf '%s\n' bridge.cpp; sed -n 's/^#include "\(.*\)"$/\1/p' "$here/bridge.cpp"; }

# What was compiled from what: a change of the source or of the libtorch is another file in the cache.
# TorchSharp.Subset computes the same name (Interop/BridgeLocator.cs).
identity() {
  local source
  for source in $(sources | LC_ALL=C sort); do
    printf '%s\n' "$source"
    cat "$here/$source"
  done
  printf '%s\n' "$lib"
  stat -Lc %s "$lib/libtorch_cpu.so" 2>/dev/null || true
}
cached() {
  local base=${XDG_CACHE_HOME:-}
  if [ -z "$base" ]; then
    if [ -n "${HOME:-}" ]; then base=$HOME/.cache; else base=/tmp/ssdforecast-$(id -u); fi
  fi
  printf '%s/ssdforecast/%s/libssdf_torch.so\n' "$base" "$(identity | sha256sum | cut -c1-16)"
}

if [ "${1:-}" = --where ]; then cached; exit 0; fi
out=${1:-$(cached)}

command -v "$cxx" >/dev/null || fail "no C++ compiler ($cxx): apt-get install g++, or set CXX"
[ -e "$lib/libtorch_cpu.so" ] || fail "no libtorch_cpu.so in $lib: $hint"
[ -e "$include/ATen/ATen.h" ] || fail "no ATen/ATen.h in $include: $hint"

libraries=(-L"$lib" -Wl,--no-as-needed -ltorch -ltorch_cpu -lc10)
# Linked by name so that loading the bridge registers CUDA; nothing in the bridge needs it.
if [ -e "$lib/libtorch_cuda.so" ]; then libraries+=(-ltorch_cuda -lc10_cuda); fi

# An rpath and not a runpath: it also serves what libtorch loads, the nvidia/*/lib folders beside a PyTorch.
rpath=(-Wl,--disable-new-dtags)
if [ -n "$root" ]; then
  rpath+=(-Wl,-rpath,"$lib")
  for folder in "$root"/../nvidia/*/lib; do
    if [ -d "$folder" ]; then rpath+=(-Wl,-rpath,"$(cd "$folder" && pwd)"); fi
  done
fi

mkdir -p "$(dirname "$out")"
partial=$out.$$
trap 'rm -f "$partial"' EXIT
# The wheels of PyTorch since 2.6 and every distribution use the C++11 ABI of std::string.
"$cxx" -std=c++17 -O2 -fPIC -shared -fvisibility=hidden -w -D_GLIBCXX_USE_CXX11_ABI=1 \
  -I"$include" -I"$include/torch/csrc/api/include" "$here/bridge.cpp" -o "$partial" "${libraries[@]}" "${rpath[@]}" \
  || fail "the bridge did not compile against the libtorch in $lib"
mv -f "$partial" "$out"
printf '%s\n' "$out"
