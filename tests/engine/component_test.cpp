// Components in the engine: how they end, what they may have, and what they are refused.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "bpf/fd.hpp"
#include "engine/guest.hpp"

namespace wasm_bpf::test {
namespace {

// Takes the place of standard output for a test.
class ReadOutput {
public:
    ReadOutput() : saved_(dup(1)) {
        int ends[2];
        if (pipe(ends) != 0) std::abort();
        reader_.reset(ends[0]);
        dup2(ends[1], 1);
        close(ends[1]);
    }
    ~ReadOutput() { dup2(saved_.get(), 1); }
    // What comes next; empty where nothing does in time.
    [[nodiscard]] std::string read_some() const {
        pollfd waits{.fd = reader_.get(), .events = POLLIN, .revents = 0};
        if (poll(&waits, 1, 20000) != 1) return {};
        std::string text(4096, 0);
        text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, ::read(reader_.get(), text.data(), text.size()))));
        return text;
    }

private:
    bpf::Fd saved_, reader_;
};

// A component whose run() does `body`; `more`: core modules and instances besides.
std::string component_of(std::string_view body, std::string_view more = "", std::string_view import = "") {
    return fmt::format(R"((component {} {}
        (core module $m (func $run (export "run") (result i32) {}))
        (core instance $i (instantiate $m))
        (func $run (result (result)) (canon lift (core func $i "run")))
        (instance $r (export "run" (func $run)))
        (export "wasi:cli/run@0.2.0" (instance $r))))",
                       import, more, body);
}

constexpr std::string_view lifecycle =
    R"((import "wasm-bpf:bpf/lifecycle@0.1.0" (instance (export "stop-requested" (func (result bool))))))";

TEST(Component, ResultIsTheExitCode) {
    for (const int code : {0, 1}) {
        const auto ending = run(component_of(fmt::format("(i32.const {})", code)));
        EXPECT_FALSE(ending.error) << ending.error->message;
        EXPECT_EQ(ending.exit_code, code);
    }
}

TEST(Component, TrapSaysWhatHappenedAndWhere) {
    const auto ending = run(component_of("(i32.div_s (i32.const 1) (i32.const 0))"));
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::trap);
    EXPECT_EQ(ending.error->message, "integer division by zero");
    EXPECT_EQ(ending.stack, std::vector<std::string>{"run"});
}

TEST(Component, EngineSaysWhatItIs) {
    const auto compiled = [](std::string_view text) { return engine().compile(wat(text)).value(); };
    ASSERT_TRUE(engine().runs_components());
    EXPECT_EQ(compiled("(module)")->kind(), engine::ModuleKind::module);
    EXPECT_EQ(compiled("(component)")->kind(), engine::ModuleKind::component);
    EXPECT_TRUE(compiled(component_of("(i32.const 0)", "", lifecycle))->imports_interface("wasm-bpf:bpf/lifecycle"));
    EXPECT_FALSE(compiled(component_of("(i32.const 0)"))->imports_interface("wasm-bpf:bpf/lifecycle"));
}

TEST(Component, CompiledOneIsTakenBackAsWhatItWas) {
    const auto text = component_of("(i32.const 1)");
    const auto compiled = engine().compile(wat(text)).value()->serialize().value();
    const auto component = engine().load_compiled(compiled, engine::ModuleKind::component);
    ASSERT_TRUE(component) << component.error().message;
    EXPECT_EQ((*component)->kind(), engine::ModuleKind::component);
    EXPECT_FALSE(engine().load_compiled(compiled, engine::ModuleKind::module));
    const auto module = engine().compile(wat("(module)")).value()->serialize().value();
    EXPECT_FALSE(engine().load_compiled(module, engine::ModuleKind::component));
}

// Two core instances with 32 pages of 64 KiB each; the second one's can grow.
constexpr std::string_view two_memories = R"(
    (core module $part (memory (export "memory") 32))
    (core instance $one (instantiate $part)) (core instance $two (instantiate $part)))";

TEST(Component, MemoryLimitIsForAllItsParts) {
    auto options = guest_options();
    options.memory_limit_bytes = 64 << 16;
    EXPECT_FALSE(run(component_of("(i32.const 0)", two_memories), std::move(options)).error);
    options = guest_options();
    options.memory_limit_bytes = 63 << 16;
    const auto ending = run(component_of("(i32.const 0)", two_memories), std::move(options));
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::bad_module);
    EXPECT_EQ(ending.error->errno_code, ENOMEM);
    EXPECT_NE(ending.error->message.find("more than it may have"), std::string::npos) << ending.error->message;
    EXPECT_EQ(ending.error->message.find('\n'), std::string::npos) << ending.error->message;
}

