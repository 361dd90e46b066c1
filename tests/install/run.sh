#!/usr/bin/env bash
# run.sh CMAKE CXX EIGEN_INCLUDE BUILD: the README's program against an installed package, and with the compiler alone.
set -euo pipefail
cmake=$1 cxx=$2 eigen=$3 build=$4
source=$(cd "$(dirname "$0")/../.." && pwd)
program=$source/examples/nt_xent/main.cpp
components=$(sed -n 's/^SELFSAME_COMPONENTS:STRING=//p' "$build/CMakeCache.txt")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

"$cmake" --install "$build" --prefix "$scratch/first" >"$scratch/log"
mv "$scratch/first" "$scratch/moved"  # nothing in the package may remember where it was installed
if grep -rn -e "$scratch" -e "$source" "$scratch/moved"; then
  echo "the installed package names an absolute path (above)" && exit 1
fi
"$cmake" -S "$source/tests/install" -B "$scratch/build" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_COMPILER="$cxx" \
  -DCMAKE_PREFIX_PATH="$scratch/moved" -DPROGRAM="$program" -DCOMPONENTS="$components" >"$scratch/log"
"$cmake" --build "$scratch/build" -j2
"$scratch/build/program"

"$cxx" -std=c++20 -O2 -I "$source/include" -I "$eigen" "$program" -o "$scratch/bare"
"$scratch/bare"

if command -v pkg-config >/dev/null; then
  export PKG_CONFIG_PATH=$scratch/moved/share/pkgconfig
  # shellcheck disable=SC2046  # the flags are several words
  "$cxx" -std=c++20 -fsyntax-only $(pkg-config --cflags selfsame) "$program"
fi
