#!/bin/sh
# Verifies the signature of an evidence bundle with nothing of ours: openssl 3 and jq.
#
#     sh verify-signature.sh bundle.json KEYID
#
# KEYID is the signing key's id as you learned it from someone else than the one who brought the
# bundle. It exits with 0 where the key is that one, the signature is of the statement, and the
# statement names the content and the seal. The log is checked by the bundle's other script.
set -eu
[ $# -eq 2 ] || { echo "usage: sh verify-signature.sh bundle.json KEYID" >&2; exit 2; }
bundle=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# 1. The key, and that it is the one you know.
jq -j .public_key "$bundle" > "$folder/key.pem"
id=$(openssl pkey -pubin -in "$folder/key.pem" -outform DER | openssl dgst -sha256 -r | cut -c1-64)
[ "$id" = "$2" ] || { echo "FAILS: the key is $id" >&2; exit 1; }

# 2. The signature: DSSE signs type and payload, each behind its length.
jq -j .envelope "$bundle" > "$folder/envelope"
type=$(jq -r .payloadType "$folder/envelope")
jq -j .payload "$folder/envelope" | openssl base64 -d -A > "$folder/payload"
jq -j --arg id "$id" '[.signatures[] | select(.keyid == $id)][0].sig' "$folder/envelope" |
  openssl base64 -d -A > "$folder/sig"
size=$(wc -c < "$folder/payload")
printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$size" | cat - "$folder/payload" > "$folder/message"
openssl pkeyutl -verify -rawin -pubin -inkey "$folder/key.pem" \
  -in "$folder/message" -sigfile "$folder/sig" || exit 1

# 3. The statement is about this content and this seal.
digest=$(jq -j .content "$bundle" | openssl dgst -sha256 -r | cut -c1-64)
[ "$(jq -r '.subject[0].digest.sha256' "$folder/payload")" = "$digest" ] ||
  { echo "FAILS: the statement is about other content than $digest" >&2; exit 1; }
[ "$(jq -r .predicate.seal.signed_hash "$folder/payload")" = "$(jq -r .signed_hash "$bundle")" ] ||
  { echo "FAILS: the statement is about another seal" >&2; exit 1; }
echo "holds: $digest, signed by $id"
