#!/usr/bin/env bash
# checks.sh: the house rules that neither the compiler nor the formatter keeps. Prints every breach; exit status 1 if any.
set -euo pipefail
cd "$(dirname "$0")/.."

breaches=0
breach() {
    printf 'check: %s\n' "$*" >&2
    breaches=$((breaches + 1))
}

# refuse REASON PATTERN PATH…: no line of these files may match.
refuse() {
    local reason=$1 pattern=$2 line
    shift 2
    while IFS= read -r line; do
        breach "$reason: $line"
    done < <(grep -rnIEs -e "$pattern" "$@" || true)
}

# The folder tree is the architecture: a target imports only targets that stand above it in Package.swift.
mapfile -t targets < <(
    tr '\n' ' ' <Package.swift |
        grep -oE '(room|\.systemLibrary|\.target|\.executableTarget)\( *(name: *)?"[A-Za-z0-9]+"' |
        sed -E 's/.*"([A-Za-z0-9]+)"$/\1/'
)
declare -A rank=()
for index in "${!targets[@]}"; do rank[${targets[$index]}]=$index; done

import_line='^[[:space:]]*(@[A-Za-z_]+(\([^)]*\))?[[:space:]]+)*((package|public|internal|private|fileprivate)[[:space:]]+)?import[[:space:]]+((struct|class|enum|protocol|typealias|func|let|var|actor)[[:space:]]+)?([A-Za-z0-9_]+).*'
peers=" Intake Interpretation Delivery "
for folder in Sources/*/; do
    target=$(basename "$folder")
    if [[ -z ${rank[$target]:-} ]]; then
        breach "Sources/$target is not a target of Package.swift"
        continue
    fi
    while IFS=: read -r file line module; do
        [[ -n ${rank[$module]:-} ]] || continue
        if ((rank[$module] >= rank[$target])); then
            breach "$file:$line: $target imports $module, which does not stand above it in Package.swift"
        fi
        if [[ $peers == *" $target "* && $peers == *" $module "* ]]; then
            breach "$file:$line: $target imports $module; Intake, Interpretation and Delivery meet only in the store"
        fi
    done < <(grep -rnE --include='*.swift' "$import_line" "$folder" | sed -E "s/^([^:]+):([0-9]+):${import_line#^}\$/\1:\2:\9/" || true)
done

# A system is added with a mapping and a sample, never with Swift.
swift_sources=(--include='*.swift' Sources)
refuse "a supplier's name in Swift" '(^|[^A-Z])(EMIS|TPP|VISION|MICROTEST|SYSTMONE)([^A-Z]|[A-Z][a-z]|$)' "${swift_sources[@]}"
refuse "a supplier's name in Swift" '(^|[^A-Za-z])(emis|tpp|vision|microtest|systmone)([^a-z]|$)' "${swift_sources[@]}"
refuse "a supplier's name in Swift" '(Emis|Tpp|Vision|Microtest|Systm[Oo]ne|SystmOne)([^a-z]|$)' "${swift_sources[@]}"

refuse "unstructured concurrency" '(^|[^A-Za-z0-9_.])Task(\.detached|\.init)?(<[^>]*>)?[[:space:]]*(\([^)]*\))?[[:space:]]*\{' "${swift_sources[@]}"
refuse "a crash on purpose" '(^|[^A-Za-z])(fatalError\(|try!)' "${swift_sources[@]}"
refuse "unfinished work" '(^|[^A-Za-z])(TODO|FIXME)([^A-Za-z]|$)' --exclude=checks.sh Sources Tests Benchmarks Mappings Packaging Makefile Package.swift
refuse "a path of one machine" '(^|[^A-Za-z0-9._}-])/(work|root|home/[a-z]+|Users)/' \
    --exclude=checks.sh Sources Tests Benchmarks Mappings Samples Packaging Makefile Package.swift .ci README.md CONTRIBUTING.md CHANGELOG.md

while read -r length file; do
    [[ $file == total ]] || ((length <= 500)) || breach "$file has $length lines; 500 are enough for one file"
done < <(find Sources Tests Benchmarks -name '*.swift' -exec wc -l {} +)

# What the documentation says is there, is there.
docs=Sources/GatewayService/Documentation.docc
while IFS= read -r guard; do
    case $guard in
    Samples/*) [[ -f $guard ]] || breach "$docs/Hazards.md names $guard, which does not exist" ;;
    *) grep -rqF --include='*.swift' -e "$guard" Tests || breach "$docs/Hazards.md names a test that does not exist: $guard" ;;
    esac
done < <(grep -E '^\| [A-Z][0-9]+ \|' "$docs/Hazards.md" | sed -E 's/.*\| ([^|]*) \|$/\1/' | grep -oE '"[^"]+"|Samples/[^ ,|]+')

while IFS= read -r code; do
    grep -qF "\`$code\`" "$docs/Operating.md" || breach "$docs/Operating.md does not explain the code $code"
done < <(sed -nE 's/^ *case [a-zA-Z]+ = "([a-z-]+)"$/\1/p' Sources/Telemetry/EventCode.swift Sources/Documents/DocumentLimits.swift)

if ((breaches > 0)); then
    printf 'check: %s found\n' "$breaches" >&2
    exit 1
fi
echo "house rules: kept (${#targets[@]} targets in order)"
