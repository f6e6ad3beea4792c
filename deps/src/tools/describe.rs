//! What a component imports and exports.

use super::wit_folder;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use wac_graph::types::{InterfaceId, ItemKind, Package, Types};
use wit_component::{DecodedWasm, decode};
use wit_parser::{Resolve, TypeDefKind, WorldItem};

/// Parts "import", "types" (an import that asks for nothing) and "export", of which each is a name, and "wit".
pub fn describe(component: &[u8], hidden: &[&str]) -> Result<Vec<(String, Vec<u8>)>, String> {
    check_packages(component)?;
    let (resolve, world) = match decode(component) {
        Ok(DecodedWasm::Component(resolve, world)) => (resolve, world),
        Ok(DecodedWasm::WitPackage(..)) => return Err("this is a WIT package, not a component that can be run".into()),
        Err(error) => return Err(format!("{error:#}")),
    };
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let items = &resolve.worlds[world];
    for (key, item) in &items.imports {
        let kind = if asks_nothing(&resolve, item) { "types" } else { "import" };
        parts.push((kind.into(), resolve.name_world_key(key).into_bytes()));
    }
    for key in items.exports.keys() {
        parts.push(("export".into(), resolve.name_world_key(key).into_bytes()));
    }
    let package = items.package.ok_or("its world is in no package")?;
    let text = wit_folder::text(&resolve, package, |name| hidden.iter().any(|each| name.starts_with(each)))?;
    parts.push(("wit".into(), text.into_bytes()));
    Ok(parts)
}

/// Types alone, none of them a resource.
fn asks_nothing(resolve: &Resolve, item: &WorldItem) -> bool {
    let is_resource = |id| matches!(resolve.types[id].kind, TypeDefKind::Resource);
    match item {
        WorldItem::Interface { id, .. } => {
            let interface = &resolve.interfaces[*id];
            interface.functions.is_empty() && !interface.types.values().any(|each| is_resource(*each))
        }
        WorldItem::Type { id, .. } => !is_resource(*id),
        WorldItem::Function(_) => false,
    }
}

/// Packages whose interfaces use each other's types in a circle are no error of a component, but WIT has none such: what
/// makes WIT of it would follow them for ever.
fn check_packages(component: &[u8]) -> Result<(), String> {
    let mut types = Types::default();
    let package = Package::from_bytes("described", None, component.to_vec(), &mut types)
        .map_err(|error| format!("{error:#}"))?;
    let world = &types[package.ty()];
    let mut uses: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut seen = HashSet::new();
    let mut open: Vec<(Option<String>, InterfaceId)> = Vec::new();
    for (name, kind) in world.imports.iter().chain(&world.exports) {
        if let ItemKind::Instance(id) = kind {
            open.push((Some(name.clone()), *id));
        }
    }
    while let Some((name, id)) = open.pop() {
        let interface = &types[id];
        let Some(name) = interface.id.clone().or(name) else { continue };
        if !seen.insert(id) {
            continue;
        }
        let edges = uses.entry(package_of(&name)).or_default();
        for used in interface.uses.values() {
            if let Some(other) = &types[used.interface].id {
                edges.insert(package_of(other));
            }
            open.push((None, used.interface));
        }
    }
    // Those that use nothing but what is gone go, until none is left.
    while !uses.is_empty() {
        let left: BTreeSet<String> = uses.keys().cloned().collect();
        let before = uses.len();
        uses.retain(|package, used| used.iter().any(|each| each != package && left.contains(each)));
        if uses.len() == before {
            return Err(format!(
                "its packages use each other in a circle: {}",
                left.into_iter().collect::<Vec<_>>().join(", ")
            ));
        }
    }
    Ok(())
}

/// "a:b@1.0.0" of "a:b/c@1.0.0".
fn package_of(name: &str) -> String {
    let (path, version) = name.split_at(name.find('@').unwrap_or(name.len()));
    format!("{}{version}", path.split('/').next().unwrap_or(path))
}
