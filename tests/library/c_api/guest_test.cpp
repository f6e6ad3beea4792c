// The C API: guests' lives, what they are given, host functions.

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "library/c_api/c_api.hpp"

namespace wasm_bpf::test::c {
namespace {

// Reads up to 64 bytes from standard input, and writes them, arguments and environment to standard output, and "error"
// to standard error.
constexpr std::string_view echo = R"((module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environment (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1) (data (i32.const 64) "error")
    (func $put (param $stream i32) (param $from i32) (param $size i32)
        (i32.store (i32.const 0) (local.get $from)) (i32.store (i32.const 4) (local.get $size))
        (drop (call $write (local.get $stream) (i32.const 0) (i32.const 1) (i32.const 32))))
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 1024)) (i32.store (i32.const 4) (i32.const 64))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)))
        (call $put (i32.const 1) (i32.const 1024) (i32.load (i32.const 32)))
        (drop (call $args (i32.const 256) (i32.const 2048)))
        (call $put (i32.const 1) (i32.const 2048) (i32.const 9))
        (drop (call $environment (i32.const 256) (i32.const 4096)))
        (call $put (i32.const 1) (i32.const 4096) (i32.const 4))
        (call $put (i32.const 2) (i32.const 64) (i32.const 5))
        (call $exit (i32.const 7)))))";

void append(void* context, const char* text, std::size_t size_bytes) {
    static_cast<std::string*>(context)->append(text, size_bytes);
}

TEST(CGuest, HasItsInputArgumentsEnvironmentAndOutput) {
    const Folder folder;
    const int input = open(folder.write("input", "typed").c_str(), O_RDONLY | O_CLOEXEC);
    const char* const arguments[] = {"one"};
    const char* const environment[] = {"A=B"};
    wasm_bpf_guest_options options = guest_options();
    options.arguments = arguments;
    options.argument_count = 1;
    options.environment = environment;
    options.environment_count = 1;
    options.input = WASM_BPF_INPUT_FD;
    options.input_fd = input;
    std::string output;
    options.output = {.kind = WASM_BPF_OUTPUT_CALLBACK, .limit_bytes = 0, .write = append, .context = &output};
    options.error_output = {.kind = WASM_BPF_OUTPUT_BUFFER, .limit_bytes = 3, .write = nullptr, .context = nullptr};
    int told = 0;
    options.on_end = [](void* context, const wasm_bpf_ending* ending) {
        if (wasm_bpf_ending_error(ending) == nullptr) *static_cast<int*>(context) = wasm_bpf_ending_exit_code(ending);
    };
    options.end_context = &told;
    Guest guest = guest_of(echo, options);
    EXPECT_EQ(call(wasm_bpf_guest_start, guest.get()).code, 0);
    EXPECT_EQ(text_of(end_of(guest)), "exit code 7");
    EXPECT_EQ(output, std::string("typedtest\0one\0A=B\0", 18));
    EXPECT_EQ(buffered(guest, WASM_BPF_STDERR), "ror");
    EXPECT_EQ(buffered(guest), "");
    char* text = nullptr;
    std::uint64_t dropped = 0;
    EXPECT_EQ(call(wasm_bpf_guest_output, guest.get(), WASM_BPF_STDERR, &text, nullptr, &dropped).code, 0);
    wasm_bpf_free(text);
    EXPECT_EQ(dropped, 2U);
    EXPECT_EQ(call(wasm_bpf_guest_output, guest.get(), 3, &text, nullptr, nullptr).code, -EINVAL);
    guest.reset();
    EXPECT_EQ(told, 7);
    close(input);
}

