// The C API: guests, their ends, and what host functions see of them.
#include "library/c_api.hpp"

#include <algorithm>
#include <cstdlib>

using namespace wasm_bpf;
using namespace wasm_bpf::c_api;

namespace {

// A copy that is freed by wasm_bpf_free().
void give_text(const std::string& text, char** to, std::size_t* size_bytes) {
    char* copy = static_cast<char*>(std::malloc(text.size() + 1));
    if (copy == nullptr) throw std::bad_alloc();
    std::memcpy(copy, text.c_str(), text.size() + 1);
    *to = copy;
    if (size_bytes != nullptr) *size_bytes = text.size();
}

// Beyond it a deadline is no time that a clock can have.
constexpr std::chrono::milliseconds most = std::chrono::years(100);
constexpr std::chrono::milliseconds usual = std::chrono::seconds(10);  // Guest::replace

// Both ways of calling a guest's export.
int call_export(auto* callee, const char* name, const wasm_bpf_value* arguments, size_t argument_count,
                wasm_bpf_value* results, size_t result_room, size_t* result_count, wasm_bpf_error** error) {
    return guarded(error, {callee, name}, [&]() -> Result<> {
        const auto values = values_of(arguments, argument_count);
        if (!values) return std::unexpected(values.error());
        const auto given = callee->call(name, *values);
        if (!given) return std::unexpected(given.error());
        if (results == nullptr) result_room = 0;
        for (std::size_t i = 0; i < std::min(result_room, given->size()); i++) results[i] = to_c((*given)[i]);
        if (result_count != nullptr) *result_count = given->size();
        return {};
    });
}

}  // namespace

int wasm_bpf_guest_create(const wasm_bpf_module* module, const wasm_bpf_guest_options* options, wasm_bpf_guest** guest,
                          wasm_bpf_error** error) {
    return guarded(error, {module, guest}, [&]() -> Result<> {
        auto made = guest_options(options);
        if (!made) return std::unexpected(std::move(made).error().in(module->module.name()));
        auto created = Guest::create(module->module, std::move(*made));
        if (!created) return std::unexpected(std::move(created).error());
        *guest = new wasm_bpf_guest{std::move(*created)};
        return {};
    });
}
void wasm_bpf_guest_free(wasm_bpf_guest* guest) { delete guest; }

wasm_bpf_state wasm_bpf_guest_state(const wasm_bpf_guest* guest) {
    return static_cast<wasm_bpf_state>(guest->guest.state());
}

int wasm_bpf_guest_start(wasm_bpf_guest* guest, wasm_bpf_error** error) {
    return guarded(error, {guest}, [&] { return guest->guest.start(); });
}
int wasm_bpf_guest_pause(wasm_bpf_guest* guest, wasm_bpf_links links, wasm_bpf_error** error) {
    return guarded(error, {guest}, [&]() -> Result<> {
        if (links > WASM_BPF_LINKS_DETACHED) return fail(EINVAL, "pause: no such way with links");
        return guest->guest.pause(static_cast<Guest::Links>(links));
    });
}
int wasm_bpf_guest_resume(wasm_bpf_guest* guest, wasm_bpf_error** error) {
    return guarded(error, {guest}, [&] { return guest->guest.resume(); });
}
int wasm_bpf_guest_replace(wasm_bpf_guest* guest, const wasm_bpf_module* next, const wasm_bpf_guest_options* options,
                           int64_t milliseconds, wasm_bpf_error** error) {
    return guarded(error, {guest, next}, [&]() -> Result<> {
        auto made = guest_options(options);
        if (!made) return std::unexpected(std::move(made).error().in(next->module.name()));
        const std::chrono::milliseconds time(milliseconds);
        return guest->guest.replace(next->module, std::move(*made), time.count() > 0 ? std::min(time, most) : usual);
    });
}
int wasm_bpf_guest_module(const wasm_bpf_guest* guest, wasm_bpf_module** module, wasm_bpf_error** error) {
    return guarded(error, {guest, module}, [&]() -> Result<> {
        *module = new wasm_bpf_module{guest->guest.module()};
        return {};
    });
}
void wasm_bpf_guest_stop(wasm_bpf_guest* guest) { guest->guest.stop(); }
void wasm_bpf_guest_signal(wasm_bpf_guest* guest, int number) { guest->guest.signal(number); }

