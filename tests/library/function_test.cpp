// The embedder's functions for guests, and guests' functions for the embedder.

#include <fmt/format.h>

#include "library/guests.hpp"

namespace wasm_bpf::test {
namespace {

TEST(HostFunction, TakesAndGivesEveryType) {
    GuestOptions options;
    options.functions.push_back(
        host_function("own", "mix", [](GuestCall&, std::int32_t a, std::int64_t b, float c, double d) {
            return a + static_cast<double>(b) + c + d;
        }));
    options.functions.push_back(
        host_function("own", "narrow", [](GuestCall&, std::uint64_t a) -> float { return static_cast<float>(a); }));
    options.functions.push_back(
        host_function("own", "sign", [](GuestCall&, std::uint32_t a) -> Result<std::int64_t> { return a; }));
    Guest guest = guest_of(R"((module
        (import "own" "mix" (func $mix (param i32 i64 f32 f64) (result f64)))
        (import "own" "narrow" (func $narrow (param i64) (result f32)))
        (import "own" "sign" (func $sign (param i32) (result i64)))
        (memory (export "memory") 1)
        (func (export "mix") (param i32 i64 f32 f64) (result f64)
            (call $mix (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
        (func (export "narrow") (param i64) (result f32) (call $narrow (local.get 0)))
        (func (export "sign") (param i32) (result i64) (call $sign (local.get 0)))))",
                           std::move(options));
    ASSERT_TRUE(guest.start());
    const auto mixed = guest.call("mix", std::vector<Value>{1, std::int64_t{1} << 40, 0.5F, 0.25});
    ASSERT_TRUE(mixed) << mixed.error().message;
    EXPECT_EQ(mixed->at(0), Value(1.0 + static_cast<double>(std::int64_t{1} << 40) + 0.75));
    EXPECT_EQ(guest.call("narrow", std::vector<Value>{std::int64_t{3}}).value().at(0), Value(3.0F));
    EXPECT_EQ(guest.call("sign", std::vector<Value>{-1}).value().at(0), Value(std::int64_t{0xffffffff}));
}

TEST(HostFunction, SeesTheGuestsMemoryWithinItsBounds) {
    std::string said;
    std::vector<std::string> refused;
    GuestOptions options;
    options.functions.push_back(
        host_function("own", "say", [&](GuestCall& guest, std::uint32_t offset, std::uint32_t size) -> std::int32_t {
            const auto text = guest.text(offset, size);
            if (!text) {
                refused.push_back(text.error().message);
                return -text.error().errno_code;
            }
            said += *text;
            return guest.write(8, std::uint64_t{0x1122334455667788}) ? 0 : -1;
        }));
    Guest guest = guest_of(R"((module (import "own" "say" (func $say (param i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 100) "hello")
        (func (export "say") (param i32 i32) (result i32) (call $say (local.get 0) (local.get 1)))
        (func (export "written") (result i64) (i64.load (i32.const 8)))))",
                           std::move(options));
    ASSERT_TRUE(guest.start());
    EXPECT_EQ(guest.call("say", std::vector<Value>{100, 5}).value().at(0), Value(0));
    EXPECT_EQ(said, "hello");
    EXPECT_EQ(guest.call("written", {}).value().at(0), Value(std::int64_t{0x1122334455667788}));
    for (const auto& [offset, size] : {std::pair{65536, 1}, {65532, 5}, {-1, 1}, {100, -1}, {0, 65537}})
        EXPECT_EQ(guest.call("say", std::vector<Value>{offset, size}).value().at(0), Value(-EFAULT)) << offset;
    EXPECT_EQ(refused.size(), 5U);
    EXPECT_EQ(guest.call("say", std::vector<Value>{65536, 0}).value().at(0), Value(0));
}

TEST(HostFunction, EndsTheGuestByAnError) {
    GuestOptions options;
    options.functions.push_back(host_function(
        "own", "refuse", [](GuestCall&) -> Result<> { return fail(EPERM, "not for you", ErrorKind::denied); }));
    Guest guest = guest_of(R"((module (import "own" "refuse" (func $refuse)) (memory (export "memory") 1)
        (func (export "_start") (call $refuse) unreachable)))",
                           std::move(options));
    ASSERT_TRUE(guest.start());
    const Ending ending = end_of(guest);
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::denied);
    EXPECT_EQ(ending.error->message, "own.refuse: not for you");
}

TEST(HostFunction, CallsTheGuestBack) {
    GuestOptions options;
    options.functions.push_back(
        host_function("own", "twice", [](GuestCall& guest, std::int32_t number) -> Result<std::int32_t> {
            auto first = guest.call("increment", std::vector<Value>{number});
            if (!first) return std::unexpected(first.error());
            auto second = guest.call("increment", *first);
            if (!second) return std::unexpected(second.error());
            return std::get<std::int32_t>(second->at(0));
        }));
    Guest guest =
        guest_of(R"((module (import "own" "twice" (func $twice (param i32) (result i32))) (memory (export "memory") 1)
        (func (export "increment") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
        (func (export "twice") (param i32) (result i32) (call $twice (local.get 0)))))",
                 std::move(options));
    ASSERT_TRUE(guest.start());
    EXPECT_EQ(guest.call("twice", std::vector<Value>{40}).value().at(0), Value(42));
}

