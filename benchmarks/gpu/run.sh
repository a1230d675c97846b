#!/usr/bin/env bash
# Runs the tests and the benchmark of the archive that pack.sh made; results.txt has everything. The
# exit code is that of the tests.
#
#   run.sh [JVM ARGUMENTS]    for example -Dtritter.tornado.cpu=true where the device is a CPU
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
results=$here/results.txt
sed "s#@SDK@#$here/sdk#g" "$here/argfile.in" >"$here/argfile"
export TORNADOVM_HOME=$here/sdk
export LD_LIBRARY_PATH=${LD_LIBRARY_PATH:-}:$here/sdk/lib
# A driver without its entry among the vendors of OpenCL gets one for this run.
if ! ls /etc/OpenCL/vendors/*.icd >/dev/null 2>&1; then
  mkdir -p "$here/vendors"
  echo libnvidia-opencl.so.1 >"$here/vendors/nvidia.icd"
  export OCL_ICD_VENDORS=$here/vendors
fi
# Golden cases are looked for beside the working directory.
mkdir -p "$here/work"
cd "$here/work" || exit 1

java() {
  "$here/jvm/bin/java" @"$here/argfile" --add-modules jdk.incubator.vector \
    --enable-native-access=ALL-UNNAMED "$@"
}
classpath="$here/lib/tests:$here/lib/*"

{
  date -u
  command -v nvidia-smi >/dev/null && nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv
  echo "== tests"
  java -Dtritter.tornado.products=0 -Dtritter.tornado.elements=0 "$@" -cp "$classpath" io.tritter.tornado.DeviceTests
  status=$?
  echo "== benchmark"
  java "$@" -Dtritter.tornado.memory=4294967296 -cp "$classpath" io.tritter.tornado.DeviceBenchmark ${BENCHMARK:-}
  echo "== PyTorch"
  python3 "$here/pytorch_gpu.py"
  exit "$status"
} 2>&1 | tee "$results"
