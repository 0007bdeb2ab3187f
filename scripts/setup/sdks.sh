# shellcheck shell=bash
# The real SDKs that the program is tested with, at the versions pinned in
# end2end/sdks: each set for Python in a virtual environment in the cache,
# those for JavaScript beside their test.

# The newest Langfuse needs it.
MIN_PYTHON=3.11

setup_sdks() {
  local set
  python_is_ready || install_python
  for set in otel agents langfuse-5 langfuse-4 langfuse-2; do
    setup_python_sdks "$set"
  done
  setup_javascript_sdks
  remember EVENTGLASS_SDKS "$CACHE/sdks"
  say "SDKs: installed, with Python $(python_version) and Node $(node --version)"
}

python_version() { python3 -c 'import platform; print(platform.python_version())' 2>/dev/null; }

# Debian leaves out of python3 what makes virtual environments.
python_is_ready() { at_least "$(python_version)" "$MIN_PYTHON" && python3 -c 'import ensurepip, venv' 2>/dev/null; }

install_python() {
  have apt-get || fail "Python $MIN_PYTHON or newer is missing: install it from https://www.python.org, then run this again"
  say "Installing Python from this system's packages (under 1 min)"
  apt_install python3 python3-venv
  python_is_ready ||
    fail "Python $MIN_PYTHON or newer is missing and this system's packages are older: install it from https://www.python.org, then run this again"
}

# setup_python_sdks SET: what end2end/sdks/requirements/SET.txt pins.
setup_python_sdks() {
  local pins="end2end/sdks/requirements/$1.txt" folder="$CACHE/sdks/$1" wanted
  wanted="$(python_version) $(cksum <"$pins")"
  if [ "$(cat "$folder/.eventglass-pins" 2>/dev/null)" = "$wanted" ] && "$folder/bin/python" -c '' 2>/dev/null; then
    return
  fi
  say "Installing the SDKs of $pins (about 20 s)"
  rm -rf "$folder"
  python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$pins" >&2
  echo "$wanted" >"$folder/.eventglass-pins"
}

setup_javascript_sdks() {
  local folder=end2end/sdks/javascript wanted stamp
  stamp="$folder/node_modules/.eventglass-lock"
  wanted="$(node --version) $(cksum <"$folder/package-lock.json")"
  if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
    say "Installing the SDKs of $folder (about 5 s)"
    npm ci --prefix "$folder" --no-audit --no-fund --loglevel=error >&2
    echo "$wanted" >"$stamp"
  fi
}
