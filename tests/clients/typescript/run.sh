#!/usr/bin/env bash
# Generates TypeScript types from the published document, compiles a program with them and makes a round trip with it.
# Needs UCAP_URL and UCAP_KEY (a key that may write). What is generated goes below UCAP_SCRATCH.
set -euo pipefail
cd "$(dirname "$0")/../../.."

: "${UCAP_URL:?address of a running service}" "${UCAP_KEY:?key of an editor}"
scratch=${UCAP_SCRATCH:-target/clients}/typescript
document=$(realpath "${UCAP_OPENAPI:-openapi/openapi.json}")
here=tests/clients/typescript

mkdir -p "$scratch"
if ! cmp -s "$here/package-lock.json" "$scratch/package-lock.json" || [ ! -d "$scratch/node_modules" ]; then
  cp "$here/package.json" "$here/package-lock.json" "$scratch/"
  npm ci --prefix "$scratch" --ignore-scripts --no-audit --no-fund --loglevel=error
fi
cp "$here/tsconfig.json" "$here/round-trip.ts" "$scratch/"
block() { tests/clients/blocks.sh "$@"; }
block docs/paging.md "ts clients" >"$scratch/paging.mts"
block docs/paging.md "ts clients" output >"$scratch/paging.expected"
block docs/clients.md "ts clients" >"$scratch/activities.ts"
block docs/clients.md "ts clients" output >"$scratch/activities.expected"
cd "$scratch"

# What the generator warns of is an operation or a schema that it could not read: nothing may be on its error stream.
node_modules/.bin/openapi-typescript "$document" --output schema.d.ts 2> warnings
if [ -s warnings ]; then
  cat warnings >&2
  exit 1
fi
node_modules/.bin/tsc --project tsconfig.json
node out/round-trip.js

# The programs of the guide, compiled as it says, print what it says.
cp schema.d.ts ucap.ts
node_modules/.bin/tsc --strict --target es2022 --module nodenext activities.ts
node activities.js | diff activities.expected -
node_modules/.bin/tsc --strict --target es2022 --module nodenext paging.mts
node paging.mjs | diff paging.expected -
