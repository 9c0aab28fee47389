#!/usr/bin/env bash
# Validates both published documents against the specification of their version.
set -euo pipefail
cd "$(dirname "$0")/../.."

scratch=${UCAP_SCRATCH:-target/clients}

# shellcheck source=tests/clients/venv.sh
source tests/clients/venv.sh
venv "$scratch/validator" tests/clients/validator-requirements.txt
"$scratch/validator/bin/openapi-spec-validator" "${UCAP_OPENAPI:-openapi/openapi.json}" "${UCAP_OPENAPI_30:-openapi/openapi-3.0.json}"
