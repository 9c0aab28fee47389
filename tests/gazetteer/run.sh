#!/usr/bin/env bash
# Loads the cities of a gazetteer into a running service, and looks them up: import, export, import again, 200 searches for names.
# Needs UCAP_URL and UCAP_KEY (a key that may write) of an empty registry, to which 34 000 cities are added. What is downloaded goes below UCAP_SCRATCH.
set -euo pipefail
cd "$(dirname "$0")/../.."

: "${UCAP_URL:?address of a running service}" "${UCAP_KEY:?key of an editor}"
scratch=${UCAP_SCRATCH:-target/clients}

# shellcheck source=tests/clients/venv.sh
source tests/clients/venv.sh
venv "$scratch/gazetteer" tests/gazetteer/requirements.txt
PYTHONDONTWRITEBYTECODE=1 timeout --kill-after=20 900 "$scratch/gazetteer/bin/python" tests/gazetteer/check.py
