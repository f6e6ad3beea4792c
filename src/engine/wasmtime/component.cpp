#include "engine/wasmtime/component.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include "engine/wasmtime/component_calls.hpp"
#include "engine/wasmtime/ending.hpp"
#include "engine/wasmtime/handles.hpp"

namespace wasm_bpf::engine {
namespace {

using OwnedComponent = Owned<wasmtime_component_t, wasmtime_component_delete>;
using OwnedLinked = Owned<LinkedComponent, wasm_bpf_component_delete>;

class WasmtimeComponent final : public Module {
public:
    WasmtimeComponent(wasm_engine_t* engine, wasmtime_component_t* component)
        : engine_(engine), component_(component) {}

    ModuleKind kind() const override { return ModuleKind::component; }

    bool imports_interface(std::string_view name) const override {
        return wasm_bpf_component_imports(engine_, component_.get(), name.data(), name.size());
    }

    Result<std::vector<std::byte>> serialize() const override {
        wasm_byte_vec_t bytes;
        if (OwnedError error(wasmtime_component_serialize(component_.get(), &bytes)); error)
            return fail(EINVAL, "serialize the compiled component: " + text_of(error.get()));
        const auto* first = reinterpret_cast<const std::byte*>(bytes.data);
        std::vector<std::byte> result(first, first + bytes.size);
        wasm_byte_vec_delete(&bytes);
        return result;
    }

    [[nodiscard]] const wasmtime_component_t* get() const { return component_.get(); }

private:
    wasm_engine_t* engine_;
    OwnedComponent component_;
};

// What calls of a component hand over is laid down here, in the place of a module's memory. Pages come with their use.
class Staging {
public:
    // More than the 64 MiB that one call may hand over, by room for structs and texts.
    static constexpr std::size_t size = std::size_t{65} << 20;

    Staging()
        : pages_(mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {}
    Staging(const Staging&) = delete;
    Staging& operator=(const Staging&) = delete;
    ~Staging() {
        if (pages_ != MAP_FAILED) munmap(pages_, size);
    }
    // Null where there was no memory.
    [[nodiscard]] std::byte* data() const { return pages_ != MAP_FAILED ? static_cast<std::byte*>(pages_) : nullptr; }

private:
    void* pages_;
};

class ComponentInstance final : public Instance {
public:
    explicit ComponentInstance(InstanceOptions options) : options_(std::move(options)) {}

    Result<> link(const wasm_engine_t* engine, const wasmtime_component_t* component);

    Ending run(std::string_view) override;
    Result<std::string> export_signature(std::string_view name) const override {
        return fail(ENOENT,
                    fmt::format("\"{}\": what a component exports has types of its own, and is not called", name));
    }
    Result<std::int32_t> call_table(std::uint32_t, std::span<const std::int32_t, 3>) override { return no_callbacks(); }
    Result<std::int32_t> call_export(std::string_view, std::span<const std::int32_t>) override {
        return no_callbacks();
    }
    bool can_call_at_checkpoints() const override { return true; }
    std::span<std::byte> memory() const override { return {staging_.data(), Staging::size}; }

private:
    static Result<std::int32_t> no_callbacks() { return fail(EINVAL, "a component has no callbacks"); }
    static ComponentInstance& self(void* context) { return *static_cast<ComponentInstance*>(context); }

    static std::int32_t resolve(void* context, const char* name, std::size_t size, std::size_t parameters);
    static bool call(void* context, std::uint32_t import, Value* values);
    static bool pass_checkpoint(void* context);
    static bool stop_requested(void* context);
    static std::int32_t write(void* context, std::int32_t fd, const std::byte* bytes, std::size_t size);

    static void on_exit(void* context, std::int32_t code);
    static void on_trap(void* context, std::int32_t trap, const char* text, std::size_t size);
    static void on_refusal(void* context, const char* text, std::size_t size);
    static void on_frame(void* context, const char* text, std::size_t size);

    // The first cause wins.
    bool end_guest(Error error) {
        if (!pending_) pending_ = Ending{.error = std::move(error), .stack = {}, .fault_offset = {}};
        return false;
    }

