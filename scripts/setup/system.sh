# shellcheck shell=bash
# What the rest stands on: a C compiler (for SQLite) and make.

setup_system() {
  if have make && have cc; then
    return
  fi
  have apt-get || fail "make and a C compiler are missing: install them with your system's packages, then run this again"
  say "Installing make and a C compiler (about 1 min)"
  apt_install build-essential
}
