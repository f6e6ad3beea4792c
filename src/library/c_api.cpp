// The C API: versions, errors, runtimes, modules, policies.
#include "library/c_api.hpp"

#include <cstdlib>

namespace wasm_bpf::c_api {
namespace {

wasm_bpf_error no_memory{{ENOMEM, ""}};  // its text is the C library's

// Puts a new object where the caller wants it.
template <typename Object, typename Value>
Result<> hand_over(Object** to, Result<Value> made) {
    if (!made) return std::unexpected(std::move(made).error());
    *to = new Object{std::move(*made)};
    return {};
}

}  // namespace

wasm_bpf_error* out_of_memory() noexcept { return &no_memory; }

int give(wasm_bpf_error** to, Error error) noexcept {
    if (error.errno_code <= 0) error.errno_code = EINVAL;
    const int code = error.errno_code;
    if (to == nullptr) return -code;
    auto* given =
        code == ENOMEM && error.message.empty() ? nullptr : new (std::nothrow) wasm_bpf_error{std::move(error)};
    *to = given != nullptr ? given : out_of_memory();
    return -code;
}

LogSink log_to(wasm_bpf_log_callback log, void* context) {
    if (log == nullptr) return {};
    return [log, context](LogLevel level, std::string_view message) {
        log(context, level == LogLevel::error ? WASM_BPF_LOG_ERROR : WASM_BPF_LOG_WARNING,
            std::string(message).c_str());
    };
}

}  // namespace wasm_bpf::c_api

using namespace wasm_bpf;
using namespace wasm_bpf::c_api;

uint32_t wasm_bpf_api_version(void) { return WASM_BPF_API_VERSION; }
const char* wasm_bpf_version(void) { return WASM_BPF_VERSION; }

wasm_bpf_error* wasm_bpf_error_create(int code, wasm_bpf_error_kind kind, const char* message) {
    wasm_bpf_error* made = nullptr;
    const Result<> done = caught([&]() -> Result<> {
        if (kind > WASM_BPF_ERROR_STOPPED) kind = WASM_BPF_ERROR_FAILED;
        give(&made, {code, message != nullptr ? message : "", static_cast<ErrorKind>(kind)});
        return {};
    });
    return done ? made : out_of_memory();
}

int wasm_bpf_error_code(const wasm_bpf_error* error) { return error->error.errno_code; }
wasm_bpf_error_kind wasm_bpf_error_kind_of(const wasm_bpf_error* error) {
    return static_cast<wasm_bpf_error_kind>(error->error.kind);
}
const char* wasm_bpf_error_message(const wasm_bpf_error* error) {
    if (!error->error.message.empty()) return error->error.message.c_str();
    const char* known = strerrordesc_np(error->error.errno_code);
    return known != nullptr ? known : "an unknown error";
}
void wasm_bpf_error_free(wasm_bpf_error* error) {
    if (error != out_of_memory()) delete error;
}

void wasm_bpf_free(void* memory) { std::free(memory); }

int wasm_bpf_runtime_create(const wasm_bpf_runtime_options* options, wasm_bpf_runtime** runtime,
                            wasm_bpf_error** error) {
    return guarded(error, {runtime}, [&]() -> Result<> {
        const auto given = known_part(options);
        if (!given) return std::unexpected(given.error());
        if (auto checked = check_flags(given->flags, WASM_BPF_RUNTIME_NO_WINDOWS | WASM_BPF_RUNTIME_COMPILE_ON_CALLER);
            !checked)
            return checked;
        RuntimeOptions made;
        if (given->cache_folder != nullptr) made.cache_folder = given->cache_folder;
        made.windows = (given->flags & WASM_BPF_RUNTIME_NO_WINDOWS) == 0;
        made.compile_in_parallel = (given->flags & WASM_BPF_RUNTIME_COMPILE_ON_CALLER) == 0;
        made.log = log_to(given->log, given->log_context);
        return hand_over(runtime, Runtime::create(std::move(made)));
    });
}
void wasm_bpf_runtime_free(wasm_bpf_runtime* runtime) { delete runtime; }

int wasm_bpf_module_compile(const wasm_bpf_runtime* runtime, const void* wasm, size_t size_bytes, const char* name,
                            wasm_bpf_module** module, wasm_bpf_error** error) {
    return guarded(error, {runtime, wasm, name, module}, [&] {
        return hand_over(module, runtime->runtime.compile({static_cast<const std::byte*>(wasm), size_bytes}, name));
    });
}
int wasm_bpf_module_compile_file(const wasm_bpf_runtime* runtime, const char* path, wasm_bpf_module** module,
                                 wasm_bpf_error** error) {
    return guarded(error, {runtime, path, module},
                   [&] { return hand_over(module, runtime->runtime.compile_file(path)); });
}
const char* wasm_bpf_module_name(const wasm_bpf_module* module) { return module->module.name().c_str(); }
int wasm_bpf_module_is_component(const wasm_bpf_module* module) { return module->module.is_component() ? 1 : 0; }
void wasm_bpf_module_free(wasm_bpf_module* module) { delete module; }

int wasm_bpf_policy_create(wasm_bpf_policy** policy, wasm_bpf_error** error) {
    return guarded(error, {policy}, [&] { return hand_over(policy, Result<Policy>(Policy())); });
}
int wasm_bpf_policy_create_default(wasm_bpf_policy** policy, wasm_bpf_error** error) {
    return guarded(error, {policy}, [&] { return hand_over(policy, Result<Policy>(Policy::command_default())); });
}
int wasm_bpf_policy_create_from_text(const char* text, size_t size_bytes, const char* source, wasm_bpf_policy** policy,
                                     wasm_bpf_error** error) {
    return guarded(error, {text, source, policy},
                   [&] { return hand_over(policy, Policy::parse({text, size_bytes}, source)); });
}
int wasm_bpf_policy_create_from_file(const char* path, wasm_bpf_policy** policy, wasm_bpf_error** error) {
    return guarded(error, {path, policy}, [&] { return hand_over(policy, Policy::read(path)); });
}
int wasm_bpf_policy_copy(const wasm_bpf_policy* policy, wasm_bpf_policy** copy, wasm_bpf_error** error) {
    return guarded(error, {policy, copy}, [&] { return hand_over(copy, Result<Policy>(policy->policy)); });
}
int wasm_bpf_policy_allow(wasm_bpf_policy* policy, const char* text, wasm_bpf_error** error) {
    return guarded(error, {policy, text}, [&] { return policy->policy.allow(text); });
}
int wasm_bpf_policy_deny(wasm_bpf_policy* policy, const char* text, wasm_bpf_error** error) {
    return guarded(error, {policy, text}, [&] { return policy->policy.deny(text); });
}
int wasm_bpf_policy_on_denial(wasm_bpf_policy* policy, wasm_bpf_denial denial, wasm_bpf_error** error) {
    return guarded(error, {policy}, [&]() -> Result<> {
        if (denial > WASM_BPF_DENIAL_FAILS_CALL) return fail(EINVAL, "no such way of denial");
        policy->policy.on_denial(denial == WASM_BPF_DENIAL_ENDS_GUEST ? Policy::OnDenial::end_guest
                                                                      : Policy::OnDenial::fail_call);
        return {};
    });
}
void wasm_bpf_policy_free(wasm_bpf_policy* policy) { delete policy; }
