#pragma once
// What is behind the public classes that share it.

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "engine/engine.hpp"
#include "runtime/cache_folder.hpp"
#include "runtime/carried_btf.hpp"
#include "wasm_bpf/runtime.hpp"

namespace wasm_bpf {

struct Runtime::Impl {
    RuntimeOptions options;
    std::unique_ptr<engine::Engine> engine;
    std::shared_ptr<const runtime::CacheFolder> modules;  // null: nothing is kept
    std::shared_ptr<const runtime::CacheFolder> kernel_types;
};

struct Module::Impl {
    std::shared_ptr<Runtime::Impl> runtime;  // before the module, which ends before its engine
    std::string name;
    std::unique_ptr<engine::Module> module;
    std::filesystem::path carried_btf;  // of the running kernel, where it has none of its own
    std::string no_btf_reason;
    std::optional<runtime::ReadableFile> carried_file{};
};

}  // namespace wasm_bpf
