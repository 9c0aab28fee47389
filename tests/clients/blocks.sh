#!/usr/bin/env bash
# Prints a block of code of a page of the guide: `tests/clients/blocks.sh PAGE TAG`, or `… TAG output` for what it prints.
# The address of the reader's service is replaced by UCAP_URL.
set -euo pipefail

awk -v tag="\`\`\`$2" -v output="${3-}" '
  /^```/ && open { if (printed) exit; open = 0; next }
  /^```/ { open = 1; wanted = output == "" ? $0 == tag : seen && $0 == "```text output"; if ($0 == tag) seen = 1; if (wanted) printed = 1; next }
  open && wanted
  END { if (!printed) { print "there is no such block" > "/dev/stderr"; exit 1 } }
' "$1" | sed "s#http://127.0.0.1:8080#$UCAP_URL#g"