int wasm_bpf_guest_wait(wasm_bpf_guest* guest, int64_t milliseconds, wasm_bpf_ending** ending, wasm_bpf_error** error) {
    return guarded(error, {guest}, [&]() -> Result<> {
        const std::chrono::milliseconds time(milliseconds);
        auto ended = milliseconds < 0 || time > most ? guest->guest.wait() : guest->guest.wait_for(time);
        if (!ended) return std::unexpected(std::move(ended).error());
        if (ending == nullptr) return {};
        auto made = std::make_unique<wasm_bpf_ending>(std::move(*ended));
        if (made->ending.error) made->error.error = *made->ending.error;
        *ending = made.release();
        return {};
    });
}
int wasm_bpf_ending_exit_code(const wasm_bpf_ending* ending) { return ending->ending.exit_code; }
const wasm_bpf_error* wasm_bpf_ending_error(const wasm_bpf_ending* ending) {
    return ending->ending.error ? &ending->error : nullptr;
}
size_t wasm_bpf_ending_stack_size(const wasm_bpf_ending* ending) { return ending->ending.stack.size(); }
const char* wasm_bpf_ending_stack_name(const wasm_bpf_ending* ending, size_t index) {
    return index < ending->ending.stack.size() ? ending->ending.stack[index].c_str() : nullptr;
}
void wasm_bpf_ending_free(wasm_bpf_ending* ending) { delete ending; }

int wasm_bpf_guest_call(wasm_bpf_guest* guest, const char* name, const wasm_bpf_value* arguments, size_t argument_count,
                        wasm_bpf_value* results, size_t result_room, size_t* result_count, wasm_bpf_error** error) {
    return call_export(guest != nullptr ? &guest->guest : nullptr, name, arguments, argument_count, results,
                       result_room, result_count, error);
}

int wasm_bpf_guest_output(const wasm_bpf_guest* guest, wasm_bpf_stream stream, char** text, size_t* size_bytes,
                          uint64_t* dropped_bytes, wasm_bpf_error** error) {
    return guarded(error, {guest, text}, [&]() -> Result<> {
        if (stream != WASM_BPF_STDOUT && stream != WASM_BPF_STDERR) return fail(EINVAL, "output: no such stream");
        const BufferedOutput kept = stream == WASM_BPF_STDOUT ? guest->guest.output() : guest->guest.error_output();
        give_text(kept.text, text, size_bytes);
        if (dropped_bytes != nullptr) *dropped_bytes = kept.dropped_bytes;
        return {};
    });
}

int wasm_bpf_guest_metrics(const wasm_bpf_guest* const* guests, const char* const* names, size_t count,
                           wasm_bpf_metric_format format, char** text, size_t* size_bytes, wasm_bpf_error** error) {
    return guarded(error, {guests, names, text}, [&]() -> Result<> {
        if (format != WASM_BPF_METRICS_PROMETHEUS && format != WASM_BPF_METRICS_OPENMETRICS)
            return fail(EINVAL, "metrics: no such format");
        std::vector<MetricFamily> all;
        for (std::size_t i = 0; i < count; i++) {
            if (guests[i] == nullptr || names[i] == nullptr)
                return fail(EINVAL, "metrics: NULL for a guest or its name");
            auto families = guests[i]->guest.metrics();
            label_metrics(families, "guest", names[i]);
            merge_metrics(all, std::move(families));
        }
        give_text(metrics_text(all, format == WASM_BPF_METRICS_PROMETHEUS ? MetricFormat::prometheus
                                                                          : MetricFormat::openmetrics),
                  text, size_bytes);
        return {};
    });
}

int wasm_bpf_caller_memory(wasm_bpf_caller* caller, uint32_t offset, uint64_t size_bytes, void** memory,
                           wasm_bpf_error** error) {
    return guarded(error, {caller, memory}, [&]() -> Result<> {
        const auto bytes = caller->call.bytes(offset, size_bytes);
        if (!bytes) return std::unexpected(bytes.error());
        *memory = bytes->data();
        return {};
    });
}
int wasm_bpf_caller_read(wasm_bpf_caller* caller, uint32_t offset, void* to, uint64_t size_bytes,
                         wasm_bpf_error** error) {
    void* memory = nullptr;
    if (to == nullptr) return guarded(error, {to}, [] { return Result<>(); });
    const int result = wasm_bpf_caller_memory(caller, offset, size_bytes, &memory, error);
    if (result == 0) std::memcpy(to, memory, size_bytes);
    return result;
}
int wasm_bpf_caller_write(wasm_bpf_caller* caller, uint32_t offset, const void* from, uint64_t size_bytes,
                          wasm_bpf_error** error) {
    void* memory = nullptr;
    if (from == nullptr) return guarded(error, {from}, [] { return Result<>(); });
    const int result = wasm_bpf_caller_memory(caller, offset, size_bytes, &memory, error);
    if (result == 0) std::memcpy(memory, from, size_bytes);
    return result;
}
int wasm_bpf_caller_call(wasm_bpf_caller* caller, const char* name, const wasm_bpf_value* arguments,
                         size_t argument_count, wasm_bpf_value* results, size_t result_room, size_t* result_count,
                         wasm_bpf_error** error) {
    return call_export(caller != nullptr ? &caller->call : nullptr, name, arguments, argument_count, results,
                       result_room, result_count, error);
}
int wasm_bpf_caller_interrupt_fd(const wasm_bpf_caller* caller) { return caller->call.interrupt_fd(); }
