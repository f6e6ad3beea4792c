#include "engine/wasm_c_api/wasm_c_api_engine.hpp"

#include <atomic>
#include <cerrno>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "engine/wasm_c_api/beyond_standard.hpp"
#include "engine/wasm_c_api/wasm_c_api_instance.hpp"
#include "wasm_file/sections.hpp"

namespace wasm_bpf::engine {
namespace {

std::unexpected<Error> refused(std::string why) {
    return fail(EINVAL, fmt::format("not a Wasm module that runs here{}{}", why.empty() ? "" : ": ", why),
                ErrorKind::bad_module);
}

// Errors of parsers have several lines, and the bytes around the place.
std::string first_line(std::string text) {
    text.resize(std::min(text.find('\n'), text.size()));
    return text;
}

class WasmCApiEngine final : public Engine {
public:
    explicit WasmCApiEngine(OwnedEngine engine) : engine_(std::move(engine)) {}

    std::string version() const override { return std::string(beyond_standard::engine_name()); }
    bool keeps_memory_in_place() const override { return false; }

    Result<std::unique_ptr<Module>> compile(std::span<const std::byte> wasm) override {
        if (const std::string_view other = wasm_file::what_else(wasm); !other.empty())
            return fail(EINVAL, fmt::format("not a Wasm module: {}", other), ErrorKind::bad_module);
        if (kind_of(wasm) == ModuleKind::component)
            return fail(EOPNOTSUPP, fmt::format("it is a component, and {} runs core modules only", version()),
                        ErrorKind::bad_module);
        auto shape = shape_of(wasm);
        if (!shape) return refused(std::move(shape).error().message);
        if (shape->memories > 1)
            return fail(EINVAL, "the module has several memories, and guests have one", ErrorKind::bad_module);
        if (shape->has_start) wasm = shape->rewritten;
        const OwnedStore store(wasm_store_new(engine_.get()));
        wasm_byte_vec_t binary{};
        binary.size = wasm.size();
        binary.data = reinterpret_cast<char*>(const_cast<std::byte*>(wasm.data()));  // which are only read
        const OwnedModule module(wasm_module_new(store.get(), &binary));
        if (!module) return refused(printable(first_line(beyond_standard::refusal(store.get(), binary))));
        OwnedSharedModule shared(wasm_module_share(module.get()));
        if (!shared) return refused("the engine cannot share it between instances");
        shape->rewritten = {};
        ExportTypes types;
        wasm_module_exports(module.get(), &types.items);
        std::vector<std::string> exports;
        for (std::size_t i = 0; i < types.items.size; i++)
            exports.emplace_back(text_of(wasm_exporttype_name(types.items.data[i])));
        return std::make_unique<WasmCApiModule>(std::move(shared), std::move(*shape), std::move(exports));
    }

    Result<std::unique_ptr<Module>> load_compiled(std::span<const std::byte>, ModuleKind) override {
        return fail(EOPNOTSUPP, "this engine compiles nothing");
    }

    Result<std::unique_ptr<Instance>> instantiate(const Module& module, InstanceOptions options) override {
        auto instance = std::make_unique<WasmCApiInstance>(std::move(options), interrupts_);
        if (auto linked = instance->link(engine_.get(), static_cast<const WasmCApiModule&>(module)); !linked)
            return std::unexpected(std::move(linked).error());
        return instance;
    }

    // Guests look for it where they pass a checkpoint of the engine's, every few milliseconds.
    void interrupt() noexcept override { interrupts_.fetch_add(1, std::memory_order_release); }

private:
    OwnedEngine engine_;
    std::atomic<std::uint64_t> interrupts_ = 0;
};

}  // namespace

Result<std::unique_ptr<Engine>> make_wasm_c_api_engine() {
    OwnedEngine engine(beyond_standard::new_engine());
    if (!engine) return fail(ENOMEM, "start the Wasm engine");
    return std::make_unique<WasmCApiEngine>(std::move(engine));
}

}  // namespace wasm_bpf::engine
