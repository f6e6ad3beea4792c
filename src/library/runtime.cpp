#include "wasm_bpf/runtime.hpp"

#include <fmt/format.h>

#include "bpf/kernel_btf.hpp"
#include "bpf/left_overs.hpp"
#include "engine/wasmtime/wasmtime_engine.hpp"
#include "host_api/window.hpp"
#include "library/impl.hpp"
#include "runtime/file.hpp"
#include "runtime/module_cache.hpp"

namespace wasm_bpf {
namespace {

// Null where there is to be none, or it cannot be had.
std::shared_ptr<const runtime::CacheFolder> open_cache(const RuntimeOptions& options, std::string_view name) {
    const auto folder = options.cache_folder
                            ? options.cache_folder->empty() ? *options.cache_folder : *options.cache_folder / name
                            : runtime::CacheFolder::default_folder(name);
    if (folder.empty()) return {};
    auto cache = runtime::CacheFolder::open(folder);
    if (cache) return std::make_shared<runtime::CacheFolder>(std::move(*cache));
    options.log(LogLevel::warning, fmt::format("not using the cache: {}", cache.error().message));
    return {};
}

}  // namespace

const std::string& Module::name() const { return impl_->name; }
bool Module::is_component() const { return impl_->module->kind() == engine::ModuleKind::component; }

Result<Runtime> Runtime::create(RuntimeOptions options) {
    if (!options.log) options.log = [](LogLevel, std::string_view) {};
    auto impl = std::make_shared<Impl>();
    impl->modules = open_cache(options, "modules");
    if (impl->modules) impl->kernel_types = open_cache(options, "kernel-types");
    const auto records = bpf::left_overs_folder();
    bpf::remove_left_overs(records, options.log);
    bpf::keep_left_over_records(records, options.log);
    if (options.windows) host_api::install_window_fault_handler();
    auto engine = engine::make_wasmtime_engine({.compile_in_parallel = options.compile_in_parallel});
    if (!engine) return std::unexpected(std::move(engine).error());
    impl->engine = std::move(*engine);
    impl->options = std::move(options);
    return Runtime(std::move(impl));
}

Result<Module> Runtime::compile(std::span<const std::byte> wasm, std::string name) const {
    auto module = impl_->modules ? runtime::compile_or_look_up(*impl_->engine, wasm, *impl_->modules)
                                 : impl_->engine->compile(wasm);
    if (!module) return std::unexpected(std::move(module).error().in(name));
    auto made = std::make_shared<Module::Impl>();
    made->runtime = impl_;
    made->name = std::move(name);
    made->module = std::move(*module);
    if (!bpf::kernel_has_btf()) {
        auto carried = runtime::carried_kernel_types(wasm);
        made->no_btf_reason = std::move(carried.why_not);
        made->carried_file = std::move(carried.file);
        if (made->carried_file) {
            auto path = made->carried_file->path();
            if (!path) return std::unexpected(std::move(path).error().in(made->name));
            made->carried_btf = std::move(*path);
        }
    }
    return Module(std::move(made));
}

Result<Module> Runtime::compile_file(const std::filesystem::path& path) const {
    auto content = runtime::FileContent::open(path);
    if (!content) return fail(content.error().errno_code, content.error().message, ErrorKind::bad_module);
    return compile(content->bytes(), path.stem().string());
}

std::string Runtime::version() { return WASM_BPF_VERSION; }

}  // namespace wasm_bpf
