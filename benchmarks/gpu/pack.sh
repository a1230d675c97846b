#!/usr/bin/env bash
# Packs the kernels for TornadoVM, their tests and their benchmark with a JVM into one archive of
# less than 64 MB, for a Linux machine of the same architecture that has an NVIDIA driver (with its
# OpenCL) and nothing else:
#
#   TORNADOVM_HOME=... benchmarks/gpu/pack.sh [ARCHIVE]      here; tritter-gpu.tar.xz if not named
#   tar xf tritter-gpu.tar.xz && tritter-gpu/run.sh          there; results in tritter-gpu/results.txt
set -euo pipefail

limit=64000000
modules=java.se,jdk.unsupported,jdk.incubator.vector,jdk.internal.vm.ci,jdk.management,jdk.zipfs

fail() {
  printf 'pack.sh: %s\n' "$1" >&2
  exit 1
}

home=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
archive=${1:-tritter-gpu.tar.xz}
[ -r "${TORNADOVM_HOME:-}/tornado-argfile" ] ||
  fail "TORNADOVM_HOME: expected a TornadoVM SDK with its tornado-argfile, got ${TORNADOVM_HOME:-nothing}; see docs/gpu.md"
[ -x "${JAVA_HOME:-}/bin/jlink" ] ||
  fail "JAVA_HOME: expected the folder of a JDK 25 or later with jlink, got ${JAVA_HOME:-nothing}"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
pack=$work/tritter-gpu
mkdir -p "$pack/lib" "$pack/sdk/share/java" "$pack/tests"

(cd "$home" && mvn -B -ntp -q -DskipTests -Dspotless.check.skip=true -pl java-core,backend-tornado \
  package dependency:copy-dependencies -DincludeScope=test -DoutputDirectory="$work/jars")
cp "$home"/java-core/target/java-core-*.jar "$home"/backend-tornado/target/backend-tornado-*.jar "$pack/lib"
for name in jspecify junit opentest4j apiguardian jackson-databind jackson-core jackson-annotations; do
  cp "$work/jars/$name"*.jar "$pack/lib"
done
cp -r "$home/backend-tornado/target/test-classes" "$pack/lib/tests"
cp -r "$home/tests/golden" "$pack/tests/golden"
rm -rf "$pack"/tests/golden/*.py

cp -r "$TORNADOVM_HOME/lib" "$TORNADOVM_HOME/etc" "$pack/sdk"
cp -r "$TORNADOVM_HOME/share/java/graalJars" "$TORNADOVM_HOME/share/java/tornado" "$pack/sdk/share/java"
# Of the SDK what TornadoVM starts with: no tests, examples, benchmarks of its own.
rm -f "$pack"/sdk/share/java/tornado/tornado-{benchmarks,examples,unittests,fuzz,cublas,cudnn,cufft,cusparse,cutlass}-*.jar \
  "$pack"/sdk/share/java/tornado/{lucene-core,junit,hamcrest-core,jmh-core}-*.jar
# The loader of OpenCL, which a driver may come without.
loader=$(ldconfig -p | awk '/libOpenCL\.so\.1 / { print $NF; exit }')
[ -z "$loader" ] || cp -L "$loader" "$pack/sdk/lib/libOpenCL.so.1"
sed "s#$TORNADOVM_HOME#@SDK@#g" "$TORNADOVM_HOME/tornado-argfile" >"$pack/argfile.in"
cp "$home/benchmarks/gpu/run.sh" "$home/benchmarks/gpu/pytorch_gpu.py" "$pack"

# The interpreter of other languages is not needed, and what jars have compressed xz cannot.
rm -f "$pack"/sdk/share/java/graalJars/{truffle-api,graal-sdk}-*.jar
for jar in "$pack"/lib/*.jar "$pack"/sdk/share/java/*/*.jar; do
  mkdir "$work/jar"
  (cd "$work/jar" && "$JAVA_HOME/bin/jar" xf "$jar" && "$JAVA_HOME/bin/jar" c0fM "$jar" .)
  rm -rf "$work/jar"
done

"$JAVA_HOME/bin/jlink" --add-modules "$modules" --strip-debug --no-header-files --no-man-pages \
  --output "$pack/jvm"

tar -C "$work" -cJf "$archive" tritter-gpu
size=$(wc -c <"$archive")
[ "$size" -lt "$limit" ] || fail "$archive: expected less than $limit bytes, got $size"
echo "$archive: $size bytes"
