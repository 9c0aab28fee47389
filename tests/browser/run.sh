#!/usr/bin/env bash
# Looks at the pages in a real browser: that they load without errors and without asking anybody else, that links lead somewhere,
# that the search finds, and that axe finds no fault, at three widths, light and dark.
# Needs UCAP_URL, the address of a running service with the sample plan, and Chromium (Debian's package, or UCAP_CHROMIUM).
# What is fetched goes below UCAP_SCRATCH; with UCAP_SHOTS, a folder, it also keeps pictures of the pages.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${UCAP_URL:?address of a running service}"
scratch=${UCAP_SCRATCH:-target/clients}/browser
here=tests/browser

mkdir -p "$scratch"
if ! cmp -s "$here/package-lock.json" "$scratch/package-lock.json" || [ ! -d "$scratch/node_modules" ]; then
  cp "$here/package.json" "$here/package-lock.json" "$scratch/"
  npm ci --prefix "$scratch" --ignore-scripts --no-audit --no-fund --loglevel=error
fi
cp "$here"/*.mjs "$scratch/"
exec node "$scratch/check.mjs"
