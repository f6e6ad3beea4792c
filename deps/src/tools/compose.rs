//! Components put together by the names of their interfaces. Who gives what to whom is found and checked here; wac-graph
//! writes the result.

use std::collections::HashMap;
use wac_graph::types::{ItemKind, Package, SubtypeChecker, Type, are_semver_compatible};
use wac_graph::{CompositionGraph, EncodeOptions, NodeId, PackageId};
use wasm_encoder::{ComponentNameSection, ComponentSection, NameMap};

pub struct Part<'a> {
    pub name: &'a str,
    pub bytes: &'a [u8],
}

struct Component<'a> {
    name: &'a str,
    package: PackageId,
    imports: Vec<(String, ItemKind)>,
    exports: Vec<(String, ItemKind)>,
}

/// An import of a component that another gives: by which of its exports.
struct Connection {
    import: String,
    from: usize,
    export: String,
}

/// `hosts`: what the names of interfaces begin with that no plug need give; `leave_open`: none need be given.
pub fn compose(socket: &Part, plugs: &[Part], hosts: &[&str], leave_open: bool) -> Result<Vec<u8>, String> {
    let mut graph = CompositionGraph::new();
    let mut components = vec![register(&mut graph, socket, 0)?];
    for (index, plug) in plugs.iter().enumerate() {
        components.push(register(&mut graph, plug, index + 1)?);
    }
    let mut connections = Vec::new();
    for index in 0..components.len() {
        connections.push(connect(&graph, &components, index, hosts, leave_open)?);
    }
    if let Some(unused) = (1..components.len()).find(|index| !connections.iter().flatten().any(|c| c.from == *index)) {
        return Err(unused_plug(&components, unused));
    }
    let order = order(&components, &connections)?;
    let parts: Vec<&[u8]> = std::iter::once(socket).chain(plugs).map(|part| part.bytes).collect();
    write(graph, &components, &parts, &connections, &order)
}

/// What the file begins with, where that is no component.
pub fn not_a_component(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, b'a', b's', b'm', _, _, 1, 0, ..] => None,
        [0, b'a', b's', b'm', 1, 0, 0, 0, ..] => {
            Some("this is a core module, not a component: `wasm-bpf build --component` makes components")
        }
        _ => Some("this is no WebAssembly component"),
    }
}

fn register<'a>(graph: &mut CompositionGraph, part: &Part<'a>, index: usize) -> Result<Component<'a>, String> {
    if let Some(problem) = not_a_component(part.bytes) {
        return Err(format!("{}: {problem}", part.name));
    }
    let package = Package::from_bytes(&format!("part{index}"), None, part.bytes.to_vec(), graph.types_mut())
        .map_err(|error| format!("{}: {error:#}", part.name))?;
    let world = &graph.types()[package.ty()];
    let items = |items: &mut dyn Iterator<Item = (&String, &ItemKind)>| {
        items.map(|(name, kind)| (name.clone(), *kind)).collect::<Vec<_>>()
    };
    let (imports, exports) = (items(&mut world.imports.iter()), items(&mut world.exports.iter()));
    let package = graph.register_package(package).map_err(|error| format!("{}: {error}", part.name))?;
    Ok(Component { name: part.name, package, imports, exports })
}

/// An interface of types alone, none of them a resource, asks nothing of anybody.
fn asks_nothing(graph: &CompositionGraph, kind: ItemKind) -> bool {
    match kind {
        ItemKind::Instance(id) => graph.types()[id]
            .exports
            .values()
            .all(|kind| matches!(kind, ItemKind::Type(kind) if !matches!(kind, Type::Resource(_)))),
        ItemKind::Type(kind) => !matches!(kind, Type::Resource(_)),
        _ => false,
    }
}

