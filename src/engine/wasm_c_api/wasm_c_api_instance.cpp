#include "engine/wasm_c_api/wasm_c_api_instance.hpp"

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "engine/table_caller_module.hpp"
#include "engine/trap_texts.hpp"
#include "engine/wasm_c_api/beyond_standard.hpp"

namespace wasm_bpf::engine {
namespace {

// As the engine on Wasmtime: what tables take is not counted as a guest's memory.
constexpr std::uint32_t max_table_elements = 1 << 20;
constexpr std::uint64_t max_tables = 4;
// Each call into the guest from within a host function takes stack of the host's thread.
constexpr int max_depth = 32;
constexpr std::string_view wasi_module = "wasi_snapshot_preview1";

std::unexpected<Error> bad_module(int code, std::string text) {
    return fail(code, "this host cannot run the module: " + std::move(text), ErrorKind::bad_module);
}

Ending ending_with(Error error) { return {.error = std::move(error), .stack = {}, .fault_offset = {}}; }

// In the order of wasm_valkind_t's first four.
constexpr std::string_view letters = "iIfF";

void add_letters(std::string& signature, const wasm_valtype_vec_t* types) {
    for (std::size_t i = 0; i < types->size; i++) {
        const std::size_t kind = wasm_valtype_kind(types->data[i]);
        signature += kind < letters.size() ? letters[kind] : '?';
    }
}

wasm_val_t value_of(char letter, const Value& value) {
    wasm_val_t converted{};
    converted.kind = static_cast<wasm_valkind_t>(letters.find(letter));
    converted.of.i64 = value.i64;
    return converted;
}

// As in the table of imports: "iI:i".
std::string signature_of(const wasm_functype_t* type) {
    std::string signature;
    add_letters(signature, wasm_functype_params(type));
    signature += ':';
    add_letters(signature, wasm_functype_results(type));
    return signature;
}

bool is_of(const wasm_func_t* function, std::string_view signature) {
    const OwnedFunctionType type(wasm_func_type(function));
    return signature_of(type.get()) == signature;
}

}  // namespace

bool WasmCApiInstance::can_call_at_checkpoints() const { return beyond_standard::has_checkpoints(); }

wasm_trap_t* WasmCApiInstance::trap(const char* text) const {
    wasm_message_t message;
    wasm_name_new_from_string_nt(&message, text);
    wasm_trap_t* trap = wasm_trap_new(store_.get(), &message);
    wasm_byte_vec_delete(&message);
    return trap;
}

wasm_trap_t* WasmCApiInstance::end_guest(Error error) {
    if (!pending_) pending_ = ending_with(std::move(error));
    return trap("the guest ends");
}

// The guest's arguments are of its imports' signatures, which bind() compared.
wasm_trap_t* WasmCApiInstance::enter(void* env, const wasm_val_vec_t* arguments, wasm_val_vec_t* results) {
    const auto& bound = *static_cast<const Bound*>(env);
    WasmCApiInstance& self = *bound.instance;
    std::array<Value, max_parameters> values;
    for (std::size_t i = 0; i < arguments->size; i++) values[i].i64 = arguments->data[i].of.i64;
    if (bound.exits) {
        if (!self.pending_) self.pending_ = Ending{values[0].i32 & 0xff, {}, {}, {}};
        return self.trap("exit");
    }
    if (auto done = self.call_bound(bound, values); !done) return self.end_guest(std::move(done).error());
    if (results->size == 0) return nullptr;
    results->data[0] = value_of(bound.result, values[0]);
    return nullptr;
}

Result<> WasmCApiInstance::call_bound(const Bound& bound, std::span<Value> values) {
    if (bound.host != nullptr) return bound.host(options_.context, values);
    if (bound.own != nullptr) return bound.own->call(values);
    if (bound.shadow != nullptr) {
        auto handled = bound.shadow(options_.context, values);
        if (!handled) return std::unexpected(std::move(handled).error());
        if (*handled) return {};
    }
    values[0].i64 = bound.wasi->call(wasi_, values);
    return {};
}

bool WasmCApiInstance::pass_checkpoint(void* env) {
    auto* self = static_cast<WasmCApiInstance*>(env);
    const std::uint64_t interrupts = self->interrupts_.load(std::memory_order_acquire);
    if (interrupts == std::exchange(self->seen_interrupts_, interrupts) || !self->options_.checkpoint) return true;
    auto go_on = self->options_.checkpoint();
    if (go_on) return true;
    if (!self->pending_) self->pending_ = ending_with(std::move(go_on).error());
    return false;
}

std::string_view WasmCApiInstance::find_function(std::string_view module, std::string_view name, Bound& bound) const {
    const auto named = [&](const auto& import) { return import.module == module && import.name == name; };
    if (const auto host = std::ranges::find_if(options_.imports, named); host != options_.imports.end()) {
        bound.host = host->call;
        return host->signature;
    }
    if (const auto own = std::ranges::find_if(options_.own_imports, named); own != options_.own_imports.end()) {
        bound.own = &*own;
        return own->signature;
    }
    if (module != wasi_module) return {};
    if (name == "proc_exit") {
        bound.exits = true;
        return "i:";
    }
    const auto functions = wasi::functions();
    const auto own = std::ranges::find(functions, name, &wasi::Function::name);
    if (own == functions.end()) return {};
    bound.wasi = &*own;
    if (const auto shadow = std::ranges::find_if(options_.shadows, named); shadow != options_.shadows.end())
        bound.shadow = shadow->call;
    return own->signature;
}

Result<> WasmCApiInstance::bind(const wasm_importtype_t* import) {
    const std::string_view module = text_of(wasm_importtype_module(import));
    const std::string_view name = text_of(wasm_importtype_name(import));
    const wasm_functype_t* type = wasm_externtype_as_functype_const(wasm_importtype_type(import));
    Bound bound{.instance = this};
    const std::string_view signature = find_function(module, name, bound);
    if (signature.empty() || type == nullptr)
        return bad_module(EINVAL, fmt::format("unknown import: `{}::{}`", printable(module), printable(name)));
    if (const std::string wanted = signature_of(type); wanted != signature)
        return bad_module(EINVAL, fmt::format("import `{}::{}` is {} here, and not {}", printable(module),
                                              printable(name), signature, wanted));
    bound.result = signature.back();
    bound_.push_back(bound);
    imports_.emplace_back(wasm_func_new_with_env(store_.get(), type, enter, &bound_.back(), nullptr));
    return {};
}

Result<> WasmCApiInstance::check_limits(const ModuleShape& shape) const {
    const auto over = [](std::string text) {
        return fail(ENOMEM, "the module needs more than it may have: " + std::move(text), ErrorKind::bad_module);
    };
    if (options_.memory_limit_bytes != 0 && shape.memory_bytes > options_.memory_limit_bytes)
        return over(
            fmt::format("a memory of {} bytes, of at most {}", shape.memory_bytes, options_.memory_limit_bytes));
    if (shape.table_elements > max_table_elements)
        return over(fmt::format("a table of {} elements, of at most {}", shape.table_elements, max_table_elements));
    if (shape.tables > max_tables) return over(fmt::format("{} tables, of at most {}", shape.tables, max_tables));
    return {};
}

Result<> WasmCApiInstance::link(wasm_engine_t* engine, const WasmCApiModule& module) {
    if (auto opened = wasi_.open(std::move(options_.wasi), options_.interrupt_fd); !opened) return opened;
    store_.reset(wasm_store_new(engine));
    if (!store_) return fail(ENOMEM, "make a store for the guest");
    constexpr std::uint64_t all = std::uint64_t{1} << 32;
    const std::uint64_t limit = options_.memory_limit_bytes;
    beyond_standard::limit_growth(store_.get(), limit != 0 ? limit : all, max_table_elements);
    module_.reset(wasm_module_obtain(store_.get(), module.get()));
    if (!module_) return fail(EINVAL, "the engine does not share the module with this store");
    limits_ = check_limits(module.shape());
    has_start_ = module.shape().has_start;
    ImportTypes types;
    wasm_module_imports(module_.get(), &types.items);
    for (std::size_t i = 0; i < types.items.size; i++)
        if (auto bound = bind(types.items.data[i]); !bound) return bound;
    return {};
}

std::optional<Ending> WasmCApiInstance::start() {
    if (!limits_) return ending_with(std::move(limits_).error());
    std::vector<wasm_extern_t*> imports;
    for (const OwnedFunction& function : imports_) imports.push_back(wasm_func_as_extern(function.get()));
    const wasm_extern_vec_t given{imports.size(), imports.data()};
    wasm_trap_t* trap = nullptr;
    instance_.reset(wasm_instance_new(store_.get(), module_.get(), &given, &trap));
    if (!instance_) {
        const bool trapped = trap != nullptr && !beyond_standard::trap_text(trap).empty();  // a segment out of bounds
        Ending ending = end_of(trap);
        if (!trapped)
            ending.error =
                Error{EINVAL, "this host cannot run the module: " + ending.error->message, ErrorKind::bad_module};
        return ending;
    }
    wasm_module_exports(module_.get(), &export_types_.items);
    wasm_instance_exports(instance_.get(), &exports_.items);
    if (wasm_extern_t* memory = find_export("memory")) memory_ = wasm_extern_as_memory(memory);
    std::ignore = memory();  // told to whoever asks how long it is
    if (!has_start_) return std::nullopt;
    const wasm_func_t* function = find_exported_function(start_export);
    if (function == nullptr || !is_of(function, ":"))
        return ending_with(
            {EINVAL, "not a Wasm module that runs here: its start function has another type", ErrorKind::bad_module});
    return run_plain(function);
}

wasm_extern_t* WasmCApiInstance::find_export(std::string_view name) const {
    const auto& types = export_types_.items;
    for (std::size_t i = 0; i < types.size && i < exports_.items.size; i++)
        if (text_of(wasm_exporttype_name(types.data[i])) == name) return exports_.items.data[i];
    return nullptr;
}

const wasm_func_t* WasmCApiInstance::find_exported_function(std::string_view name) const {
    wasm_extern_t* item = find_export(name);
    return item != nullptr ? wasm_extern_as_func(item) : nullptr;
}

// Null: something else than a trap ended it.
Ending WasmCApiInstance::end_of(wasm_trap_t* raw) {
    const OwnedTrap trap(raw);
    if (pending_) return std::move(*pending_);
    if (!trap) return ending_with({EINVAL, "the engine says no more", ErrorKind::failed});
    if (const std::string_view known = beyond_standard::trap_text(trap.get()); !known.empty())
        return ending_with({EFAULT, std::string(known), ErrorKind::trap});
    std::string text = beyond_standard::message(trap.get());
    text.resize(std::min(text.find('\0'), text.size()));
    // Some say it in several lines, with the functions first.
    std::ranges::replace(text, '\n', ' ');
    return ending_with({EFAULT, std::move(text), ErrorKind::trap});
}

std::optional<Ending> WasmCApiInstance::run_plain(const wasm_func_t* function) {
    wasm_trap_t* trap = enter_guest(function, {}, {});
    if (trap == nullptr) return std::nullopt;
    return end_of(trap);
}

Ending WasmCApiInstance::run(std::string_view export_name) {
    pending_.reset();
    if (auto ended = start()) return std::move(*ended);
    if (export_name.empty()) return {};
    const wasm_func_t* function = find_exported_function(export_name);
    if (function == nullptr || !is_of(function, ":"))
        return ending_with(
            {EINVAL,
             fmt::format("the module exports no function \"{}\" without parameters: build it as a command, "
                         "not as a library",
                         export_name),
             ErrorKind::bad_module});
    if (auto ended = run_plain(function)) return std::move(*ended);
    return {};
}

wasm_trap_t* WasmCApiInstance::enter_guest(const wasm_func_t* function, std::span<const wasm_val_t> arguments,
                                           std::span<wasm_val_t> results) {
    if (depth_ == max_depth) return end_guest({EFAULT, std::string(trap_texts::stack_overflow), ErrorKind::trap});
    depth_++;
    wasm_trap_t* trap = beyond_standard::call(function, arguments, results, pass_checkpoint, this);
    depth_--;
    return trap;
}

Result<std::int32_t> WasmCApiInstance::call_integers(const wasm_func_t* function,
                                                     std::span<const std::int32_t> arguments) {
    std::array<wasm_val_t, max_parameters> values;
    for (std::size_t i = 0; i < arguments.size(); i++) values[i] = WASM_I32_VAL(arguments[i]);
    wasm_val_t result = WASM_I32_VAL(0);
    wasm_trap_t* trap = enter_guest(function, {values.data(), arguments.size()}, {&result, 1});
    if (trap == nullptr) return result.of.i32;
    pending_ = end_of(trap);
    return fail(EFAULT, "the guest ended in a callback", ErrorKind::trap);
}

Result<> WasmCApiInstance::make_table_caller() {
    constexpr std::string_view name = "__indirect_function_table";
    wasm_extern_t* item = find_export(name);
    if (item == nullptr || wasm_extern_kind(item) != WASM_EXTERN_TABLE)
        return fail(EINVAL,
                    fmt::format("the module does not export its table \"{}\": link it with --export-table", name));
    wasm_byte_vec_t binary;
    wasm_byte_vec_new(&binary, sizeof(table_caller_module), reinterpret_cast<const char*>(table_caller_module));
    const OwnedModule module(wasm_module_new(store_.get(), &binary));
    wasm_byte_vec_delete(&binary);
    const wasm_extern_vec_t given{1, &item};
    wasm_trap_t* trap = nullptr;
    if (module) table_caller_.reset(wasm_instance_new(store_.get(), module.get(), &given, &trap));
    const OwnedTrap none(trap);  // it has no start function that could trap
    if (!table_caller_) return fail(EINVAL, "call the guest's table: the engine refuses it");
    wasm_instance_exports(table_caller_.get(), &table_caller_exports_.items);
    return {};
}

Result<std::int32_t> WasmCApiInstance::call_table(std::uint32_t index, std::span<const std::int32_t, 3> arguments) {
    if (!table_caller_)
        if (auto made = make_table_caller(); !made) return std::unexpected(std::move(made).error());
    const std::array with_index{arguments[0], arguments[1], arguments[2], static_cast<std::int32_t>(index)};
    return call_integers(wasm_extern_as_func(table_caller_exports_.items.data[0]), with_index);
}

Result<std::int32_t> WasmCApiInstance::call_export(std::string_view name, std::span<const std::int32_t> arguments) {
    const wasm_func_t* function = find_exported_function(name);
    if (function == nullptr) return fail(EINVAL, fmt::format("the module exports no function \"{}\"", name));
    if (!is_of(function, std::string(arguments.size(), 'i') + ":i"))
        return fail(EINVAL, fmt::format("the callback is not a function of {} i32 that returns i32", arguments.size()));
    return call_integers(function, arguments);
}

Result<std::string> WasmCApiInstance::export_signature(std::string_view name) const {
    const wasm_func_t* function = find_exported_function(name);
    if (function == nullptr) return fail(ENOENT, fmt::format("the module exports no function \"{}\"", name));
    const OwnedFunctionType type(wasm_func_type(function));
    std::string signature = signature_of(type.get());
    const std::size_t parameters = signature.find(':');
    if (signature.find('?') != signature.npos || parameters > max_parameters || signature.size() > parameters + 2)
        return fail(ENOTSUP, fmt::format("the exported function \"{}\" has parameters or results that are not numbers, "
                                         "or too many of them",
                                         name));
    return signature;
}

Result<> WasmCApiInstance::call(std::string_view name, std::span<Value> values) {
    const auto signature = export_signature(name);
    if (!signature) return std::unexpected(signature.error());
    const std::size_t parameters = signature->find(':');
    std::array<wasm_val_t, max_parameters> arguments;
    for (std::size_t i = 0; i < parameters; i++) arguments[i] = value_of((*signature)[i], values[i]);
    wasm_val_t result{};
    wasm_trap_t* trap = enter_guest(find_exported_function(name), {arguments.data(), parameters},
                                    {&result, signature->size() - parameters - 1});
    if (trap == nullptr) {
        values[0].i64 = result.of.i64;
        return {};
    }
    pending_ = end_of(trap);
    // Never `failed`: that is a call which could not be made, after which the guest goes on.
    const bool told = pending_->error && pending_->error->kind != ErrorKind::failed;
    return fail(EFAULT, "the guest ended in a call", told ? pending_->error->kind : ErrorKind::stopped);
}

std::span<std::byte> WasmCApiInstance::memory() const {
    if (memory_ == nullptr) return {};
    const std::size_t size = wasm_memory_data_size(memory_);
    if (options_.memory_bytes != nullptr) options_.memory_bytes->store(size, std::memory_order_relaxed);
    return {reinterpret_cast<std::byte*>(wasm_memory_data(memory_)), size};
}

}  // namespace wasm_bpf::engine
