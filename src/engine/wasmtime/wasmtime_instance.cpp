#include "engine/wasmtime/wasmtime_instance.hpp"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "engine/wasmtime/ending.hpp"
#include "engine/wasmtime/forwarding_module.hpp"

namespace wasm_bpf::engine {
namespace {

// A table can hold this many entries; a guest needs thousands at the most, in one table. What tables take is not
// counted as its memory.
constexpr std::int64_t max_table_elements = 1 << 20;
constexpr std::int64_t max_tables = 4;

constexpr std::pair<char, wasm_valkind_t> value_kinds[] = {
    {'i', WASM_I32}, {'I', WASM_I64}, {'f', WASM_F32}, {'F', WASM_F64}};

wasm_valkind_t kind_of(char letter) {
    for (const auto& [known, kind] : value_kinds)
        if (known == letter) return kind;
    return WASM_I32;
}

wasm_valtype_vec_t value_types(std::string_view letters) {
    wasm_valtype_vec_t types;
    wasm_valtype_vec_new_uninitialized(&types, letters.size());
    for (std::size_t i = 0; i < letters.size(); i++) types.data[i] = wasm_valtype_new(kind_of(letters[i]));
    return types;
}

// Of references and vectors: none.
std::string letters_of(const wasm_valtype_vec_t* types) {
    std::string letters;
    for (std::size_t i = 0; i < types->size; i++)
        for (const auto& [letter, kind] : value_kinds)
            if (wasm_valtype_kind(types->data[i]) == kind) letters += letter;
    return letters;
}

OwnedFunctionType function_type(std::string_view signature) {
    const auto colon = signature.find(':');
    auto parameters = value_types(signature.substr(0, colon));
    auto results = value_types(signature.substr(colon + 1));
    return OwnedFunctionType(wasm_functype_new(&parameters, &results));
}

bool has_trace(const wasmtime_error_t* error) {
    wasm_frame_vec_t frames;
    wasmtime_error_wasm_trace(error, &frames);
    const bool any = frames.size > 0;
    wasm_frame_vec_delete(&frames);
    return any;
}

}  // namespace

wasm_trap_t* WasmtimeInstance::end_guest(Error error) {
    const std::string text = error.message;
    if (!pending_) pending_ = Ending{.exit_code = 0, .error = std::move(error), .stack = {}, .fault_offset = {}};
    return wasmtime_trap_new(text.data(), text.size());
}

wasm_trap_t* WasmtimeInstance::enter_host(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots,
                                          std::size_t count) {
    const auto* bound = static_cast<BoundImport*>(env);
    bound->instance->find_memory(caller);
    std::array<Value, max_parameters> values;
    for (std::size_t i = 0; i < count; i++) values[i].i64 = slots[i].i64;
    if (auto done = bound->call(bound->instance->options_.context, {values.data(), max_parameters}); !done)
        return bound->instance->end_guest(std::move(done).error());
    if (count > 0) slots[0].i64 = values[0].i64;
    return nullptr;
}

wasm_trap_t* WasmtimeInstance::enter_own(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots,
                                         std::size_t count) {
    const auto* bound = static_cast<BoundOwn*>(env);
    bound->instance->find_memory(caller);
    std::array<Value, max_parameters> values;
    for (std::size_t i = 0; i < count; i++) values[i].i64 = slots[i].i64;
    if (auto done = bound->import->call(values); !done) return bound->instance->end_guest(std::move(done).error());
    if (count > 0) slots[0].i64 = values[0].i64;
    return nullptr;
}

wasm_trap_t* WasmtimeInstance::enter_shadow(void* env, wasmtime_caller_t* caller, wasmtime_val_raw_t* slots,
                                            std::size_t count) {
    auto* bound = static_cast<BoundShadow*>(env);
    WasmtimeInstance& self = *bound->instance;
    self.find_memory(caller);
    std::array<Value, max_parameters> values;
    for (std::size_t i = 0; i < count; i++) values[i].i64 = slots[i].i64;
    auto done = bound->call(self.options_.context, {values.data(), max_parameters});
    if (!done) return self.end_guest(std::move(done).error());
    if (*done) {
        slots[0].i64 = values[0].i64;
        return nullptr;
    }
    if (!self.can_forward_)
        if (auto made = self.make_forwarders(caller); !made) return self.end_guest(std::move(made).error());
    wasm_trap_t* trap = nullptr;
    if (wasmtime_error_t* error = wasmtime_func_call_unchecked(self.context_, &bound->forward, slots, count, &trap)) {
        if (!self.pending_) self.pending_ = ending_of(error, nullptr);
        return wasmtime_trap_new("WASI", 4);
    }
    return trap;
}

Result<> WasmtimeInstance::make_forwarders(wasmtime_caller_t* caller) {
    const auto failed = [](wasmtime_error_t* error) {
        return fail(EINVAL, "pass on a call to WASI: " + line_of(OwnedError(error).get()), ErrorKind::trap);
    };
    wasmtime_extern_t memory;
    if (!wasmtime_caller_export_get(caller, "memory", 6, &memory) || memory.kind != WASMTIME_EXTERN_MEMORY)
        return fail(EINVAL, "a call to WASI from a module that exports no \"memory\"", ErrorKind::trap);
    const auto wasm = forwarding_module(options_.shadows);
    wasmtime_module_t* module = nullptr;
    if (auto* error = wasmtime_module_new(engine_, wasm.data(), wasm.size(), &module)) return failed(error);
    const OwnedModule owned(module);
    std::vector<wasmtime_extern_t> imports{memory};
    for (const BoundShadow& shadow : shadows_)
        imports.push_back({.kind = WASMTIME_EXTERN_FUNC, .of = {.func = shadow.own}});
    wasmtime_instance_t instance;
    wasm_trap_t* trap = nullptr;
    if (auto* error = wasmtime_instance_new(context_, module, imports.data(), imports.size(), &instance, &trap))
        return failed(error);
    for (std::size_t i = 0; i < shadows_.size(); i++) {
        const std::string_view name = options_.shadows[i].name;
        wasmtime_extern_t item;
        wasmtime_instance_export_get(context_, &instance, name.data(), name.size(), &item);
        shadows_[i].forward = item.of.func;
    }
    can_forward_ = true;
    return {};
}

// In the place of the engine's own proc_exit, which takes codes from 126 on for a failure of the guest.
wasm_trap_t* WasmtimeInstance::enter_exit(void* env, wasmtime_caller_t*, wasmtime_val_raw_t* slots, std::size_t) {
    auto* self = static_cast<WasmtimeInstance*>(env);
    if (!self->pending_)
        self->pending_ = Ending{.exit_code = slots[0].i32 & 0xff, .error = {}, .stack = {}, .fault_offset = {}};
    return wasmtime_trap_new("exit", 4);
}

wasmtime_error_t* WasmtimeInstance::pass_checkpoint(wasmtime_context_t*, void* env, std::uint64_t* delta,
                                                    wasmtime_update_deadline_kind_t* kind) {
    auto* self = static_cast<WasmtimeInstance*>(env);
    *delta = 1;
    *kind = WASMTIME_UPDATE_DEADLINE_CONTINUE;
    if (!self->options_.checkpoint) return nullptr;
    // The checkpoint may call into the guest, which can be interrupted there again.
    self->await_interrupt();
    auto go_on = self->options_.checkpoint();
    if (go_on) return nullptr;
    const std::string text = go_on.error().message;
    if (!self->pending_)
        self->pending_ = Ending{.exit_code = 0, .error = std::move(go_on).error(), .stack = {}, .fault_offset = {}};
    return wasmtime_error_new(text.c_str());
}

// Wasmtime takes the callback away while it runs, and puts it back afterwards: from within, one for those that come
// meanwhile is set. An interrupt without one would be a trap.
void WasmtimeInstance::await_interrupt() {
    wasmtime_store_epoch_deadline_callback(store_.get(), pass_checkpoint, this, nullptr);
    wasmtime_context_set_epoch_deadline(context_, 1);
}

Result<> WasmtimeInstance::set_wasi() {
    const WasiOptions& wasi = options_.wasi;
    Owned<wasi_config_t, wasi_config_delete> config(wasi_config_new());
    std::vector<const char*> arguments, names, values;
    for (const auto& argument : wasi.arguments) arguments.push_back(argument.c_str());
    for (const auto& [name, value] : wasi.environment) {
        names.push_back(name.c_str());
        values.push_back(value.c_str());
    }
    if (!wasi_config_set_argv(config.get(), arguments.size(), arguments.data()))
        return fail(EINVAL, "the guest's arguments are not UTF-8");
    if (!wasi_config_set_env(config.get(), names.size(), names.data(), values.data()))
        return fail(EINVAL, "the guest's environment is not UTF-8");
    wasi_config_inherit_stdin(config.get());
    wasi_config_inherit_stdout(config.get());
    wasi_config_inherit_stderr(config.get());
    for (const Directory& directory : wasi.directories) {
        errno = 0;
        if (!wasi_config_preopen_dir(config.get(), directory.host_path.c_str(), directory.guest_path.c_str(),
                                     directory.access == Directory::Access::read_write))
            return std::unexpected(errno_error(
                errno != 0 ? errno : ENOENT, fmt::format("open directory \"{}\" for the guest", directory.host_path)));
    }
    if (OwnedError error(wasmtime_context_set_wasi(context_, config.release())); error)
        return fail(EINVAL, "set up WASI: " + text_of(error.get()));
    return {};
}

Result<> WasmtimeInstance::define(std::string_view module, std::string_view name, std::string_view signature,
                                  wasmtime_func_unchecked_callback_t call, void* env) {
    const auto type = function_type(signature);
    OwnedError error(wasmtime_linker_define_func_unchecked(linker_.get(), module.data(), module.size(), name.data(),
                                                           name.size(), type.get(), call, env, nullptr));
    if (error) return fail(EINVAL, fmt::format("define {}.{}: {}", module, name, text_of(error.get())));
    return {};
}

Result<> WasmtimeInstance::define_imports() {
    if (OwnedError error(wasmtime_linker_define_wasi(linker_.get())); error)
        return fail(EINVAL, "define WASI: " + text_of(error.get()));
    for (const HostImport& import : options_.imports) {
        imports_.push_back({this, import.call});
        if (auto done = define(import.module, import.name, import.signature, enter_host, &imports_.back()); !done)
            return done;
    }
    for (const OwnImport& import : options_.own_imports) {
        own_imports_.push_back({this, &import});
        if (auto done = define(import.module, import.name, import.signature, enter_own, &own_imports_.back()); !done)
            return done;
    }
    wasmtime_linker_allow_shadowing(linker_.get(), true);
    for (const ShadowImport& shadow : options_.shadows) {
        wasmtime_extern_t own;
        if (!wasmtime_linker_get(linker_.get(), context_, shadow.module.data(), shadow.module.size(),
                                 shadow.name.data(), shadow.name.size(), &own) ||
            own.kind != WASMTIME_EXTERN_FUNC)
            return fail(EINVAL, fmt::format("the engine has no {}.{}", shadow.module, shadow.name));
        shadows_.push_back({this, shadow.call, own.of.func, shadow.signature.find(':'), {}});
        if (auto done = define(shadow.module, shadow.name, shadow.signature, enter_shadow, &shadows_.back()); !done)
            return done;
    }
    if (auto done = define("wasi_snapshot_preview1", "proc_exit", "i:", enter_exit, this); !done) return done;
    wasmtime_linker_allow_shadowing(linker_.get(), false);
    return {};
}

Result<> WasmtimeInstance::link(wasm_engine_t* engine, const wasmtime_module_t* module) {
    engine_ = engine;
    store_.reset(wasmtime_store_new(engine, nullptr, nullptr));
    context_ = wasmtime_store_context(store_.get());
    linker_.reset(wasmtime_linker_new(engine));
    const auto limit = options_.memory_limit_bytes != 0 ? static_cast<std::int64_t>(options_.memory_limit_bytes) : -1;
    constexpr int max_memories = 1;  // the one that windows lie in, and that the limit is for
    wasmtime_store_limiter(store_.get(), limit, max_table_elements, -1, max_tables, max_memories);
    await_interrupt();
    if (auto done = set_wasi(); !done) return done;
    if (auto done = define_imports(); !done) return done;
    wasmtime_instance_pre_t* ready = nullptr;
    if (OwnedError error(wasmtime_linker_instantiate_pre(linker_.get(), module, &ready)); error)
        return fail(EINVAL, "this host cannot run the module: " + line_of(error.get()), ErrorKind::bad_module);
    ready_.reset(ready);
    return {};
}

void WasmtimeInstance::find_memory(wasmtime_caller_t* caller) {
    if (memory_ != nullptr) return;
    wasmtime_extern_t item;
    if (wasmtime_caller_export_get(caller, "memory", 6, &item) && item.kind == WASMTIME_EXTERN_MEMORY)
        memory_ = take_created_memory(options_.memory_bytes);
}

std::optional<Ending> WasmtimeInstance::start() {
    std::ignore = take_created_memory();
    wasm_trap_t* trap = nullptr;
    wasmtime_instance_t instance;
    wasmtime_error_t* error = wasmtime_instance_pre_instantiate(ready_.get(), context_, &instance, &trap);
    // An error without a trace is none of the guest's code: a memory or table over the limit.
    if (error != nullptr && !pending_ && !has_trace(error)) {
        const std::string why = line_of(OwnedError(error).get());
        // By the words of Wasmtime's limiter.
        Error told = why.find("memory count") != std::string::npos
                         ? Error{EINVAL, "the module has several memories, and guests have one", ErrorKind::bad_module}
                         : Error{ENOMEM, "the module needs more than it may have: " + why, ErrorKind::bad_module};
        return Ending{.exit_code = 0, .error = std::move(told), .stack = {}, .fault_offset = {}};
    }
    if (error != nullptr || trap != nullptr) return end_of(error, trap);
    instance_ = instance;
    const auto memory = find_export("memory");
    if (memory_ == nullptr && memory && memory->kind == WASMTIME_EXTERN_MEMORY)
        memory_ = take_created_memory(options_.memory_bytes);
    return std::nullopt;
}

std::optional<wasmtime_extern_t> WasmtimeInstance::find_export(std::string_view name) const {
    wasmtime_extern_t item;
    if (!instance_ || !wasmtime_instance_export_get(context_, &*instance_, name.data(), name.size(), &item))
        return std::nullopt;
    return item;
}

Ending WasmtimeInstance::end_of(wasmtime_error_t* error, wasm_trap_t* trap) {
    Ending ending = ending_of(error, trap);
    if (!pending_) return ending;
    if (pending_->stack.empty()) pending_->stack = std::move(ending.stack);
    return std::move(*pending_);
}

Ending WasmtimeInstance::run(std::string_view export_name) {
    pending_.reset();
    if (auto ended = start()) return std::move(*ended);
    if (export_name.empty()) return {};
    const auto item = find_export(export_name);
    if (!item || item->kind != WASMTIME_EXTERN_FUNC || !is_plain(item->of.func))
        return {
            .error =
                Error{EINVAL,
                      fmt::format(
                          "the module exports no function \"{}\" without parameters: build it as a command, not as a "
                          "library",
                          export_name),
                      ErrorKind::bad_module},
            .stack = {},
            .fault_offset = {}};
    wasm_trap_t* trap = nullptr;
    wasmtime_error_t* error = wasmtime_func_call(context_, &item->of.func, nullptr, 0, nullptr, 0, &trap);
    if (error == nullptr && trap == nullptr) return {};
    return end_of(error, trap);
}

bool WasmtimeInstance::is_plain(const wasmtime_func_t& function) const {
    const OwnedFunctionType type(wasmtime_func_type(context_, &function));
    return wasm_functype_params(type.get())->size == 0 && wasm_functype_results(type.get())->size == 0;
}

bool WasmtimeInstance::takes_integers(const wasmtime_func_t& function, std::size_t parameters) {
    if (std::memcmp(&function, &checked_function_, sizeof(function)) == 0 && checked_parameters_ == parameters)
        return true;
    const OwnedFunctionType type(wasmtime_func_type(context_, &function));
    const wasm_valtype_vec_t* in = wasm_functype_params(type.get());
    const wasm_valtype_vec_t* out = wasm_functype_results(type.get());
    if (in->size != parameters || out->size != 1 || wasm_valtype_kind(out->data[0]) != WASM_I32) return false;
    for (std::size_t i = 0; i < in->size; i++)
        if (wasm_valtype_kind(in->data[i]) != WASM_I32) return false;
    checked_function_ = function;
    checked_parameters_ = parameters;
    return true;
}

Result<std::int32_t> WasmtimeInstance::call_integers(const wasmtime_func_t& function,
                                                     std::span<const std::int32_t> arguments) {
    if (!takes_integers(function, arguments.size()))
        return fail(EINVAL, fmt::format("the callback is not a function of {} i32 that returns i32", arguments.size()));
    std::array<wasmtime_val_raw_t, max_parameters> slots;
    for (std::size_t i = 0; i < arguments.size(); i++) slots[i].i32 = arguments[i];
    wasm_trap_t* trap = nullptr;
    wasmtime_error_t* error = wasmtime_func_call_unchecked(context_, &function, slots.data(),
                                                           std::max<std::size_t>(arguments.size(), 1), &trap);
    if (error == nullptr && trap == nullptr) return slots[0].i32;
    Ending ending = ending_of(error, trap);
    if (!pending_) pending_ = std::move(ending);
    return fail(EFAULT, "the guest ended in a callback", ErrorKind::trap);
}

Result<std::int32_t> WasmtimeInstance::call_table(std::uint32_t index, std::span<const std::int32_t, 3> arguments) {
    constexpr std::string_view name = "__indirect_function_table";
    if (!table_caller_) {
        const auto item = find_export(name);
        if (!item || item->kind != WASMTIME_EXTERN_TABLE)
            return fail(EINVAL,
                        fmt::format("the module does not export its table \"{}\": link it with --export-table", name));
        auto linked = TableCaller::link(engine_, context_, item->of.table);
        if (!linked) return std::unexpected(std::move(linked).error());
        table_caller_ = *linked;
    }
    std::array<std::int32_t, TableCaller::parameters + 1> with_index;
    std::ranges::copy(arguments, with_index.begin());
    with_index.back() = static_cast<std::int32_t>(index);
    return call_integers(table_caller_->function(), with_index);
}

Result<std::int32_t> WasmtimeInstance::call_export(std::string_view name, std::span<const std::int32_t> arguments) {
    const auto item = find_export(name);
    if (!item || item->kind != WASMTIME_EXTERN_FUNC)
        return fail(EINVAL, fmt::format("the module exports no function \"{}\"", name));
    return call_integers(item->of.func, arguments);
}

Result<std::string> WasmtimeInstance::export_signature(std::string_view name) const {
    const auto item = find_export(name);
    if (!item || item->kind != WASMTIME_EXTERN_FUNC)
        return fail(ENOENT, fmt::format("the module exports no function \"{}\"", name));
    const OwnedFunctionType type(wasmtime_func_type(context_, &item->of.func));
    const wasm_valtype_vec_t* in = wasm_functype_params(type.get());
    const wasm_valtype_vec_t* out = wasm_functype_results(type.get());
    std::string signature = letters_of(in) + ":" + letters_of(out);
    if (signature.size() != in->size + 1 + out->size || in->size > max_parameters || out->size > 1)
        return fail(ENOTSUP, fmt::format("the exported function \"{}\" has parameters or results that are not numbers, "
                                         "or too many of them",
                                         name));
    return signature;
}

Result<> WasmtimeInstance::call(std::string_view name, std::span<Value> values) {
    const auto signature = export_signature(name);
    if (!signature) return std::unexpected(signature.error());
    const auto item = find_export(name);
    const std::size_t parameters = signature->find(':');
    std::array<wasmtime_val_raw_t, max_parameters> slots{};
    for (std::size_t i = 0; i < parameters; i++) slots[i].i64 = values[i].i64;
    wasm_trap_t* trap = nullptr;
    wasmtime_error_t* error = wasmtime_func_call_unchecked(context_, &item->of.func, slots.data(),
                                                           std::max<std::size_t>(parameters, 1), &trap);
    if (error == nullptr && trap == nullptr) {
        values[0].i64 = slots[0].i64;
        return {};
    }
    pending_ = end_of(error, trap);
    // Never `failed`: that is a call which could not be made, after which the guest goes on.
    const bool told = pending_->error && pending_->error->kind != ErrorKind::failed;
    return fail(EFAULT, "the guest ended in a call", told ? pending_->error->kind : ErrorKind::stopped);
}

std::span<std::byte> WasmtimeInstance::memory() const {
    if (memory_ == nullptr) return {};
    return {memory_->base, memory_->size};
}

}  // namespace wasm_bpf::engine