TEST(CGuest, IsMeasured) {
    const Guest first = guest_of(R"((module (memory (export "memory") 2) (func (export "f"))))");
    const Guest second = guest_of(R"((module (memory (export "memory") 1) (func (export "f"))))");
    EXPECT_EQ(call(wasm_bpf_guest_start, first.get()).code, 0);
    EXPECT_EQ(call(wasm_bpf_guest_call, first.get(), "f", nullptr, 0, nullptr, 0, nullptr).code, 0);
    const wasm_bpf_guest* guests[] = {first.get(), second.get()};
    const char* names[] = {"first", "second"};
    char* text = nullptr;
    std::size_t size = 0;
    for (const wasm_bpf_metric_format format : {WASM_BPF_METRICS_PROMETHEUS, WASM_BPF_METRICS_OPENMETRICS}) {
        ASSERT_EQ(call(wasm_bpf_guest_metrics, guests, names, 2, format, &text, &size).code, 0);
        const std::string copy(text, size);
        wasm_bpf_free(text);
        EXPECT_NE(copy.find("wasm_bpf_memory_bytes{guest=\"first\"} 131072\n"), copy.npos) << copy;
        EXPECT_NE(copy.find("wasm_bpf_memory_bytes{guest=\"second\"} 0\n"), copy.npos) << copy;
        EXPECT_EQ(copy.ends_with("# EOF\n"), format == WASM_BPF_METRICS_OPENMETRICS) << copy;
    }
    EXPECT_EQ(call(wasm_bpf_guest_metrics, guests, names, 2, 2, &text, &size).code, -EINVAL);
    names[1] = nullptr;
    EXPECT_EQ(call(wasm_bpf_guest_metrics, guests, names, 2, 0, &text, &size).code, -EINVAL);
    EXPECT_EQ(call(wasm_bpf_guest_metrics, guests, names, 0, 0, &text, nullptr).code, 0);
    EXPECT_STREQ(text, "");
    wasm_bpf_free(text);
}

TEST(CGuest, HasWhatItsPolicyGrants) {
    const Policy policy = made<Policy>(wasm_bpf_policy_create);
    EXPECT_EQ(call(wasm_bpf_policy_allow, policy.get(), "environment=P=Q").code, 0);
    const Policy copy = made<Policy>(wasm_bpf_policy_copy, policy.get());
    EXPECT_EQ(call(wasm_bpf_policy_deny, policy.get(), "environment").code, 0);
    wasm_bpf_guest_options options = guest_options();
    options.output = {.kind = WASM_BPF_OUTPUT_BUFFER, .limit_bytes = 100, .write = nullptr, .context = nullptr};
    for (const auto& [given, seen] : {std::pair{&policy, std::string(4, '\0')}, {&copy, std::string("P=Q\0", 4)}}) {
        options.policy = given->get();
        const Guest guest = guest_of(echo, options);
        EXPECT_EQ(call(wasm_bpf_guest_start, guest.get()).code, 0);
        EXPECT_EQ(text_of(end_of(guest)), "exit code 7");
        EXPECT_EQ(buffered(guest).substr(9), seen);
    }
}

// Counts the calls of `call $tick`.
wasm_bpf_error* tick(void* context, wasm_bpf_caller*, const wasm_bpf_value*, wasm_bpf_value*) {
    ++*static_cast<std::atomic<std::uint64_t>*>(context);
    return nullptr;
}

bool counts_on(const std::atomic<std::uint64_t>& ticks) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (const std::uint64_t before = ticks; ticks < before + 100; std::this_thread::yield())
        if (std::chrono::steady_clock::now() > end) return false;
    return true;
}

TEST(CGuest, IsStartedPausedResumedStoppedAndStartedAgain) {
    std::atomic<std::uint64_t> ticks = 0;
    const wasm_bpf_function function{sizeof(function), "test", "tick", nullptr, tick, &ticks};
    wasm_bpf_guest_options options = guest_options();
    options.functions = &function;
    options.function_count = 1;
    const Guest owner = guest_of(R"((module (import "test" "tick" (func $tick)) (memory (export "memory") 1)
                 (func (export "_start") (loop $l (call $tick) (br $l)))))",
                                 options);
    wasm_bpf_guest* guest = owner.get();
    const auto state = [&] { return wasm_bpf_guest_state(guest); };
    EXPECT_EQ(state(), static_cast<wasm_bpf_state>(WASM_BPF_READY));
    EXPECT_EQ(call(wasm_bpf_guest_wait, guest, 0, nullptr).code, -ESRCH);
    for (int round = 0; round < 2; round++) {
        EXPECT_EQ(call(wasm_bpf_guest_start, guest).code, 0);
        EXPECT_EQ(call(wasm_bpf_guest_start, guest).code, -EBUSY);
        EXPECT_EQ(call(wasm_bpf_guest_wait, guest, 0, nullptr).code, -ETIMEDOUT);
        EXPECT_TRUE(counts_on(ticks));
        EXPECT_EQ(call(wasm_bpf_guest_pause, guest, 2).code, -EINVAL);
        EXPECT_EQ(call(wasm_bpf_guest_pause, guest, WASM_BPF_LINKS_DETACHED).code, 0);
        EXPECT_EQ(state(), static_cast<wasm_bpf_state>(WASM_BPF_PAUSED));
        const std::uint64_t before = ticks;
        EXPECT_EQ(call(wasm_bpf_guest_pause, guest, WASM_BPF_LINKS_ATTACHED).code, -EALREADY);
        EXPECT_EQ(call(wasm_bpf_guest_wait, guest, 10, nullptr).code, -ETIMEDOUT);
        EXPECT_EQ(ticks, before);
        EXPECT_EQ(call(wasm_bpf_guest_resume, guest).code, 0);
        EXPECT_EQ(call(wasm_bpf_guest_resume, guest).code, -ESRCH);
        EXPECT_TRUE(counts_on(ticks));
        if (round == 0)
            wasm_bpf_guest_stop(guest);
        else
            wasm_bpf_guest_signal(guest, SIGTERM);
        const Ending ending = end_of(owner);
        ASSERT_NE(wasm_bpf_ending_error(ending.get()), nullptr);
        EXPECT_EQ(wasm_bpf_error_kind_of(wasm_bpf_ending_error(ending.get())),
                  static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_STOPPED));
        if (round == 1) {
            EXPECT_EQ(wasm_bpf_ending_exit_code(ending.get()), 128 + SIGTERM);
        }
        EXPECT_EQ(state(), static_cast<wasm_bpf_state>(WASM_BPF_ENDED));
        EXPECT_EQ(call(wasm_bpf_guest_wait, guest, std::int64_t{1} << 62, nullptr).code, 0);
        EXPECT_EQ(call(wasm_bpf_guest_wait, guest, -1, nullptr).code, 0);
    }
}