/// "a:b/c" of "a:b/c@1.0.0".
fn without_version(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

fn connect(
    graph: &CompositionGraph, components: &[Component], index: usize, hosts: &[&str], leave_open: bool,
) -> Result<Vec<Connection>, String> {
    let component = &components[index];
    let mut connections = Vec::new();
    for (import, kind) in &component.imports {
        if asks_nothing(graph, *kind) {
            continue;
        }
        // The socket is what the plugs serve: it gives nothing to them.
        let others = || components.iter().enumerate().skip(1).filter(|(other, _)| *other != index);
        let given: Vec<(usize, &(String, ItemKind))> = others()
            .flat_map(|(other, plug)| plug.exports.iter().map(move |export| (other, export)))
            .filter(|(_, (export, _))| are_semver_compatible(export, import))
            .collect();
        let from_host = hosts.iter().any(|host| import.starts_with(host));
        match given.as_slice() {
            [] if from_host || leave_open => {}
            [] => return Err(missing(components, index, import)),
            [(from, (export, exported))] => {
                let mut cache = Default::default();
                SubtypeChecker::new(&mut cache)
                    .is_subtype(*exported, graph.types(), *kind, graph.types())
                    .map_err(|error| {
                        format!(
                            "{} exports {export} in another form than {} imports: {error:#}",
                            components[*from].name, component.name
                        )
                    })?;
                connections.push(Connection { import: import.clone(), from: *from, export: export.clone() });
            }
            [(first, _), (second, _), ..] => {
                return Err(format!(
                    "{} imports {import}, and both {} and {} export it: give one of them",
                    component.name, components[*first].name, components[*second].name
                ));
            }
        }
    }
    Ok(connections)
}

fn missing(components: &[Component], index: usize, import: &str) -> String {
    let component = &components[index];
    let name = without_version(import);
    for (other, each) in components.iter().enumerate() {
        let Some((export, _)) = each.exports.iter().find(|(export, _)| without_version(export) == name) else {
            continue;
        };
        return match other {
            _ if other == index => {
                format!("{} imports {import}, which it exports itself: a plug must give it", component.name)
            }
            0 => format!(
                "{} imports {import}, which {} exports: a plug serves what it is plugged into, and takes nothing of it",
                component.name, each.name
            ),
            _ => format!(
                "{} imports {import}, but {} exports {export}: the versions do not go together",
                component.name, each.name
            ),
        };
    }
    format!("{} imports {import}, which no plug exports: give one that does by --plug", component.name)
}

fn unused_plug(components: &[Component], unused: usize) -> String {
    let plug = &components[unused];
    let exports: Vec<&str> = plug.exports.iter().map(|(name, _)| name.as_str()).collect();
    if exports.is_empty() {
        return format!("{} exports nothing: it cannot be a plug", plug.name);
    }
    format!("nothing imports what {} exports ({}): leave it out", plug.name, exports.join(", "))
}

/// Those that give before those that take; else the cycle, in words.
fn order(components: &[Component], connections: &[Vec<Connection>]) -> Result<Vec<usize>, String> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    fn visit(
        index: usize, components: &[Component], connections: &[Vec<Connection>], states: &mut [State],
        path: &mut Vec<(usize, String)>, order: &mut Vec<usize>,
    ) -> Result<(), String> {
        states[index] = State::Open;
        for connection in &connections[index] {
            let from = connection.from;
            path.push((index, connection.import.clone()));
            if states[from] == State::Open {
                let start = path.iter().position(|(each, _)| *each == from).unwrap_or(0);
                let givers = path[start + 1..].iter().map(|(each, _)| *each).chain([from]);
                let steps: Vec<String> = path[start..]
                    .iter()
                    .zip(givers)
                    .map(|((each, import), giver)| {
                        format!("{} imports {import} of {}", components[*each].name, components[giver].name)
                    })
                    .collect();
                return Err(format!("the plugs need each other in a circle: {}", steps.join(", ")));
            }
            if states[from] == State::New {
                visit(from, components, connections, states, path, order)?;
            }
            path.pop();
        }
        states[index] = State::Done;
        order.push(index);
        Ok(())
    }
    let mut states = vec![State::New; components.len()];
    let mut order = Vec::new();
    for index in 0..components.len() {
        if states[index] == State::New {
            visit(index, components, connections, &mut states, &mut Vec::new(), &mut order)?;
        }
    }
    Ok(order)
}

fn write(
    mut graph: CompositionGraph, components: &[Component], parts: &[&[u8]], connections: &[Vec<Connection>],
    order: &[usize],
) -> Result<Vec<u8>, String> {
    let mut nodes: HashMap<usize, NodeId> = HashMap::new();
    for index in order {
        let component = &components[*index];
        let node = graph.instantiate(component.package);
        for connection in &connections[*index] {
            let export = graph
                .alias_instance_export(nodes[&connection.from], &connection.export)
                .map_err(|error| format!("{}: {error}", component.name))?;
            graph.set_instantiation_argument(node, &connection.import, export).map_err(|error| {
                let why = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
                format!("{}: {error}{why}", component.name)
            })?;
        }
        nodes.insert(*index, node);
    }
    for (name, _) in &components[0].exports {
        let export = graph
            .alias_instance_export(nodes[&0], name)
            .map_err(|error| format!("{}: {error}", components[0].name))?;
        graph.export(export, name).map_err(|error| format!("{}: {error}", components[0].name))?;
    }
    let mut whole = graph.encode(EncodeOptions::default()).map_err(|error| {
        let why = std::error::Error::source(&error).map(|cause| format!(": {cause}")).unwrap_or_default();
        format!("the components do not go together: {error}{why}")
    })?;
    append_names(&mut whole, components, parts);
    Ok(whole)
}

/// Says in a section of names which component inside is which file, wherever that lay.
fn append_names(whole: &mut Vec<u8>, components: &[Component], parts: &[&[u8]]) {
    let mut places: Vec<(usize, &str)> = components
        .iter()
        .zip(parts)
        .filter_map(|(component, bytes)| Some((find(whole, bytes)?, component.name.rsplit('/').next()?)))
        .collect();
    places.sort();
    let mut names = NameMap::new();
    for (index, (_, name)) in places.iter().enumerate() {
        names.append(index as u32, name);
    }
    let mut section = ComponentNameSection::new();
    section.components(&names);
    section.append_to_component(whole);
}

fn find(whole: &[u8], part: &[u8]) -> Option<usize> {
    // Where a component begins there are the four bytes that all begin with.
    (0..whole.len().checked_sub(part.len())? + 1).find(|at| whole[*at..].starts_with(b"\0asm") && whole[*at..].starts_with(part))
}
