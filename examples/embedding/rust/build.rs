// Where the library is, by pkg-config; PKG_CONFIG_PATH says where wasm-bpf.pc is, if it is not found.
use std::process::Command;

fn main() {
    let output = Command::new("pkg-config").args(["--libs-only-L", "wasm-bpf"]).output().expect("pkg-config");
    assert!(output.status.success(), "pkg-config does not find wasm-bpf.pc: set PKG_CONFIG_PATH");
    for option in String::from_utf8_lossy(&output.stdout).split_whitespace() {
        println!("cargo:rustc-link-search={}", option.trim_start_matches("-L"));
    }
    println!("cargo:rerun-if-env-changed=PKG_CONFIG_PATH");
}