constexpr std::string_view library = R"((module (memory (export "memory") 1)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func $deep unreachable) (func (export "trap") (call $deep)) (func (export "nothing"))))";

TEST(CGuest, IsCalled) {
    const Guest guest = guest_of(library);
    EXPECT_EQ(call(wasm_bpf_guest_start, guest.get()).code, 0);
    const wasm_bpf_value arguments[] = {i32(40), i32(2), {.type = 9, .of = {.i64 = 0}}};
    wasm_bpf_value result{};
    std::size_t count = 0;
    const auto called = [&](const char* name, std::size_t argument_count, std::size_t room) {
        return call(wasm_bpf_guest_call, guest.get(), name, arguments, argument_count, &result, room, &count);
    };
    EXPECT_EQ(called("add", 2, 1).code, 0);
    EXPECT_EQ(count, 1U);
    EXPECT_EQ(result.type, static_cast<wasm_bpf_value_type>(WASM_BPF_I32));
    EXPECT_EQ(result.of.i32, 42);
    result.of.i32 = 5;
    EXPECT_EQ(called("add", 2, 0).code, 0);
    EXPECT_EQ(count, 1U);
    EXPECT_EQ(result.of.i32, 5) << "there was no room for it";
    EXPECT_EQ(called("nothing", 0, 1).code, 0);
    EXPECT_EQ(count, 0U);
    EXPECT_EQ(call(wasm_bpf_guest_call, guest.get(), "nothing", nullptr, 0, nullptr, 0, nullptr).code, 0);
    EXPECT_EQ(called("missing", 0, 1).code, -ENOENT);
    EXPECT_EQ(called("add", 1, 1).code, -EINVAL);
    EXPECT_EQ(called("add", 3, 1).message, "no type of value: 9");
    EXPECT_EQ(called("trap", 0, 1).kind, static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_TRAP));
    const Ending ending = end_of(guest);
    ASSERT_EQ(wasm_bpf_ending_stack_size(ending.get()), 2U);
    EXPECT_STREQ(wasm_bpf_ending_stack_name(ending.get(), 0), "deep");
    EXPECT_EQ(wasm_bpf_ending_stack_name(ending.get(), 2), nullptr);
}

