# shellcheck shell=bash
# What `scripts/setup.sh` found out about this machine: which Rust, which
# Chromium. To be sourced, by whoever calls cargo or Playwright.
eventglass_cache="${XDG_CACHE_HOME:-$HOME/.cache}/eventglass"
if [ -f "$eventglass_cache/env" ]; then
  # shellcheck disable=SC1091 # written by setup.sh
  . "$eventglass_cache/env"
fi
# rustup's programs come first, also in a shell older than rustup; our own, such
# as rust-lld, only where there are no others.
if [ -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo" ]; then
  PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"
fi
PATH="$PATH:$eventglass_cache/bin"
# Homebrew keeps Postgres' programs off the PATH.
for eventglass_postgres in {/opt/homebrew,/usr/local}/opt/postgresql@*/bin; do
  [ ! -x "$eventglass_postgres/initdb" ] || PATH="$PATH:$eventglass_postgres"
done
unset eventglass_postgres
export PATH
unset eventglass_cache