TEST(HostFunction, OfAnotherTypeOrNameIsRefusedBeforeAnythingRuns) {
    const auto refused = [](std::vector<HostFunction> functions) {
        auto guest = Guest::create(module_of(R"((module (import "own" "f" (func (param i32) (result i64)))))"),
                                   {.functions = std::move(functions)});
        return guest ? "" : guest.error().message;
    };
    EXPECT_NE(refused({}).find("own::f"), std::string::npos) << refused({});
    const std::string wrong = refused({host_function("own", "f", [](GuestCall&, std::int32_t) {})});
    EXPECT_NE(wrong.find("own::f"), std::string::npos) << wrong;
    const auto right = host_function("own", "f", [](GuestCall&, std::int32_t) -> std::int64_t { return 0; });
    EXPECT_EQ(refused({right}), "");
    EXPECT_EQ(refused({right, right}), "test: host function own.f: there are several of that name");
    HostFunction empty = right;
    empty.call = nullptr;
    EXPECT_EQ(refused({empty}), "test: host function own.f: it has nothing to call");
    HostFunction long_one = right;
    long_one.parameters.resize(17);
    EXPECT_EQ(refused({long_one}), "test: host function own.f: more than 16 parameters");
}

TEST(HostFunction, GivesWhatItDeclares) {
    HostFunction function{"own", "f", {}, {ValueType::i32}, {}};
    function.call = [](GuestCall&, std::span<const Value>, std::span<Value> results) -> Result<> {
        results[0] = 1.5;
        return {};
    };
    Guest guest = guest_of(R"((module (import "own" "f" (func $f (result i32))) (memory (export "memory") 1)
        (func (export "_start") (drop (call $f)))))",
                           {.functions = {function}});
    ASSERT_TRUE(guest.start());
    const Ending ending = end_of(guest);
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->message, "own.f gave a result of another type than it declares: f64");
}

constexpr std::string_view library = R"((module (memory (export "memory") 1) (global $state (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $state (i32.const 100)))
    (func (export "add") (param i32) (result i32)
        (global.set $state (i32.add (global.get $state) (local.get 0))) (global.get $state))
    (func $deep unreachable) (func (export "trap") (call $deep))
    (func (export "nothing")) (table (export "table") 1 funcref)))";

TEST(Call, ReachesALibraryAgainAndAgain) {
    Guest guest = guest_of(library);
    EXPECT_EQ(guest.call("add", std::vector<Value>{1}).error().errno_code, ESRCH);
    ASSERT_TRUE(guest.start());
    EXPECT_EQ(guest.call("add", std::vector<Value>{1}).value().at(0), Value(101));
    EXPECT_EQ(guest.call("add", std::vector<Value>{2}).value().at(0), Value(103));
    EXPECT_TRUE(guest.call("nothing", {}).value().empty());
    guest.stop();
    EXPECT_EQ(end_of(guest).error->kind, ErrorKind::stopped);
    EXPECT_EQ(guest.call("add", std::vector<Value>{1}).error().errno_code, ESRCH);
}

TEST(Call, ThatIsWrongHarmsNothing) {
    Guest guest = guest_of(library);
    ASSERT_TRUE(guest.start());
    const auto message = [&](std::string_view name, std::vector<Value> arguments) {
        auto called = guest.call(name, arguments);
        return called ? "" : called.error().message;
    };
    EXPECT_EQ(message("missing", {}), "the module exports no function \"missing\"");
    EXPECT_EQ(message("table", {}), "the module exports no function \"table\"");
    EXPECT_EQ(message("add", {}), "\"add\" takes (i32), and was given ()");
    EXPECT_EQ(message("add", {1.5}), "\"add\" takes (i32), and was given (f64)");
    EXPECT_NE(message("add", std::vector<Value>(17, Value(1))), "");
    EXPECT_EQ(guest.call("add", std::vector<Value>{1}).value().at(0), Value(101));
}

TEST(Call, ThatTrapsEndsTheGuest) {
    Guest guest = guest_of(library);
    ASSERT_TRUE(guest.start());
    const auto called = guest.call("trap", {});
    ASSERT_FALSE(called);
    EXPECT_EQ(called.error().kind, ErrorKind::trap);
    const Ending ending = end_of(guest);
    ASSERT_TRUE(ending.error);
    EXPECT_EQ(ending.error->kind, ErrorKind::trap);
    ASSERT_FALSE(ending.stack.empty());
    EXPECT_EQ(ending.stack[0], "deep");
}

TEST(Call, ReachesACommandInItsWaits) {
    Ticks ticks;
    Guest guest = guest_of(R"((module (import "test" "tick" (func $tick))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "peek") (param i32) (result i32) (i32.load (local.get 0)))
        (func (export "_start")
            (i32.store (i32.const 256) (i32.const 4242))
            (i32.store (i32.const 16) (i32.const 1)) (i64.store (i32.const 24) (i64.const 3600000000000))
            (call $tick) (drop (call $poll (i32.const 0) (i32.const 512) (i32.const 1) (i32.const 1024))) unreachable)))",
                           {.functions = {ticks.function()}});
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(ticks.wait_for_first());
    EXPECT_EQ(guest.call("peek", std::vector<Value>{256}).value().at(0), Value(4242));
    EXPECT_EQ(guest.call("peek", std::vector<Value>{65536}).error().kind, ErrorKind::trap);
    EXPECT_EQ(end_of(guest).error->kind, ErrorKind::trap);
}

TEST(Call, EndsWithItsGuest) {
    Ticks ticks;
    Guest guest = guest_of(R"((module (import "test" "tick" (func $tick)) (memory (export "memory") 1)
        (func (export "_start") (loop $l (call $tick) (br $l))) (func (export "f"))))",
                           {.functions = {ticks.function()}});
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(ticks.wait_for_first());
    std::thread stopper([&] {
        EXPECT_TRUE(ticks.wait_for_more());
        guest.stop();
    });
    EXPECT_EQ(guest.call("f", {}).error().errno_code, ESRCH) << "the guest never waits";
    stopper.join();
}

}  // namespace
}  // namespace wasm_bpf::test
