#!/bin/sh
# Steers an emulator from a shell: EMULATOR_URL=http://localhost:2010 sh with-curl.sh
set -eu
url=${EMULATOR_URL:-http://localhost:2010}
account=ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
recording=$url/2010-04-01/Accounts/$account/Recordings/RE00000000000000000000000000000005.json
twilio() { curl --silent --output /dev/null --write-out '%{http_code}\n' --user "$account:0123456789abcdef0123456789abcdef" "$@"; }
steer() { curl --silent --fail --output /dev/null "$@"; }

steer --request POST "$url/_emulator/reset"
twilio "$recording"                                                     # 200
twilio --request DELETE "$recording"                                    # 204
twilio "$recording?IncludeSoftDeleted=true"                             # 200
steer "$url/_emulator/clock" --data '{"advance": "P41D"}'
twilio "$recording?IncludeSoftDeleted=true"                             # 404
steer --request POST "$url/_emulator/reset"
steer "$url/_emulator/faults" --data '{"error": 20503, "times": 1}'
twilio "$recording"                                                     # 503
twilio "$recording"                                                     # 200
steer --request POST "$url/_emulator/reset"
