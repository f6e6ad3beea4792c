#include "engine/wasmtime/wasmtime_engine.hpp"

#include <malloc.h>

#include <cerrno>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>

#include <fmt/format.h>

#include "engine/wasmtime/component.hpp"
#include "engine/wasmtime/handles.hpp"
#include "engine/wasmtime/linear_memory.hpp"
#include "engine/wasmtime/wasmtime_instance.hpp"
#include "wasm_file/sections.hpp"

namespace wasm_bpf::engine {
namespace {

class WasmtimeModule final : public Module {
public:
    explicit WasmtimeModule(OwnedModule module) : module_(std::move(module)) {}

    Result<std::vector<std::byte>> serialize() const override {
        wasm_byte_vec_t bytes;
        if (OwnedError error(wasmtime_module_serialize(module_.get(), &bytes)); error)
            return fail(EINVAL, "serialize the compiled module: " + text_of(error.get()));
        const auto* first = reinterpret_cast<const std::byte*>(bytes.data);
        std::vector<std::byte> result(first, first + bytes.size);
        wasm_byte_vec_delete(&bytes);
        return result;
    }

    bool exports(std::string_view name) const override {
        wasm_exporttype_vec_t types;
        wasmtime_module_exports(module_.get(), &types);
        bool found = false;
        for (std::size_t i = 0; i < types.size; i++) {
            const wasm_name_t* known = wasm_exporttype_name(types.data[i]);
            found |= std::string_view(known->data, known->size) == name;
        }
        wasm_exporttype_vec_delete(&types);
        return found;
    }

    [[nodiscard]] const wasmtime_module_t* get() const { return module_.get(); }

private:
    OwnedModule module_;
};

const std::uint8_t* bytes_of(std::span<const std::byte> bytes) {
    return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

// Modules with so much code are optimized by their own compiler alone, as Go's are: they take two thirds of the time to
// compile then, and run nearly as fast. 3 MB take 1 GB of memory meanwhile; where there is not so much, their
// registers are chosen in a simpler way, which takes less than half of the memory and time, and the code runs half as
// fast (docs/benchmarks.md).
constexpr std::size_t large_code_bytes = std::size_t{1} << 20;
constexpr std::uint64_t ample_bytes = std::uint64_t{2} << 30;

bool has_ample_memory() {
    std::ifstream file("/proc/meminfo");
    for (std::string name; file >> name; file.ignore(std::numeric_limits<std::streamsize>::max(), '\n'))
        if (std::uint64_t kilobytes = 0; name == "MemAvailable:" && file >> kilobytes)
            return kilobytes * 1024 >= ample_bytes;
    return true;
}

wasm_engine_t* make_engine(wasmtime_opt_level_t level, wasmtime_regalloc_algorithm_t registers,
                           const WasmtimeOptions& options) {
    wasm_config_t* config = wasm_config_new();
    wasmtime_config_parallel_compilation_set(config, options.compile_in_parallel);
    wasmtime_config_cranelift_opt_level_set(config, level);
    wasmtime_config_cranelift_regalloc_algorithm_set(config, registers);
    wasmtime_config_epoch_interruption_set(config, true);
    wasmtime_config_memory_may_move_set(config, false);
    // Wasmtime moves values between the components of one that is composed by modules with the memories of both.
    wasmtime_config_wasm_multi_memory_set(config, true);
    wasmtime_config_wasm_memory64_set(config, false);
    wasmtime_config_memory_init_cow_set(config, false);  // Wasmtime maps such images into memory of its own alone
    use_own_linear_memory(config);
    return wasm_engine_new_with_config(config);
}

wasm_engine_t* make_engine_for_large_modules(const WasmtimeOptions& options) {
    return make_engine(WASMTIME_OPT_LEVEL_NONE,
                       has_ample_memory() ? WASMTIME_REGALLOC_BACKTRACKING : WASMTIME_REGALLOC_SINGLE_PASS, options);
}

class WasmtimeEngine final : public Engine {
public:
    WasmtimeEngine(OwnedEngine engine, const WasmtimeOptions& options)
        : engine_(std::move(engine)), options_(options) {}

    std::string version() const override { return "Wasmtime " WASMTIME_VERSION; }
    bool runs_components() const override { return has_components(); }

    Result<std::unique_ptr<Module>> compile(std::span<const std::byte> wasm) override {
        if (const std::string_view other = wasm_file::what_else(wasm); !other.empty())
            return fail(EINVAL, fmt::format("not a Wasm module: {}", other), ErrorKind::bad_module);
        if (wasm_file::code_bytes(wasm) < large_code_bytes) return compile_by(engine_.get(), wasm);
        const OwnedEngine engine(make_engine_for_large_modules(options_));
        if (!engine) return fail(ENOMEM, "start the Wasm engine");
        auto module = compile_by(engine.get(), wasm);
        if (!module) return module;
        const auto compiled = (*module)->serialize();
        module->reset();
        malloc_trim(0);  // hundreds of megabytes
        if (!compiled) return std::unexpected(compiled.error());
        // How code was optimized does not matter to the engine that runs it.
        return load_compiled(*compiled, kind_of(wasm));
    }

    Result<std::unique_ptr<Module>> load_compiled(std::span<const std::byte> compiled, ModuleKind kind) override {
        if (kind == ModuleKind::component) return load_compiled_component(engine_.get(), compiled);
        wasmtime_module_t* module = nullptr;
        if (OwnedError error(wasmtime_module_deserialize(engine_.get(), bytes_of(compiled), compiled.size(), &module));
            error)
            return fail(EINVAL, "load a compiled module: " + text_of(error.get()));
        return std::make_unique<WasmtimeModule>(OwnedModule(module));
    }

    Result<std::unique_ptr<Instance>> instantiate(const Module& module, InstanceOptions options) override {
        if (module.kind() == ModuleKind::component)
            return instantiate_component(engine_.get(), module, std::move(options));
        auto instance = std::make_unique<WasmtimeInstance>(std::move(options));
        if (auto linked = instance->link(engine_.get(), static_cast<const WasmtimeModule&>(module).get()); !linked)
            return std::unexpected(std::move(linked).error());
        return instance;
    }

    void interrupt() noexcept override { wasmtime_engine_increment_epoch(engine_.get()); }

private:
    static Result<std::unique_ptr<Module>> compile_by(wasm_engine_t* engine, std::span<const std::byte> wasm) {
        if (kind_of(wasm) == ModuleKind::component) return compile_component(engine, wasm);
        wasmtime_module_t* module = nullptr;
        if (OwnedError error(wasmtime_module_new(engine, bytes_of(wasm), wasm.size(), &module)); error)
            return fail(EINVAL, "not a Wasm module that runs here: " + line_of(error.get()), ErrorKind::bad_module);
        return std::make_unique<WasmtimeModule>(OwnedModule(module));
    }

    OwnedEngine engine_;
    WasmtimeOptions options_;
};

}  // namespace

Result<std::unique_ptr<Engine>> make_wasmtime_engine(const WasmtimeOptions& options) {
    OwnedEngine engine(make_engine(WASMTIME_OPT_LEVEL_SPEED, WASMTIME_REGALLOC_BACKTRACKING, options));
    if (!engine) return fail(ENOMEM, "start the Wasm engine");
    return std::make_unique<WasmtimeEngine>(std::move(engine), options);
}

}  // namespace wasm_bpf::engine
