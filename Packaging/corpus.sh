#!/usr/bin/env bash
# corpus.sh LOG: runs the tests that were built over the real-world messages, keeps the whole log in LOG, and prints the
# figures, what failed, and NOT RUN where this machine has no such messages.
set -uo pipefail

log=$1
mkdir -p "$(dirname "$log")"
swift test --skip-build --disable-xctest --filter Corpus </dev/null >"$log" 2>&1
status=$?
grep -E '^corpus:' "$log" | sort -u
grep -q -E '^corpus:' "$log" || echo "corpus: NOT RUN (no test said anything about it)"
grep -E '^✘ Test .*(recorded an issue|failed after)' "$log" | grep -v '^✘ Test run with' | cut -c -400
[[ $status == 0 ]] || printf 'exit status %s; the whole log is in %s\n' "$status" "$log"
exit "$status"
