#!/usr/bin/env bash
# curl, as Twilio's documentation says. The arguments, such as --proxy, and the environment lead to the emulator.
set -euo pipefail

recordings="https://api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Recordings"
recording="$recordings/RE00000000000000000000000000000005"
ask() { curl --silent --show-error --user "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "$@"; }
value() { grep --only-matching "\"$1\":[^,}]*" | sed -E 's/^[^:]*:"?([^"]*)"?$/\1/'; }
refusal() { ask "$@" | sed -E 's/.*"code":([0-9]+),.*"status":([0-9]+).*/\2 \1/'; }

listed=$(ask "$@" "$recordings.json" | grep --only-matching '"sid":"RE' | wc --lines)
fetched=$(ask "$@" "$recording.json" | value status)
media=$(ask "$@" "$(ask "$@" "$recording.json" | value media_url)" --range 0-3)
removed=$(ask "$@" --request DELETE --write-out '%{http_code}' "$recording.json")
missing=$(refusal "$@" "$recording.json")
deleted=$(ask "$@" "$recording.json?IncludeSoftDeleted=true" | value status)
unknown=$(refusal "$@" "$recordings/REffffffffffffffffffffffffffffffff.json")
unauthorized=$(refusal "$@" --user "$TWILIO_ACCOUNT_SID:wrong" "$recording.json")
printf '{"listed":%d,"fetched":"%s","media":"%s","removed":"%s","missing":"%s","deleted":"%s","unknown":"%s","unauthorized":"%s"}\n' \
  "$listed" "$fetched" "$media" "$removed" "$missing" "$deleted" "$unknown" "$unauthorized"
