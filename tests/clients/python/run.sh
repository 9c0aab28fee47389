#!/usr/bin/env bash
# Generates a Python client from the published document, checks its types and makes a round trip with it.
# Needs UCAP_URL and UCAP_KEY (a key that may write). What is generated goes below UCAP_SCRATCH.
set -euo pipefail
cd "$(dirname "$0")/../../.."

: "${UCAP_URL:?address of a running service}" "${UCAP_KEY:?key of an editor}"
scratch=${UCAP_SCRATCH:-target/clients}
document=${UCAP_OPENAPI:-openapi/openapi.json}
here=tests/clients/python

# shellcheck source=tests/clients/venv.sh
source tests/clients/venv.sh
venv "$scratch/python" "$here/requirements.txt"

rm -rf "$scratch/python-client"
# A warning is an operation or a schema that the generator could not read and left out.
"$scratch/python/bin/openapi-python-client" generate --path "$document" --config "$here/generator.yml" \
  --output-path "$scratch/python-client" --fail-on-warning

# As many operations as the document has: what is missing without a warning would be missed here.
documented=$(jq '[.paths[] | keys[] | select(. != "parameters")] | length' "$document")
generated=$(find "$scratch/python-client/ucap_client/api" -mindepth 2 -name '*.py' ! -name '__init__.py' | wc -l)
if [ "$documented" != "$generated" ]; then
  echo "the document has $documented operations, the client $generated" >&2
  exit 1
fi

MYPYPATH=$scratch/python-client "$scratch/python/bin/mypy" --strict --cache-dir "$scratch/mypy" \
  "$scratch/python-client/ucap_client" "$here/round_trip.py"
PYTHONPATH=$scratch/python-client PYTHONDONTWRITEBYTECODE=1 "$scratch/python/bin/python" "$here/round_trip.py"

# The programs of the guide print what it says. The generator warns about lines of JSON there, as the guide says.
block() { tests/clients/blocks.sh "$@"; }
rm -rf "$scratch/guide"
"$scratch/python/bin/openapi-python-client" generate --path "$document" --output-path "$scratch/guide" >"$scratch/guide.log" 2>&1
for page in docs/paging.md docs/clients.md; do
  block "$page" "python clients" >"$scratch/guide/program.py"
  PYTHONPATH=$scratch/guide "$scratch/python/bin/python" "$scratch/guide/program.py" >"$scratch/guide/printed"
  diff <(block "$page" "python clients" output) "$scratch/guide/printed"
done
