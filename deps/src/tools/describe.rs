//! What a component imports and exports.

use super::wit_folder;
use wit_component::{DecodedWasm, decode};
use wit_parser::{Resolve, TypeDefKind, WorldItem};

/// Parts "import", "types" (an import that asks for nothing) and "export", of which each is a name, and "wit".
pub fn describe(component: &[u8], hidden: &[&str]) -> Result<Vec<(String, Vec<u8>)>, String> {
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
