#!/usr/bin/env bash
# run.sh [OPTION…]: builds the benchmark for release and runs it beside the other engines that this machine has.
# What they need is installed where that is possible; where not, the run says which of them it went without.
set -euo pipefail
cd "$(dirname "$0")/.."

peers=(libxslt1-dev libsaxonhe-java)
java --list-modules 2>/dev/null | grep -q '^jdk.compiler' || peers+=(default-jdk-headless)
Packaging/setup.sh
Packaging/setup.sh "${peers[@]}" || echo "benchmark: going on without what is missing" >&2

Packaging/progress.sh swift build --configuration release --product Benchmarks
bin=$(swift build --configuration release --show-bin-path)
arguments=()

if pkg-config --exists libxslt 2>/dev/null; then
    read -ra flags <<<"$(pkg-config --cflags --libs libxslt libxml-2.0)"
    cc -O2 -o "$bin/LibXSLTPeer" Benchmarks/Peers/LibXSLTPeer.c "${flags[@]}"
    arguments+=(--libxslt "$bin/LibXSLTPeer")
fi
saxon=/usr/share/java/Saxon-HE.jar
if [[ -f $saxon ]] && java --list-modules 2>/dev/null | grep -q '^jdk.compiler'; then
    arguments+=(--saxon "$saxon")
fi

exec "$bin/Benchmarks" "${arguments[@]}" "$@"
