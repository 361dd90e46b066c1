#!/usr/bin/env bash
# run.sh CMAKE CXX BUILD: the README's program against an installed package, with this folder in a project of
# CMake, with the compiler alone, and with one file of all headers it needs.
set -euo pipefail
cmake=$1 cxx=$2 build=$3
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
user_project() {  # user_project WAY OPTION...
  local way=$1
  shift
  "$cmake" -S "$source/tests/install" -B "$scratch/$way" -DWAY="$way" -DCMAKE_CXX_COMPILER="$cxx" -DPROGRAM="$program" "$@" \
    >"$scratch/log" || { cat "$scratch/log" && exit 1; }
  "$cmake" --build "$scratch/$way" -j2
  "$scratch/$way/program"
}
user_project package -DCMAKE_BUILD_TYPE=Release -DCMAKE_PREFIX_PATH="$scratch/moved" -DCOMPONENTS="$components"
case ";$components;" in *";image;"*)  # brings the component data along
  "$cmake" -S "$source/tests/install" -B "$scratch/image" -DWAY=package -DCMAKE_CXX_COMPILER="$cxx" -DPROGRAM="$program" \
    -DCMAKE_PREFIX_PATH="$scratch/moved" -DCOMPONENTS=image >"$scratch/log" || { cat "$scratch/log" && exit 1; } ;;
esac
user_project subdirectory -DSELFSAME_SOURCE="$source"
user_project fetch -DFETCHCONTENT_SOURCE_DIR_SELFSAME="$source"

"$cxx" -std=c++20 -O2 -I "$source/include" "$program" -o "$scratch/bare"  # this loss needs no Eigen
"$scratch/bare"

mkdir -p "$scratch/single/selfsame/loss"
"$source/tools/single_file.py" loss/nt_xent.hpp >"$scratch/single/selfsame/loss/nt_xent.hpp"
"$cxx" -std=c++20 -I "$scratch/single" "$program" -o "$scratch/single/program"
"$scratch/single/program"

if command -v pkg-config >/dev/null; then
  export PKG_CONFIG_PATH=$scratch/moved/share/pkgconfig
  # shellcheck disable=SC2046  # the flags are several words
  "$cxx" -std=c++20 -fsyntax-only $(pkg-config --cflags selfsame) "$program"
fi