TEST(CGuest, IsReplaced) {
    const auto version = [](int number) {
        return module_of(fmt::format(R"((module (memory (export "memory") 1)
            (func (export "_initialize") (if (i32.eqz (i32.const {0})) (then unreachable)))
            (func (export "version") (result i32) (i32.const {0}))))",
                                     number));
    };
    const Module first = version(1), second = version(2), broken = version(0);
    const Guest guest = made<Guest>(wasm_bpf_guest_create, first.get(), nullptr);
    const auto running = [&] {
        wasm_bpf_value result{};
        EXPECT_EQ(
            call(wasm_bpf_guest_call, guest.get(), "version", nullptr, std::size_t{0}, &result, std::size_t{1}, nullptr)
                .code,
            0);
        return result.of.i32;
    };
    EXPECT_EQ(call(wasm_bpf_guest_replace, guest.get(), second.get(), nullptr, 0).code, -ESRCH);
    EXPECT_EQ(call(wasm_bpf_guest_start, guest.get()).code, 0);
    EXPECT_EQ(running(), 1);
    EXPECT_NE(call(wasm_bpf_guest_replace, guest.get(), broken.get(), nullptr, 0).code, 0);
    EXPECT_EQ(running(), 1);
    const wasm_bpf_guest_options options = guest_options();
    EXPECT_EQ(call(wasm_bpf_guest_replace, guest.get(), second.get(), &options, std::int64_t{1} << 62).code, 0);
    EXPECT_EQ(running(), 2);
    const Module current = made<Module>(wasm_bpf_guest_module, guest.get());
    EXPECT_STREQ(wasm_bpf_module_name(current.get()), "test");
}

// What the host functions below were asked and saw.
struct Seen {
    std::vector<wasm_bpf_value> arguments;
    std::string text;
    std::vector<int> codes;
};

wasm_bpf_error* mix(void* context, wasm_bpf_caller*, const wasm_bpf_value* arguments, wasm_bpf_value* results) {
    static_cast<Seen*>(context)->arguments.assign(arguments, arguments + 4);
    results[0].of.f64 =
        arguments[0].of.i32 + static_cast<double>(arguments[1].of.i64) + arguments[2].of.f32 + arguments[3].of.f64;
    return nullptr;
}

wasm_bpf_error* read_and_write(void* context, wasm_bpf_caller* caller, const wasm_bpf_value* arguments,
                               wasm_bpf_value*) {
    auto& seen = *static_cast<Seen*>(context);
    const auto offset = static_cast<std::uint32_t>(arguments[0].of.i32);
    const std::uint64_t size = static_cast<std::uint32_t>(arguments[1].of.i32);
    void* memory = nullptr;
    seen.codes = {call(wasm_bpf_caller_memory, caller, offset, size, &memory).code};
    if (seen.codes[0] == 0) seen.text.assign(static_cast<const char*>(memory), size);
    std::string copy(5, ' ');
    seen.codes.push_back(call(wasm_bpf_caller_read, caller, offset, copy.data(), copy.size()).code);
    if (seen.codes[1] == 0) seen.text += copy;
    seen.codes.push_back(call(wasm_bpf_caller_write, caller, offset, "HELLO", std::uint64_t{5}).code);
    seen.codes.push_back(call(wasm_bpf_caller_read, caller, offset, nullptr, std::uint64_t{5}).code);
    seen.codes.push_back(fcntl(wasm_bpf_caller_interrupt_fd(caller), F_GETFD) >= 0 ? 0 : -errno);
    return nullptr;
}

wasm_bpf_error* call_back(void*, wasm_bpf_caller* caller, const wasm_bpf_value* arguments, wasm_bpf_value* results) {
    wasm_bpf_error* error = nullptr;
    wasm_bpf_caller_call(caller, "increment", arguments, 1, results, 1, nullptr, &error);
    return error;
}

wasm_bpf_error* refuse(void*, wasm_bpf_caller*, const wasm_bpf_value*, wasm_bpf_value*) {
    return wasm_bpf_error_create(EPERM, WASM_BPF_ERROR_DENIED, "not for you");
}

wasm_bpf_error* mistyped(void*, wasm_bpf_caller*, const wasm_bpf_value*, wasm_bpf_value* results) {
    results[0].type = WASM_BPF_F64;
    return nullptr;
}

constexpr std::string_view importing = R"((module
    (import "own" "mix" (func $mix (param i32 i64 f32 f64) (result f64)))
    (import "own" "read" (func $read (param i32 i32)))
    (import "own" "back" (func $back (param i32) (result i32)))
    (import "own" "refuse" (func $refuse))
    (import "own" "mistyped" (func $mistyped (result i32)))
    (memory (export "memory") 1) (data (i32.const 100) "hello")
    (func (export "mix") (param i32 i64 f32 f64) (result f64)
        (call $mix (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (func (export "read") (param i32 i32) (call $read (local.get 0) (local.get 1)))
    (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "increment") (param i32) (result i32)
        (if (i32.lt_s (local.get 0) (i32.const 0)) (then unreachable)) (i32.add (local.get 0) (i32.const 1)))
    (func (export "back") (param i32) (result i32) (call $back (local.get 0)))
    (func (export "refuse") (call $refuse)) (func (export "mistyped") (drop (call $mistyped)))))";

