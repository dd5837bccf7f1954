#!/usr/bin/env bash
# Twilio's recipe for encrypted recordings, with the openssl command. The command does not support GCM, but CTR that starts at
# counter 2 after the 12 bytes of the IV gives the same plaintext, without checking the tag. The arguments are the file of the
# private key and an empty folder.
set -euo pipefail

url="https://api.twilio.com/2010-04-01/Accounts/$TWILIO_ACCOUNT_SID/Recordings/RE00000000000000000000000000000009"
ask() { curl --silent --show-error --fail --user "$TWILIO_ACCOUNT_SID:$TWILIO_AUTH_TOKEN" "$@"; }
detail() { sed -E "s/.*\"encryption_$1\":\"([^\"]*)\".*/\1/" "$2/recording.json" | openssl base64 -d -A; }
hex() { od -An -v -tx1 | tr -d ' \n'; }

ask "$url.json" >"$2/recording.json"
ask "$url" | head --bytes -16 >"$2/ciphertext"
key=$(detail cek "$2" | openssl pkeyutl -decrypt -inkey "$1" \
  -pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256 | hex)
openssl enc -d -aes-256-ctr -K "$key" -iv "$(detail iv "$2" | hex)00000002" -in "$2/ciphertext"
