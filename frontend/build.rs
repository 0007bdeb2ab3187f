//! Asks the linker to leave its notes in the wasm: without them nobody can
//! tell which function needs which, and the wasm cannot be split.

fn main() {
    println!("cargo::rustc-link-arg-cdylib=--emit-relocs");
    println!("cargo::rerun-if-changed=build.rs");
}
