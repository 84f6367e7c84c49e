#!/usr/bin/env bash
# progress.sh COMMAND…: runs a build. Where nobody watches, most of its progress lines are left out, and nothing else.
set -euo pipefail

if [[ -t 1 ]]; then exec "$@"; fi

"$@" </dev/null 2>&1 | awk '
    # Files that the build of a dependency does not use.
    /files?\(?s?\)? which are unhandled/ { unhandled = 1; next }
    unhandled && /^ / { next }
    { unhandled = 0 }
    /^\[[0-9]+\/[0-9]+\] / { if (++steps % 100 != 1) next }
    { print; fflush() }'
