# shellcheck shell=bash
# What the steps of setup.sh share.

# Results of the set-up: our own programs, and the file that env.sh reads.
CACHE="${XDG_CACHE_HOME:-$HOME/.cache}/eventglass"

say() { echo "==> $*" >&2; }

fail() {
  say "$*"
  exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then
    "$@"
  elif have sudo; then
    sudo "$@"
  else
    fail "this needs root, and there is no sudo: $*"
  fi
}

# remember NAME VALUE: env.sh exports it from now on, and so does this run.
remember() {
  export "$1=$2"
  touch "$CACHE/env"
  grep -v "^export $1=" "$CACHE/env" >"$CACHE/env.new" || true
  printf 'export %s=%q\n' "$1" "$2" >>"$CACHE/env.new"
  mv "$CACHE/env.new" "$CACHE/env"
}

# at_least HAVE WANT: compares versions such as 1.95.0 and 1.95.
at_least() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]; }

# apt_install PACKAGE...: those that are missing; refreshes apt's lists once.
apt_install() {
  local package missing=()
  for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  apt_update
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "${missing[@]}" >&2
}

apt_updated=no
apt_update() {
  [ "$apt_updated" = no ] || return 0
  as_root apt-get update -q >&2 || say "apt-get update failed; going on with the lists there are"
  apt_updated=yes
}

# apt_version PACKAGE: the version that could be installed, without epoch and revision.
apt_version() {
  apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: *\([0-9]*:\)\{0,1\}\([0-9.]*\).*/\2/p'
}
