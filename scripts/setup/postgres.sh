# shellcheck shell=bash
# Postgres' programs: the tests start a throw-away cluster of their own with
# them. None is made or started here.

setup_postgres() {
  if postgres_is_there; then
    return
  fi
  if have brew; then
    say "Installing Postgres' programs (under 1 min)"
    brew install postgresql@17 >&2
    postgres_is_there || fail "Postgres was installed, and there is no initdb on the PATH or where Homebrew keeps it"
    return
  fi
  have apt-get || fail "Postgres is missing: install it with your system's packages so that initdb is on the PATH, then run this again"
  say "Installing Postgres' programs (under 1 min)"
  # Debian's package would make and start a cluster for the whole system.
  apt_install postgresql-common
  if ! grep -qs '^create_main_cluster' /etc/postgresql-common/createcluster.conf; then
    echo 'create_main_cluster = false' | as_root tee -a /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  apt_install postgresql
  postgres_is_there || fail "Postgres was installed, and there is no initdb on the PATH or in /usr/lib/postgresql"
}

postgres_is_there() {
  local program
  have initdb && have postgres && return
  # Homebrew's are not on the PATH; env.sh puts them there.
  for program in /usr/lib/postgresql/*/bin/initdb {/opt/homebrew,/usr/local}/opt/postgresql@*/bin/initdb; do
    [ -x "$program" ] && return
  done
  return 1
}
