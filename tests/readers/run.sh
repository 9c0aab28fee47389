#!/usr/bin/env bash
# Reads the maps, the calendar and the tables of a running service with independent libraries.
# Needs UCAP_URL and UCAP_KEY (a key that may write). What is downloaded goes below UCAP_SCRATCH.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${UCAP_URL:?address of a running service}" "${UCAP_KEY:?key of an editor}"
scratch=${UCAP_SCRATCH:-target/clients}

# shellcheck source=tests/clients/venv.sh
source tests/clients/venv.sh
venv "$scratch/readers" tests/readers/requirements.txt
PYTHONDONTWRITEBYTECODE=1 "$scratch/readers/bin/python" tests/readers/read.py
