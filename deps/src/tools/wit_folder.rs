//! A folder of WIT with what it depends on, and the bindings for C of a world in it.

use std::fs;
use std::path::{Path, PathBuf};
use wit_component::WitPrinter;
use wit_parser::{PackageId, Resolve, UnresolvedPackageGroup, WorldId};

pub struct WorldSource {
    pub resolve: Resolve,
    pub world: WorldId,
    package: PackageId,
    files: Vec<PathBuf>,
}

/// The world of that name in `folder`, or the only one. A package of `packages` (folders) is taken where `folder`/deps
/// has none of that name.
pub fn read(folder: &str, world: Option<&str>, packages: &[&str]) -> Result<WorldSource, String> {
    let folder = Path::new(folder);
    let mut files = Vec::new();
    let main = parse(folder, &mut files)?;
    let mut dependencies = Vec::new();
    for entry in entries(&folder.join("deps"))? {
        if entry.is_dir() || entry.extension().is_some_and(|extension| extension == "wit") {
            dependencies.push(parse(&entry, &mut files)?);
        }
    }
    for package in packages {
        let parsed = parse(Path::new(package), &mut files)?;
        let name = &parsed.main.name;
        // Whatever the version: it is the user's own choice then.
        let is_same = |other: &UnresolvedPackageGroup| {
            (&other.main.name.namespace, &other.main.name.name) == (&name.namespace, &name.name)
        };
        if !is_same(&main) && !dependencies.iter().any(is_same) {
            dependencies.push(parsed);
        }
    }
    let mut resolve = Resolve::default();
    let package = match resolve.push_groups(main, dependencies) {
        Ok(package) => package,
        Err(error) => return Err(resolve.render_error(&error.into())),
    };
    let world = choose(&resolve, package, folder, world)?;
    Ok(WorldSource { resolve, world, package, files })
}

fn choose(resolve: &Resolve, package: PackageId, folder: &Path, world: Option<&str>) -> Result<WorldId, String> {
    let worlds = &resolve.packages[package].worlds;
    let names: Vec<&str> = worlds.keys().map(String::as_str).collect();
    match world {
        Some(name) if worlds.contains_key(name) => Ok(worlds[name]),
        Some(name) if names.is_empty() => Err(format!("there is no world \"{name}\" in \"{}\"", folder.display())),
        Some(name) => Err(format!(
            "there is no world \"{name}\" in \"{}\", which has {}",
            folder.display(),
            names.join(", ")
        )),
        None if names.len() == 1 => Ok(worlds[0]),
        None if names.is_empty() => Err(format!("there is no world in \"{}\"", folder.display())),
        None => Err(format!(
            "\"{}\" has several worlds ({}): name one by --world",
            folder.display(),
            names.join(", ")
        )),
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
        paths.sort();
        Ok(paths)
    };
    read().map_err(|error| format!("read \"{}\": {error}", folder.display()))
}

fn parse(path: &Path, files: &mut Vec<PathBuf>) -> Result<UnresolvedPackageGroup, String> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| format!("read \"{}\": {error}", path.display()))
    };
    if !path.exists() {
        return Err(format!("\"{}\": no such file or folder", path.display()));
    }
    if path.is_dir() {
        let sources: Vec<_> =
            entries(path)?.into_iter().filter(|each| each.extension().is_some_and(|e| e == "wit")).collect();
        if sources.is_empty() {
            return Err(format!("there is no .wit file in \"{}\"", path.display()));
        }
        files.extend(sources);
        // The whole text, with the place in it, is the error's last part.
        return UnresolvedPackageGroup::parse_dir(path).map_err(|error| format!("{error}"));
    }
    files.push(path.to_path_buf());
    UnresolvedPackageGroup::parse(path, &read(path)?).map_err(|(map, error)| error.render(&map))
}

/// The files by their names; "world", its full name, and "source", each file that was read.
pub fn c_bindings(mut source: WorldSource) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut parts: Vec<(String, Vec<u8>)> = Vec::new();
    let world = &source.resolve.worlds[source.world];
    let name = source.resolve.id_of_name(source.package, &world.name);
    parts.push(("world".into(), name.into_bytes()));
    for file in &source.files {
        parts.push(("source".into(), file.to_string_lossy().into_owned().into_bytes()));
    }
    let mut generator = wit_bindgen_c::Opts::default().build();
    let mut files = Default::default();
    generator
        .generate(&mut source.resolve, source.world, &mut files)
        .map_err(|error| format!("{error:#}"))?;
    for (name, content) in files.iter() {
        parts.push((name.to_string(), content.to_vec()));
    }
    Ok(parts)
}

/// The text of a package and of those packages that it uses, but for those that `is_hidden` says.
pub fn text(resolve: &Resolve, package: PackageId, is_hidden: impl Fn(&str) -> bool) -> Result<String, String> {
    let nested: Vec<PackageId> = resolve
        .packages
        .iter()
        .filter(|(id, each)| *id != package && !is_hidden(&each.name.to_string()))
        .map(|(id, _)| id)
        .collect();
    let mut printer = WitPrinter::default();
    printer.emit_docs(false);
    printer.print(resolve, package, &nested).map_err(|error| format!("{error:#}"))?;
    Ok(printer.output.to_string())
}
