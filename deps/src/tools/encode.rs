//! Core modules made components.

use super::wit_folder::WorldSource;
use wasi_preview1_component_adapter_provider as adapter;
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};

pub fn encode(module: &[u8], is_command: bool) -> Result<Vec<u8>, String> {
    let wasi = if is_command {
        adapter::WASI_SNAPSHOT_PREVIEW1_COMMAND_ADAPTER
    } else {
        adapter::WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER
    };
    let encode = || {
        ComponentEncoder::default()
            .validate(true)
            .module(module)?
            .adapter(adapter::WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, wasi)?
            .encode()
    };
    let error = match encode() {
        Ok(component) => return Ok(component),
        Err(error) => error,
    };
    let text = format!("{error:#}");
    // By the words of wit-component.
    if text.contains("import interface named `wasm_bpf") {
        return Err("it calls the guest ABI of modules, as libbpf's functions and our crate for Rust do: a component's world imports \
                    wasm-bpf:bpf (docs/components.md)"
            .into());
    }
    Err(text)
}

pub fn embed(module: &[u8], source: &WorldSource) -> Result<Vec<u8>, String> {
    let mut result = module.to_vec();
    embed_component_metadata(&mut result, &source.resolve, source.world, StringEncoding::UTF8)
        .map_err(|error| format!("{error:#}"))?;
    Ok(result)
}
