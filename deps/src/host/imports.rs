//! What a component may import here, and what is said of anything else.

use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;
use wasmtime::{Engine, Result, bail};

/// The version of wit/.
const OWN: &str = "0.1.0";
const OWN_PACKAGE: &str = "wasm-bpf:bpf";
const OWN_INTERFACES: &[&str] = &["errors", "objects", "rings", "kernel", "messages", "lifecycle", "metrics"];
const WASI: &[&str] = &["wasi:io", "wasi:clocks", "wasi:random", "wasi:filesystem", "wasi:cli", "wasi:sockets"];

/// "a:b/c@1.2.3": its package, interface and version.
fn parts(name: &str) -> (&str, &str, &str) {
    let (path, version) = name.split_once('@').unwrap_or((name, ""));
    let (package, interface) = path.split_once('/').unwrap_or((path, ""));
    (package, interface, version)
}

fn numbers(version: &str) -> Vec<u64> {
    let plain = version.split(['-', '+']).next().unwrap_or("");
    plain.split('.').map(|part| part.parse().unwrap_or(u64::MAX)).collect()
}

fn check_own(name: &str, interface: &str, version: &str) -> Result<()> {
    let (asked, own) = (numbers(version), numbers(OWN));
    // What was made for an earlier patch of the same version finds everything that it knows.
    if asked.len() != own.len() || asked[..2] != own[..2] || asked > own {
        let what_to_do = if asked > own { "run it with a newer wasm-bpf, or build it" } else { "build it" };
        bail!("it imports {name}, and this host has {OWN_PACKAGE}@{OWN}: {what_to_do} against that version");
    }
    if !OWN_INTERFACES.contains(&interface) {
        bail!("it imports {name}, which {OWN_PACKAGE}@{OWN} does not have: build it against the wit/ of this host");
    }
    Ok(())
}

fn check_import(name: &str) -> Result<()> {
    let (package, interface, version) = parts(name);
    if package == OWN_PACKAGE {
        return check_own(name, interface, version);
    }
    if !package.starts_with("wasi:") {
        bail!(
            "it imports {name}, and nothing gives it that: plug in a component that exports it (--plug FILE; \
             `wasm-bpf compose` makes one file of them)"
        );
    }
    if !WASI.contains(&package) {
        bail!("it imports {name}, a part of WASI that this host does not have: build it without");
    }
    if !version.starts_with("0.2.") {
        bail!("it imports {name}, and this host has WASI 0.2: build it for that");
    }
    Ok(())
}

/// Whether nobody need give it: an interface of types alone, none of them a resource.
fn asks_nothing(engine: &Engine, item: &ComponentItem) -> bool {
    match item {
        ComponentItem::Type(_) => true,
        ComponentItem::ComponentInstance(instance) => {
            instance.exports(engine).all(|(_, item)| matches!(item.ty, ComponentItem::Type(_)))
        }
        _ => false,
    }
}

/// Names only; types are checked when it is linked.
pub fn check_imports(engine: &Engine, component: &Component) -> Result<()> {
    for (name, item) in component.component_type().imports(engine) {
        if !asks_nothing(engine, &item.ty) {
            check_import(name)?;
        }
    }
    Ok(())
}
