# shellcheck shell=bash
# Sourced by the scripts that run Python tools: a virtual environment with the pinned requirements of a file.

# venv DIRECTORY REQUIREMENTS: makes it, or takes the one that is there if it was made from the same file.
venv() {
  if ! cmp -s "$2" "$1/requirements.txt"; then
    rm -rf "$1"
    python3 -m venv "$1"
    "$1/bin/pip" install --quiet --disable-pip-version-check --requirement "$2"
    cp "$2" "$1/requirements.txt"
  fi
}
