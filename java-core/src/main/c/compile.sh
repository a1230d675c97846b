#!/bin/sh
# Compiles ternary.c into the class folder given as argument, for the system that this runs on. The
# library is optional: without a C compiler, or with one that fails, this says so and succeeds.
source=$(dirname "$0")
case $(uname -s) in
  Linux) os=linux ;;
  Darwin) os=macos ;;
  *) echo "native provider: not built on $(uname -s)"; exit 0 ;;
esac
case $(uname -m) in
  x86_64 | amd64) arch=x86_64 ;;
  aarch64 | arm64) arch=aarch64 ;;
  *) echo "native provider: not built on $(uname -m)"; exit 0 ;;
esac
library=$1/io/tritter/kernel/$os-$arch/libtritter.so

# Nothing to do where the library is there and no source is newer.
if [ -f "$library" ] && [ -z "$(find "$source" -type f -newer "$library")" ]; then
  exit 0
fi

for compiler in "${CC:-}" cc gcc clang; do
  [ -n "$compiler" ] || continue
  command -v "${compiler%% *}" >/dev/null 2>&1 || continue
  mkdir -p "$(dirname "$library")"
  # No fused multiply-adds: sums of scaled groups have the bits of the definition. No -march: each
  # instruction set has its own functions, chosen at run time.
  # shellcheck disable=SC2086  # CC may carry arguments
  if $compiler -std=gnu11 -O3 -ffp-contract=off -fPIC -shared -fvisibility=hidden -w \
    "$source/ternary.c" -o "$library.new" 2>/dev/null && mv "$library.new" "$library"; then
    exit 0
  fi
  rm -f "$library.new"
  echo "native provider: $compiler failed; the Vector API is used"
  exit 0
done
echo "native provider: no C compiler found; the Vector API is used"
