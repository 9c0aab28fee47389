#!/usr/bin/env bash
# Tries every operation of a running service with generated requests, valid and not, single and in sequences.
# Needs UCAP_URL and UCAP_KEY (a key that may write; the data of the service are changed).
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${UCAP_URL:?address of a running service}" "${UCAP_KEY:?key of an editor}"
scratch=${UCAP_SCRATCH:-target/clients}
document=${UCAP_OPENAPI:-openapi/openapi.json}

# shellcheck source=tests/clients/venv.sh
source tests/clients/venv.sh
venv "$scratch/schemathesis" tests/schemathesis/requirements.txt

export HYPOTHESIS_STORAGE_DIRECTORY=$scratch/hypothesis
# The sizes in schemathesis.toml are chosen for half of this time; a service that hangs must not hang the run.
timeout --signal=INT --kill-after=20 720 \
  "$scratch/schemathesis/bin/schemathesis" --config-file tests/schemathesis/schemathesis.toml --no-color run "$document"
