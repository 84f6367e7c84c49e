#!/usr/bin/env bash
# test.sh LOG: runs every test that was built, keeps the whole log in LOG, and ends with what was tested and what was not.
set -uo pipefail

log=$1
mkdir -p "$(dirname "$log")"
swift test --skip-build --disable-xctest </dev/null 2>&1 | tee "$log" | awk '
    # That a test starts is said in a line of its own, or in several when an argument has line breaks.
    /^(✔|✘|➜|corpus:)/ { starting = 0 }
    /^◇ / { starting = 1 }
    starting { if (/ started\.$/) starting = 0; next }
    { print; fflush() }'
status=${PIPESTATUS[0]}

echo
echo "summary"
printf '  %s tests passed\n' "$(grep -E '^✔ Test .* passed after' "$log" | grep -v -c '^✔ Test run with')"
failed=$(grep -E '^✘ Test .* failed after' "$log" | grep -v -c '^✘ Test run with')
if [[ $failed != 0 ]]; then
    printf '  %s tests failed:\n' "$failed"
    grep -E '^✘ Test .* failed after' "$log" | grep -v '^✘ Test run with' | sed 's/^/    /'
fi
skipped=$(grep -c -E '^➜ Test .* skipped' "$log")
[[ $skipped == 0 ]] || printf '  %s tests skipped\n' "$skipped"
grep -E '^corpus:' "$log" | sort -u | sed 's/^/  /'
grep -q -E '^corpus:' "$log" || echo "  corpus: NOT RUN (no test said anything about it)"
[[ $status == 0 ]] || printf '  exit status %s; the whole log is in %s\n' "$status" "$log"
exit "$status"