class CHostFunction : public testing::Test {
protected:
    CHostFunction() {
        const std::vector<wasm_bpf_function> functions{
            {sizeof(wasm_bpf_function), "own", "mix", " i32 i64  f32 f64 -> f64 ", mix, &seen_},
            {sizeof(wasm_bpf_function), "own", "read", "i32 i32", read_and_write, &seen_},
            {sizeof(wasm_bpf_function), "own", "back", "i32 -> i32", call_back, nullptr},
            {sizeof(wasm_bpf_function), "own", "refuse", "", refuse, nullptr},
            {sizeof(wasm_bpf_function), "own", "mistyped", "-> i32", mistyped, nullptr}};
        wasm_bpf_guest_options options = guest_options();
        options.functions = functions.data();
        options.function_count = functions.size();
        guest_ = guest_of(importing, options);
        EXPECT_EQ(call(wasm_bpf_guest_start, guest_.get()).code, 0);
    }
    Outcome called(const char* name, const std::vector<wasm_bpf_value>& arguments, wasm_bpf_value* result = nullptr) {
        return call(wasm_bpf_guest_call, guest_.get(), name, arguments.data(), arguments.size(), result, std::size_t{1},
                    nullptr);
    }

    Seen seen_;
    Guest guest_;
};

TEST_F(CHostFunction, TakesAndGivesEveryType) {
    wasm_bpf_value result{};
    const std::vector<wasm_bpf_value> arguments{i32(1),
                                                {.type = WASM_BPF_I64, .of = {.i64 = std::int64_t{1} << 40}},
                                                {.type = WASM_BPF_F32, .of = {.f32 = 0.5F}},
                                                {.type = WASM_BPF_F64, .of = {.f64 = 0.25}}};
    EXPECT_EQ(called("mix", arguments, &result).code, 0);
    ASSERT_EQ(seen_.arguments.size(), 4U);
    for (std::size_t i = 0; i < 4; i++) EXPECT_EQ(seen_.arguments[i].type, i);
    EXPECT_EQ(result.type, static_cast<wasm_bpf_value_type>(WASM_BPF_F64));
    EXPECT_EQ(result.of.f64, 1.75 + static_cast<double>(std::int64_t{1} << 40));
}

TEST_F(CHostFunction, SeesTheGuestsMemoryWithinItsBounds) {
    EXPECT_EQ(called("read", {i32(100), i32(5)}).code, 0);
    EXPECT_EQ(seen_.text, "hellohello");
    EXPECT_EQ(seen_.codes, (std::vector{0, 0, 0, -EINVAL, 0}));
    wasm_bpf_value letter{};
    EXPECT_EQ(called("peek", {i32(104)}, &letter).code, 0);
    EXPECT_EQ(letter.of.i32, 'O');
    EXPECT_EQ(called("read", {i32(65532), i32(5)}).code, 0);
    EXPECT_EQ(seen_.codes, (std::vector{-EFAULT, -EFAULT, -EFAULT, -EINVAL, 0}));
}

TEST_F(CHostFunction, CallsTheGuestBack) {
    wasm_bpf_value result{};
    EXPECT_EQ(called("back", {i32(41)}, &result).code, 0);
    EXPECT_EQ(result.of.i32, 42);
    EXPECT_EQ(called("back", {i32(-1)}).kind, static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_TRAP));
    EXPECT_EQ(wasm_bpf_error_kind_of(wasm_bpf_ending_error(end_of(guest_).get())),
              static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_TRAP));
}

TEST_F(CHostFunction, EndsTheGuestByAnError) {
    EXPECT_EQ(called("refuse", {}).kind, static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_DENIED));
    const Ending ending = end_of(guest_);
    EXPECT_EQ(text_of(ending), "own.refuse: not for you");
    EXPECT_EQ(wasm_bpf_error_code(wasm_bpf_ending_error(ending.get())), EPERM);
    EXPECT_EQ(wasm_bpf_error_kind_of(wasm_bpf_ending_error(ending.get())),
              static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_DENIED));
}

TEST_F(CHostFunction, GivesWhatItDeclares) {
    EXPECT_EQ(called("mistyped", {}).kind, static_cast<wasm_bpf_error_kind>(WASM_BPF_ERROR_STOPPED));
    EXPECT_EQ(text_of(end_of(guest_)), "own.mistyped gave a result of another type than it declares: f64");
}

}  // namespace
}  // namespace wasm_bpf::test::c