    InstanceOptions options_;
    Staging staging_;
    OwnedLinked linked_;
    std::optional<Ending> pending_;  // how the host wants it to end
    Ending ending_;                  // how the engine says it ended
};

std::int32_t ComponentInstance::resolve(void* context, const char* name, std::size_t size, std::size_t parameters) {
    const InstanceOptions& options = self(context).options_;
    const auto found = std::ranges::find_if(options.imports, [&](const HostImport& import) {
        return import.module == options.interface_module && import.name == std::string_view(name, size) &&
               import.signature.find(':') == parameters;
    });
    return found != options.imports.end() ? static_cast<std::int32_t>(found - options.imports.begin()) : -1;
}

bool ComponentInstance::call(void* context, std::uint32_t import, Value* values) {
    ComponentInstance& guest = self(context);
    auto done = guest.options_.imports[import].call(guest.options_.context, {values, max_parameters});
    return done ? true : guest.end_guest(std::move(done).error());
}

bool ComponentInstance::pass_checkpoint(void* context) {
    ComponentInstance& guest = self(context);
    if (!guest.options_.checkpoint) return true;
    auto go_on = guest.options_.checkpoint();
    return go_on ? true : guest.end_guest(std::move(go_on).error());
}

bool ComponentInstance::stop_requested(void* context) {
    const ComponentInstance& guest = self(context);
    return guest.options_.stop_requested && guest.options_.stop_requested();
}

std::int32_t ComponentInstance::write(void* context, std::int32_t fd, const std::byte* bytes, std::size_t size) {
    ComponentInstance& guest = self(context);
    if (!guest.options_.write_output) return EBADF;
    auto written = guest.options_.write_output(fd, {bytes, size});
    if (written) return *written;
    guest.end_guest(std::move(written).error());
    return -1;
}

void ComponentInstance::on_exit(void* context, std::int32_t code) { self(context).ending_.exit_code = code & 0xff; }

void ComponentInstance::on_trap(void* context, std::int32_t trap, const char* text, std::size_t size) {
    const std::string_view known = trap >= 0 ? trap_text(static_cast<wasmtime_trap_code_t>(trap)) : "";
    self(context).ending_.error =
        Error{EFAULT, known.empty() ? std::string(text, size) : std::string(known), ErrorKind::trap};
}

void ComponentInstance::on_refusal(void* context, const char* text, std::size_t size) {
    self(context).ending_.error = Error{ENOMEM, std::string(text, size), ErrorKind::bad_module};
}

void ComponentInstance::on_frame(void* context, const char* text, std::size_t size) {
    self(context).ending_.stack.push_back(shown_name({text, size}));
}

Result<> ComponentInstance::link(const wasm_engine_t* engine, const wasmtime_component_t* component) {
    if (staging_.data() == nullptr) return fail(ENOMEM, "memory for what a component's calls hand over");
    const auto text = [](std::string_view view) { return ComponentText{view.data(), view.size()}; };
    std::vector<ComponentText> arguments, environment;
    std::vector<ComponentDirectory> directories;
    for (const auto& argument : options_.wasi.arguments) arguments.push_back(text(argument));
    for (const auto& [name, value] : options_.wasi.environment) {
        environment.push_back(text(name));
        environment.push_back(text(value));
    }
    for (const Directory& directory : options_.wasi.directories)
        directories.push_back(
            {text(directory.host_path), text(directory.guest_path), directory.access == Directory::Access::read_write});
    const ComponentOptions options{
        .arguments = arguments.data(),
        .arguments_count = arguments.size(),
        .environment = environment.data(),
        .environment_count = environment.size(),
        .directories = directories.data(),
        .directories_count = directories.size(),
        .memory_limit = options_.memory_limit_bytes,
        .callbacks = {.context = this,
                      .resolve = resolve,
                      .call = call,
                      .checkpoint = pass_checkpoint,
                      .stop_requested = stop_requested,
                      .write = write,
                      .staging = staging_.data(),
                      .staging_size = Staging::size,
                      .interrupt_fd = options_.interrupt_fd},
    };
    LinkedComponent* linked = nullptr;
    if (OwnedError error(wasm_bpf_component_link(engine, component, &options, &linked)); error)
        return fail(EINVAL, "this host cannot run the component: " + line_of(error.get()), ErrorKind::bad_module);
    linked_.reset(linked);
    return {};
}

Ending ComponentInstance::run(std::string_view) {
    const ComponentEnding told{
        .context = this, .exited = on_exit, .trapped = on_trap, .refused = on_refusal, .frame = on_frame};
    wasm_bpf_component_run(linked_.get(), &told);
    if (!pending_) return std::move(ending_);
    if (pending_->stack.empty()) pending_->stack = std::move(ending_.stack);
    return std::move(*pending_);
}

}  // namespace

bool has_components() { return true; }

Result<std::unique_ptr<Module>> compile_component(wasm_engine_t* engine, std::span<const std::byte> wasm) {
    wasmtime_component_t* component = nullptr;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(wasm.data());
    if (OwnedError error(wasmtime_component_new(engine, bytes, wasm.size(), &component)); error)
        return fail(EINVAL, "not a component that runs here: " + line_of(error.get()), ErrorKind::bad_module);
    return std::make_unique<WasmtimeComponent>(engine, component);
}

Result<std::unique_ptr<Module>> load_compiled_component(wasm_engine_t* engine, std::span<const std::byte> compiled) {
    wasmtime_component_t* component = nullptr;
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(compiled.data());
    if (OwnedError error(wasmtime_component_deserialize(engine, bytes, compiled.size(), &component)); error)
        return fail(EINVAL, "load a compiled component: " + text_of(error.get()));
    return std::make_unique<WasmtimeComponent>(engine, component);
}

Result<std::unique_ptr<Instance>> instantiate_component(wasm_engine_t* engine, const Module& component,
                                                        InstanceOptions options) {
    auto instance = std::make_unique<ComponentInstance>(std::move(options));
    if (auto linked = instance->link(engine, static_cast<const WasmtimeComponent&>(component).get()); !linked)
        return std::unexpected(std::move(linked).error());
    return instance;
}

}  // namespace wasm_bpf::engine
