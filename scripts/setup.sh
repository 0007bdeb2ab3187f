#!/usr/bin/env bash
# Installs what building Eventglass needs and this machine lacks. Safe to run
# again; a second or two when nothing is missing.
#
#   scripts/setup.sh          to build and run
#   scripts/setup.sh --test   also a Chromium, Postgres and the SDKs for the end-to-end tests
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# shellcheck source=scripts/setup/common.sh
. scripts/setup/common.sh
# shellcheck source=scripts/setup/system.sh
. scripts/setup/system.sh
# shellcheck source=scripts/setup/rust.sh
. scripts/setup/rust.sh
# shellcheck source=scripts/setup/node.sh
. scripts/setup/node.sh
# shellcheck source=scripts/setup/chromium.sh
. scripts/setup/chromium.sh
# shellcheck source=scripts/setup/postgres.sh
. scripts/setup/postgres.sh
# shellcheck source=scripts/setup/sdks.sh
. scripts/setup/sdks.sh

tests=no
case "${1:-}" in
  '') ;;
  --test) tests=yes ;;
  *) fail "unknown argument $1; the only one is --test" ;;
esac

mkdir -p "$CACHE"
# shellcheck source=scripts/env.sh
. scripts/env.sh

setup_system
setup_rust
setup_node
if [ "$tests" = yes ]; then
  setup_chromium
  setup_postgres
  setup_sdks
fi
