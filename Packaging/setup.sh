#!/usr/bin/env bash
# setup.sh [PACKAGE…]: installs what the build needs and this machine lacks, and the packages named, without asking.
set -euo pipefail

say() { printf 'setup: %s\n' "$*" >&2; }

is_installed() { [[ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" == installed ]]; }

require_swift() {
    local version
    if ! command -v swift >/dev/null; then
        say "there is no Swift here. Hatchway needs Swift 6.3 or later: https://www.swift.org/install/linux"
        exit 1
    fi
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p' | head -n 1)
    if [[ "$(printf '%s\n' 6.3 "${version:-0}" | sort -V | head -n 1)" != 6.3 ]]; then
        say "this is Swift ${version:-of an unknown version}. Hatchway needs 6.3 or later: https://www.swift.org/install/linux"
        exit 1
    fi
}

as_root() {
    if [[ "$(id -u)" == 0 ]]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
    else
        say "these packages are missing: ${missing[*]}"
        say "installing them needs root. As root: apt-get install ${missing[*]}"
        exit 1
    fi
}

require_swift

if ! command -v apt-get >/dev/null; then
    if pkg-config --exists libxml-2.0 libcurl sqlite3 simdjson 2>/dev/null; then exit 0; fi
    say "this is neither Debian nor Ubuntu. Install the development files of libxml2, libcurl (OpenSSL), SQLite 3 and"
    say "simdjson, and pkg-config, a C compiler and a C++ compiler; pkg-config must find libxml-2.0, libcurl, sqlite3, simdjson."
    exit 1
fi

wanted=(libxml2-dev libcurl4-openssl-dev libsqlite3-dev libsimdjson-dev zlib1g-dev "$@")
command -v pkg-config >/dev/null || wanted+=(pkg-config)
command -v cc >/dev/null && command -v c++ >/dev/null || wanted+=(build-essential)

missing=()
for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("$package")
done
if [[ ${#missing[@]} == 0 ]]; then exit 0; fi

say "installing ${missing[*]}"
# A package list that cannot be refreshed matters only if the package is not in the old one.
as_root apt-get update -qq </dev/null >/dev/null || say "the package lists could not be refreshed"
if ! as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" </dev/null >/dev/null; then
    say "apt-get could not install ${missing[*]}"
    exit 1
fi
