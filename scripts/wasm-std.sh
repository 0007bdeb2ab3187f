#!/usr/bin/env bash
# Builds the standard library for wasm32-unknown-unknown from Debian's sources
# and lays it into Debian's toolchain. For machines which cannot reach rustup's
# server, where `rustup target add` does this in a second. About 30 s, once for
# each compiler version. Builds as the user, installs as root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/setup/common.sh
. scripts/setup/common.sh

sysroot=$(/usr/bin/rustc --print sysroot)
dest="$sysroot/lib/rustlib/wasm32-unknown-unknown/lib"
stamp="$dest/.built-for"
version=$(/usr/bin/rustc --version)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$version" ]; then
  exit 0
fi

say "Building the standard library for wasm (about 30 s)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/src"
cat >"$work/Cargo.toml" <<'TOML'
[package]
name = "empty"
version = "0.0.0"
edition = "2024"
[lib]
TOML
echo '#![no_std]' >"$work/src/lib.rs"

# `embed-bitcode`: without it `lto` fails on the library's objects.
# `RUSTC_BOOTSTRAP`: -Zbuild-std is unstable, the library it builds is not.
(
  cd "$work"
  RUSTC=/usr/bin/rustc RUSTFLAGS="-C embed-bitcode=yes" RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR="$work/target" \
    /usr/bin/cargo build --quiet -Zbuild-std=std,panic_abort,panic_unwind,proc_macro,test \
    --target wasm32-unknown-unknown --release
)
as_root rm -rf "$dest"
as_root mkdir -p "$dest"
find "$work/target/wasm32-unknown-unknown/release/deps" -name '*.rlib' ! -name 'libempty-*' -print0 |
  as_root xargs -0 cp -t "$dest"
echo "$version" | as_root tee "$stamp" >/dev/null
