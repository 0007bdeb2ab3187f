# shellcheck shell=bash
# One Rust toolchain for everything: server, wasm, clippy, rustfmt. Two of them
# would build each dependency twice.
#
# The ordinary way is rustup. Where its server cannot be reached, Debian's
# packages do it: they lack the standard library for wasm, which we build.

MIN_RUST=$(sed -n 's/^rust-version *= *"\(.*\)"/\1/p' Cargo.toml)

setup_rust() {
  if rust_is_ready; then
    keep_toolchain
  elif rust_from_rustup; then
    keep_toolchain
  elif have apt-get; then
    rust_from_debian
  else
    fail "Rust $MIN_RUST or newer with the target wasm32-unknown-unknown is missing. Install it from https://rustup.rs, then run this again"
  fi
  rust_is_ready || fail "the toolchain is still incomplete: $(why_rust_is_not_ready)"
  say "Rust: $(rustc --version)"
}

rust_is_ready() { [ -z "$(why_rust_is_not_ready)" ]; }

why_rust_is_not_ready() {
  local version program
  have cargo || { echo "there is no cargo"; return; }
  version=$(rustc_version)
  at_least "$version" "$MIN_RUST" || { echo "Rust $version is older than $MIN_RUST"; return; }
  for program in clippy fmt; do
    cargo "$program" --version >/dev/null 2>&1 || { echo "cargo $program is missing"; return; }
  done
  can_make_wasm || echo "rustc cannot make wasm"
}

rustc_version() { rustc --version 2>/dev/null | cut -d ' ' -f 2; }

# The one test that shows library and linker to be there and to fit.
can_make_wasm() {
  local folder result=0
  folder=$(mktemp -d)
  echo 'pub fn nothing() {}' |
    rustc --crate-name probe --crate-type cdylib --target wasm32-unknown-unknown -o "$folder/probe.wasm" - >/dev/null 2>&1 || result=1
  rm -rf "$folder"
  return $result
}

# A later change of rustup's default must not make everything build again.
keep_toolchain() {
  if have rustup; then
    remember RUSTUP_TOOLCHAIN "$(rustup show active-toolchain | cut -d ' ' -f 1)"
  fi
}

rust_from_rustup() {
  if ! have rustup; then
    ! have cargo && have curl || return 1
    say "Installing Rust with rustup (1 to 3 min)"
    curl --proto '=https' --tlsv1.2 --connect-timeout 10 -sSf https://sh.rustup.rs |
      sh -s -- -y --no-modify-path --profile minimal --default-toolchain stable >&2 || return 1
    # shellcheck source=scripts/env.sh
    . scripts/env.sh
    have rustup || return 1
  fi
  say "Completing the toolchain with rustup (seconds to 2 min)"
  # Our own choice of an earlier run may be the one that is broken.
  unset RUSTUP_TOOLCHAIN
  if ! at_least "$(rustc_version)" "$MIN_RUST"; then
    try_rustup toolchain install stable --profile minimal || return 1
    export RUSTUP_TOOLCHAIN=stable
  fi
  try_rustup component add clippy rustfmt || return 1
  try_rustup target add wasm32-unknown-unknown || return 1
  rust_is_ready
}

# Bounded: a server that cannot be reached may also be silent.
try_rustup() {
  local limit=()
  ! have timeout || limit=(timeout 300)
  RUSTUP_MAX_RETRIES=1 ${limit[@]+"${limit[@]}"} rustup "$@" >&2 || {
    say "rustup cannot do that here; trying Debian's packages"
    return 1
  }
}

rust_from_debian() {
  local name packages llvm
  apt_update
  # Debian's stable releases carry a newer Rust for browsers under `-web`.
  if at_least "$(apt_version rustc-web)" "$MIN_RUST"; then
    name=rustc-web
    packages=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web)
  elif at_least "$(apt_version rustc)" "$MIN_RUST"; then
    name=rustc
    packages=(rustc cargo rust-src rust-clippy rustfmt)
  else
    fail "neither rustup's server nor this system's packages have Rust $MIN_RUST. Install it from https://rustup.rs, then run this again"
  fi
  say "Installing Rust $(apt_version $name) from this system's packages (1 to 3 min)"
  apt_install "${packages[@]}"

  # The linker for wasm, of the LLVM that this rustc was built with.
  llvm=$(/usr/bin/rustc -vV | sed -n 's/^LLVM version: \([0-9]*\).*/\1/p')
  apt_install "lld-$llvm"
  mkdir -p "$CACHE/bin"
  ln -sf "$(command -v "lld-$llvm")" "$CACHE/bin/rust-lld"

  if have rustup; then
    rustup toolchain link eventglass /usr
    remember RUSTUP_TOOLCHAIN eventglass
  fi
  # shellcheck source=scripts/env.sh
  . scripts/env.sh
  bash scripts/wasm-std.sh
}
