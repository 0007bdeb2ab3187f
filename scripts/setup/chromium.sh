# shellcheck shell=bash
# A Chromium for the end-to-end tests: one that is here, else Debian's, else
# Playwright's own. Tests find it by EVENTGLASS_CHROMIUM.

setup_chromium() {
  local path
  path=$(present_chromium) || {
    install_chromium
    path=$(present_chromium) || fail "Chromium was installed but is not found; set EVENTGLASS_CHROMIUM to its path"
  }
  remember EVENTGLASS_CHROMIUM "$path"
  say "Chromium: $("$path" --version 2>/dev/null | head -n 1)"
}

present_chromium() {
  local candidate path
  for candidate in "${EVENTGLASS_CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable "$(playwright_chromium)"; do
    path=$(command -v "$candidate" 2>/dev/null) || continue
    if "$path" --version >/dev/null 2>&1; then
      echo "$path"
      return
    fi
  done
  return 1
}

playwright_chromium() {
  node -e 'console.log(require("playwright-core").chromium.executablePath())' 2>/dev/null || true
}

install_chromium() {
  # Ubuntu's package of that name only points to a snap.
  if have apt-get && grep -q '^ID=debian' /etc/os-release 2>/dev/null; then
    say "Installing Chromium from Debian's packages (about 1 min)"
    apt_install chromium
  else
    say "Installing Playwright's Chromium (1 to 3 min)"
    node_modules/.bin/playwright install --with-deps chromium >&2
  fi
}