TEST(Component, GrowsNoFurtherThanTheLimit) {
    // 32 pages are held by the others; of 40 this one gets 8.
    const auto text = [](int pages) {
        return fmt::format(R"((component
            (core module $part (memory (export "memory") 32))
            (core instance $one (instantiate $part))
            (core module $m (memory 0)
                (func (export "run") (result i32) (i32.lt_s (memory.grow (i32.const {})) (i32.const 0))))
            (core instance $i (instantiate $m))
            (func $run (result (result)) (canon lift (core func $i "run")))
            (instance $r (export "run" (func $run)))
            (export "wasi:cli/run@0.2.0" (instance $r))))",
                           pages);
    };
    for (const int pages : {8, 9}) {
        auto options = guest_options();
        options.memory_limit_bytes = 40 << 16;
        EXPECT_EQ(run(text(pages), std::move(options)).exit_code, pages == 8 ? 0 : 1) << pages;
    }
}

TEST(Component, TooManyPartsAreRefused) {
    std::string many = "(core module $part (memory 0))";
    for (int i = 0; i < 101; i++) many += "(core instance (instantiate $part))";
    const auto ending = run(component_of("(i32.const 0)", many));
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::bad_module) << ending.error->message;
    const auto tables = run(component_of("(i32.const 0)", R"((core module $part (table 2000000 funcref))
                                                             (core instance (instantiate $part)))"));
    ASSERT_TRUE(tables.error);
    EXPECT_EQ(tables.error->kind, ErrorKind::bad_module) << tables.error->message;
}

// Says "ready" by WASI's standard output, and loops.
std::string ready_and_loop(std::string_view import) {
    return fmt::format(R"((component {}
        (import "wasi:io/error@0.2.0" (instance $errors (export "error" (type (sub resource)))))
        (alias export $errors "error" (type $error))
        (import "wasi:io/streams@0.2.0" (instance $streams
            (export "output-stream" (type $stream (sub resource)))
            (alias outer 1 $error (type $outer)) (export "error" (type $failure (eq $outer)))
            (type $kinds (variant (case "last-operation-failed" (own $failure)) (case "closed")))
            (export "stream-error" (type $stream-error (eq $kinds)))
            (export "[method]output-stream.blocking-write-and-flush" (func
                (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
        (alias export $streams "output-stream" (type $output))
        (import "wasi:cli/stdout@0.2.0" (instance $stdout
            (alias outer 1 $output (type $outer)) (export "output-stream" (type $stream (eq $outer)))
            (export "get-stdout" (func (result (own $stream))))))
        (core module $texts (memory (export "memory") 1) (data (i32.const 0) "ready"))
        (core instance $text (instantiate $texts))
        (core func $get (canon lower (func $stdout "get-stdout")))
        (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
            (memory (core memory $text "memory"))))
        (core module $m
            (import "host" "get" (func $get (result i32)))
            (import "host" "write" (func $write (param i32 i32 i32 i32)))
            (func (export "run") (result i32)
                (call $write (call $get) (i32.const 0) (i32.const 5) (i32.const 8)) (loop $l (br $l)) unreachable))
        (core instance $i (instantiate $m
            (with "host" (instance (export "get" (func $get)) (export "write" (func $write))))))
        (func $run (result (result)) (canon lift (core func $i "run")))
        (instance $r (export "run" (func $run)))
        (export "wasi:cli/run@0.2.0" (instance $r))))",
                       import);
}

TEST(Component, StopEndsALoop) {
    for (const std::string_view import : {std::string_view(), lifecycle}) {
        const auto component = engine().compile(wat(ready_and_loop(import))).value();
        auto guest = runtime::Guest::load(engine(), *component, guest_options()).value();
        const ReadOutput output;
        auto ending = std::async(std::launch::async, [&] { return guest->run(); });
        EXPECT_EQ(output.read_some(), "ready");
        guest->stop();
        ASSERT_EQ(ending.wait_for(std::chrono::seconds(20)), std::future_status::ready);
        EXPECT_EQ(ending.get().error->kind, ErrorKind::stopped);
    }
}

TEST(Component, OnlyOneThatAsksHearsOfASignal) {
    const auto signalled = [](std::string_view import, int number) {
        const auto component = engine().compile(wat(component_of("(i32.const 0)", "", import))).value();
        auto guest = runtime::Guest::load(engine(), *component, guest_options()).value();
        return guest->signal(number);
    };
    EXPECT_TRUE(signalled("", SIGINT)) << "it ends by it";
    EXPECT_FALSE(signalled(lifecycle, SIGINT));
    EXPECT_TRUE(signalled(lifecycle, SIGUSR1));
}

}  // namespace
}  // namespace wasm_bpf::test
