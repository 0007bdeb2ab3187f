# shellcheck shell=bash
# Node runs Tailwind, wasm-opt and Playwright; nothing of it is in the product.

MIN_NODE=20

setup_node() {
  local wanted stamp=node_modules/.eventglass-lock
  node_is_ready || install_node
  # npm's own check compares far more and takes seconds.
  wanted="$(node --version) $(cksum <package-lock.json)"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing the npm packages (10 s to 1 min)"
    npm ci --no-audit --no-fund --loglevel=error >&2
    echo "$wanted" >"$stamp"
  fi
  say "Node: $(node --version), packages installed"
}

node_is_ready() { have npm && at_least "$(node --version 2>/dev/null | tr -d v)" "$MIN_NODE"; }

install_node() {
  have apt-get || fail "Node $MIN_NODE or newer with npm is missing: install it from https://nodejs.org, then run this again"
  apt_update
  at_least "$(apt_version nodejs)" "$MIN_NODE" ||
    fail "Node $MIN_NODE or newer is missing and this system's packages are older: install it from https://nodejs.org, then run this again"
  say "Installing Node from this system's packages (about 1 min)"
  apt_install nodejs npm
}
