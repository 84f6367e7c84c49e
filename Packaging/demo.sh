#!/usr/bin/env bash
# demo.sh: starts a gateway and two consumers, feeds it every sample through a folder and over HTTP, and shows what
# reaches whom. Everything is kept in a temporary folder and goes away at the end; KEEP=1 leaves all of it running.
set -euo pipefail
cd "$(dirname "$0")/.."

root=$PWD
keep=${KEEP:-}
hatchway="$(swift build --show-bin-path)/hatchway"
work=$(mktemp -d "${TMPDIR:-/tmp}/hatchway-demo.XXXXXX")
log=$work/hatchway.jsonl
pids=()

say() { printf '%s\n' "$*"; }
title() { printf '\n== %s\n' "$*"; }

stop_all() {
    local index
    # In reverse, so that the consumers are still there while the gateway stops.
    for ((index = ${#pids[@]} - 1; index >= 0; index--)); do
        kill -TERM "${pids[$index]}" 2>/dev/null || true
        wait "${pids[$index]}" 2>/dev/null || true
    done
}

finish() {
    local status=$?
    trap - EXIT INT TERM
    if [[ $status == 0 && $keep == 1 ]]; then exit 0; fi
    if [[ $status != 0 ]]; then
        title "The demo failed. The last lines of what was running" >&2
        tail -n 15 "$work"/*.out "$log" >&2 2>/dev/null || true
    fi
    stop_all
    rm -rf "$work"
    exit "$status"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

fail() {
    printf 'demo: %s\n' "$*" >&2
    exit 1
}

# wait_for SECONDS WHAT COMMAND…: asks five times a second.
wait_for() {
    local tries=$(($1 * 5)) what=$2
    shift 2
    until "$@"; do
        ((tries-- > 0)) || fail "gave up waiting: $what"
        sleep 0.2
    done
}

# start NAME COMMAND…: runs in the background; its output goes to NAME.out.
start() {
    local name=$1
    shift
    setsid "$@" >"$work/$name.out" 2>&1 </dev/null &
    pids+=("$!")
}

# The port that a program says it listens on, once it says so.
port_of() { sed -n 's/.*listening on http:\/\/127\.0\.0\.1:\([0-9]*\).*/\1/p' "$work/$1.out" | head -n 1; }
has_port() { [[ -n "$(port_of "$1")" ]]; }

# The status as lines of a dotted path and a value: `consumers.patient-app.counts.delivered 3`.
read_status() {
    "$hatchway" status --config "$work/hatchway.yaml" --json 2>/dev/null | awk '
        { sub(/,$/, "") }
        /^ *}/ { depth--; next }
        match($0, /"[^"]*" *: */) {
            key = substr($0, RSTART + 1, RLENGTH - 1); sub(/" *: *$/, "", key)
            value = substr($0, RSTART + RLENGTH)
            if (value ~ /^{/) { if (value !~ /}/) path[++depth] = key; next }
            line = ""
            for (i = 1; i <= depth; i++) line = line path[i] "."
            gsub(/"/, "", value); print line key, value
        }' || true
}

# sum REGEX: adds up the values whose path matches.
sum() { awk -v pattern="^($1)\$" '$1 ~ pattern { total += $2 } END { print total + 0 }' <<<"$status_lines"; }

is_up() { is_running && [[ -n "$(gateway_port)" ]] && curl -sf -o /dev/null "http://127.0.0.1:$(gateway_port)/health"; }
is_running() { kill -0 "${pids[2]}" 2>/dev/null || fail "the gateway stopped"; }
gateway_port() { sed -n '/"code":"gateway-started"/s/.*"port":"\([0-9]*\)".*/\1/p' "$log" 2>/dev/null | tail -n 1; }

# Everything that was handed over was taken, read, and told to whoever may know.
is_quiet() {
    is_running
    status_lines=$(read_status)
    [[ -n $status_lines ]] || return 1
    (("$(sum 'sources\..*\.counts\.(accepted|repeated|refused)')" >= fed)) || return 1
    (("$(sum 'messages\..*\.accepted')" == 0)) || return 1
    (("$(sum 'consumers\..*\.backlog')" == 0)) || return 1
    (("$(sum 'consumers\..*\.counts\.(delivered|dead-lettered|suppressed)')" == "$(sum 'consumers\..*\.counts\.queued')"))
}

secret() { head -c 32 /dev/urandom | base64 -w 0; }

# context FILE KEY: a value of a message's context file. The file is flat and its values are texts.
context() { sed -n 's/.*"'"$2"'" *: *"\([^"]*\)".*/\1/p' <<<"$1" | head -n 1; }

# add CONTEXT MEMBERS: the context with more in it, unless it names a patient itself.
add() {
    local rest=${1#*\{}
    if [[ $1 == *nhsNumber* ]]; then
        printf '%s\n' "$1"
    elif [[ ${rest//[[:space:]]/} == '}' ]]; then
        printf '{%s}\n' "$2"
    else
        printf '{%s, %s\n' "$2" "$rest"
    fi
}

# What a connector knows of a sample beside what its context file says: which practice it asked, and for whom.
context_of() {
    local file=$1 sidecar=${1%.*}.context.json known='{}'
    if [[ -f $sidecar ]]; then known=$(<"$sidecar"); fi
    known=$(tr '\n' ' ' <<<"$known")
    # Where the reply does not say whose it is, whoever asked for it does.
    case $file in
    Samples/emis/appointments/*) known=$(add "$known" '"nhsNumber": "9990001111"') ;;
    Samples/gp-connect/*/confidential-plan.json)
        known=$(add "$known" '"nhsNumber": "9990001804", "birthDate": "1980-02-11"')
        ;;
    esac
    printf '%s\n' "$known"
}

practice_of() {
    case $1 in
    Samples/tpp/*) say Y90001 ;;
    Samples/emis/*) say Y90002 ;;
    *) say Y90003 ;;
    esac
}

# Puts a message into the folder as an exporter should: under another name first, and its context before it.
into_folder() {
    local file=$1 folder name
    folder=$work/drop/$(practice_of "$file")
    name=$(printf '%03d-%s' "$fed" "$(basename "${file%.*}")")
    mkdir -p "$folder"
    context_of "$file" >"$folder/$name.context.json"
    cp "$file" "$folder/.$name.part"
    mv "$folder/.$name.part" "$folder/$name.${file##*.}"
}

over_http() {
    local file=$1 known headers=() key value header code
    known=$(context_of "$file")
    [[ $known == *odsCode* ]] || headers+=(-H "Hatchway-ODS-Code: $(practice_of "$file")")
    while IFS=: read -r key header; do
        value=$(context "$known" "$key")
        [[ -z $value ]] || headers+=(-H "$header: $value")
    done <<'HEADERS'
nhsNumber:Hatchway-NHS-Number
birthDate:Hatchway-Birth-Date
localId:Hatchway-Local-Id
odsCode:Hatchway-ODS-Code
operation:Hatchway-Operation
section:Hatchway-Section
from:Hatchway-From
to:Hatchway-To
observedAt:Hatchway-Observed-At
HEADERS
    code=$(curl -s -m 10 -o /dev/null -w '%{http_code}' \
        -H "@$work/authorization" -H "Content-Type: application/${file##*.}" "${headers[@]}" \
        --data-binary "@$file" "http://127.0.0.1:$(gateway_port)/v1/messages/connector" || true)
    case $code in
    200 | 202) ;;
    400) say "  refused at the door ($code): $file" ;;
    *) fail "the gateway answered $code to $file" ;;
    esac
}

# feed FILE…: one through the folder, the next over HTTP.
feed() {
    local file
    for file in "$@"; do
        if ((fed % 2 == 0)); then into_folder "$file"; else over_http "$file"; fi
        fed=$((fed + 1))
    done
}

# show CONSUMER: what reached it, as it says itself.
show() {
    local kind lines count shown=4
    for kind in booking prescription record-summary; do
        lines=$(grep "^$kind-" "$work/$1.out" || true)
        if [[ -z $lines ]]; then
            say "  $kind: nothing"
            continue
        fi
        count=$(wc -l <<<"$lines")
        head -n "$shown" <<<"$lines" | cut -c 1-110 | sed 's/^/  /'
        if ((count > shown)); then say "  … and $((count - shown)) more"; fi
    done
}

# one KIND: the first event of a kind that the patient's app received, as it came.
one() {
    awk -v kind="^$1-" '
        $0 ~ kind && !found { found = 1; next }
        found && /^[a-z]/ { exit }
        found { print "    " $0 }' "$work/patient-app.out" | head -n 60
}

# ---- Two consumers, and a gateway between them and the samples.

umask 077
mkdir -p "$work/drop"
printf 'whsec_%s\n' "$(secret)" >"$work/patient-app.secret"
printf 'whsec_%s\n' "$(secret)" >"$work/hospital.secret"
token=$(secret)
printf '%s\n' "$token" >"$work/connector.token"
printf 'Authorization: Bearer %s\n' "$token" >"$work/authorization"

start patient-app "$hatchway" sink --port 0 --verbose --secret-file "$work/patient-app.secret"
start hospital "$hatchway" sink --port 0 --secret-file "$work/hospital.secret"
wait_for 15 "a consumer does not listen" has_port patient-app
wait_for 15 "a consumer does not listen" has_port hospital

cat >"$work/hatchway.yaml" <<YAML
gateway:
  eventSource: https://hatchway.example/demo
  practice: Y90001
  store: sqlite://$work/hatchway.db
  statusFile: $work/status.json
  log: {file: $log, level: info}
  listen: {address: 127.0.0.1, port: 0}
  mappings: $root/Mappings
  testPatients: accept

sources:
  - name: drop-folder
    directory: {path: $work/drop, pattern: "{odsCode}/*", settle: 200ms, afterwards: archive}
    impliesAccess: {appointments: true, prescriptions: true, record: detailed}
  - name: connector
    http: {tokenFile: $work/connector.token}
    impliesAccess: {appointments: true, prescriptions: true, record: detailed}

consumers:
  - name: patient-app
    url: http://127.0.0.1:$(port_of patient-app)/events
    audience: patient
    events: ["booking-*", "prescription-*", "record-summary-*", "online-access-*"]
    signing: {secretFiles: [$work/patient-app.secret]}
  - name: hospital
    url: http://127.0.0.1:$(port_of hospital)/events
    audience: directCareOrganisation
    events: ["booking-*", "prescription-*", "record-summary-*", "online-access-*"]
    signing: {secretFiles: [$work/hospital.secret]}
YAML

start gateway "$hatchway" serve --config "$work/hatchway.yaml"
wait_for 20 "the gateway does not answer" is_up
title "A gateway is running on http://127.0.0.1:$(gateway_port)"
say "  sources: a folder, and POST /v1/messages/connector"
say "  consumers: patient-app (audience patient), hospital (audience directCareOrganisation)"

# ---- Every message, demographics first, since they say who the others are about.

mapfile -t first < <(find Samples -path '*/demographics*' -type f -name '*.json' -o -path '*/patient-selected/*.xml' | grep -v -E '\.(expected|context)\.json$' | sort)
mapfile -t others < <(find Samples -type f \( -name '*.xml' -o -name '*.json' \) | grep -v -E '\.(expected|context)\.json$|/demographics/|/patient-selected/' | sort)
fed=0
status_lines=
title "Feeding $((${#first[@]} + ${#others[@]})) messages, good and bad, through both doors"
feed "${first[@]}"
wait_for 20 "the demographics are not read" is_quiet
feed "${others[@]}"
wait_for 40 "the gateway still has work" is_quiet

# ---- What came of it.

title "One normalised event of each kind, as it arrived"
for kind in booking prescription record-summary; do one "$kind"; done

title "What the patient's app received"
show patient-app
title "What the hospital received"
show hospital

title "What was withheld, by the rule that withheld it"
awk '$1 ~ /\.counts\.withheld\./ { split($1, part, "."); printf "  %-13s %-20s %s\n", part[2], part[5], $2 }' <<<"$status_lines"

title "What could not be read, and why"
sed -n '/"code":"message-quarantined"/s/.*"reason":"\([^"]*\)".*/\1/p' "$log" |
    sort | uniq -c | awk '{ printf "  %-26s %s\n", $2, $1 }'

title "How to look at it: hatchway status --config hatchway.yaml"
"$hatchway" status --config "$work/hatchway.yaml" | sed 's/^/  /'

title "… and its log, one JSON object a line"
tail -n 3 "$log" | sed 's/^/  /'

title "Summary"
say "  messages fed      $fed"
say "  read              $(sum 'messages\..*\.read')"
say "  awaiting identity $(sum 'messages\..*\.awaitingIdentity')"
say "  quarantined       $(sum 'messages\..*\.quarantined')"
say "  refused unread    $(sum 'sources\..*\.counts\.refused')"
for consumer in patient-app hospital; do
    printf '  delivered to %-13s %s\n' "$consumer" "$(sum "consumers\\.$consumer\\.counts\\.delivered")"
done

(("$(sum 'consumers\.patient-app\.counts\.delivered')" > 0)) || fail "nothing reached the patient's app"
(("$(sum 'messages\..*\.quarantined')" > 0)) || fail "nothing was quarantined"

if [[ $keep == 1 ]]; then
    title "It goes on running"
    say "  status      $hatchway status --config $work/hatchway.yaml"
    say "  log         $log"
    say "  consumers   $work/patient-app.out, $work/hospital.out"
    say "  a message   put it into $work/drop/Y90001/"
    say "  stop it     kill ${pids[2]} ${pids[1]} ${pids[0]}; rm -r $work"
    exit 0
fi

# A consumer that saw a bad signature or a broken order says so with its exit status.
title "Stopping"
kill -TERM "${pids[2]}"
wait "${pids[2]}" || fail "the gateway did not stop cleanly"
for index in 1 0; do
    kill -TERM "${pids[$index]}"
    wait "${pids[$index]}" || fail "a consumer saw a bad signature, a broken order or a malformed event"
done
pids=()
for consumer in patient-app hospital; do
    printf '  %-12s %s\n' "$consumer" "$(grep '^received ' "$work/$consumer.out")"
done
say ""
say "Done. make demo KEEP=1 leaves it running, to look at with hatchway status."
