// What guests read, write and are given, by the public API.

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>

#include "engine/folder.hpp"
#include "library/guests.hpp"

namespace wasm_bpf::test {
namespace {

// Writes a text so many times to standard output (1) or error (2).
std::string text_guest(std::string_view text, int times, int stream = 1) {
    return fmt::format(R"((module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 64) "{}") (global $left (mut i32) (i32.const {}))
        (func (export "_start") (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const {}))
            (loop $l (drop (call $write (i32.const {}) (i32.const 0) (i32.const 1) (i32.const 32)))
                (global.set $left (i32.sub (global.get $left) (i32.const 1))) (br_if $l (global.get $left))))))",
                       text, times, text.size(), stream);
}

TEST(GuestOutput, GoesToASinkWriteByWrite) {
    std::vector<std::string> written, errors;
    Guest guest = guest_of(text_guest("abc", 3),
                           {.output = Output::to([&](std::string_view text) { written.emplace_back(text); }),
                            .error = Output::to([&](std::string_view text) { errors.emplace_back(text); })});
    ASSERT_TRUE(guest.start());
    EXPECT_FALSE(end_of(guest).error);
    EXPECT_EQ(written, (std::vector<std::string>{"abc", "abc", "abc"}));
    EXPECT_TRUE(errors.empty());
}

TEST(GuestOutput, StaysInABufferUpToItsLimit) {
    Guest guest = guest_of(text_guest("0123456789", 1000, 2), {.error = Output::buffer(25)});
    ASSERT_TRUE(guest.start());
    EXPECT_FALSE(end_of(guest).error);
    EXPECT_EQ(guest.error_output().text, "5678901234567890123456789");
    EXPECT_EQ(guest.error_output().dropped_bytes, 9975U);
    EXPECT_EQ(guest.output().text, "");
    ASSERT_TRUE(guest.start());
    EXPECT_FALSE(end_of(guest).error);
    EXPECT_EQ(guest.error_output().dropped_bytes, 9975U) << "of the last run alone";
}

TEST(GuestOutput, OfEachGuestIsItsOwn) {
    Guest first = guest_of(text_guest("first", 1), {.output = Output::buffer(100)});
    Guest second = guest_of(text_guest("second", 1), {.output = Output::buffer(100)});
    Guest silent = guest_of(text_guest("silent", 1));
    for (Guest* guest : {&first, &second, &silent}) ASSERT_TRUE(guest->start());
    for (Guest* guest : {&first, &second, &silent}) EXPECT_FALSE(end_of(*guest).error);
    EXPECT_EQ(first.output().text, "first");
    EXPECT_EQ(second.output().text, "second");
    EXPECT_EQ(silent.output().text, "");
}

TEST(GuestInput, IsAFileOrAtItsEnd) {
    // Exits with the number of bytes that it reads.
    constexpr std::string_view reading = R"((module
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))) (memory (export "memory") 1)
        (func (export "_start") (i32.store (i32.const 0) (i32.const 64)) (i32.store (i32.const 4) (i32.const 100))
            (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32)) (then unreachable))
            (call $exit (i32.load (i32.const 32))))))";
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    ASSERT_EQ(write(ends[1], "seven b", 7), 7);
    Guest guest = guest_of(reading, {.input = Input::from(ends[0])});
    ASSERT_TRUE(guest.start());
    EXPECT_EQ(end_of(guest).exit_code, 7);
    Guest without = guest_of(reading);
    ASSERT_TRUE(without.start());
    EXPECT_EQ(end_of(without).exit_code, 0);
    close(ends[0]);
    close(ends[1]);
}

// A component, which prints its arguments and $COLOUR, or a file's first line.
Module unasked() {
    return shared_runtime().compile_file(std::string(TEST_GUEST_DIR) + "/components/unasked.wasm").value();
}

TEST(GuestWorld, IsWhatItWasGiven) {
    GuestOptions options{
        .arguments = {"one", "two words"}, .environment = {{"COLOUR", "red"}}, .output = Output::buffer(1000)};
    auto guest = Guest::create(unasked(), std::move(options)).value();
    EXPECT_EQ(guest.module().name(), "unasked");
    EXPECT_TRUE(guest.module().is_component());
    ASSERT_TRUE(guest.start());
    EXPECT_FALSE(end_of(guest).error);
    EXPECT_EQ(guest.output().text, "<one><two words>red");
}

TEST(GuestWorld, HasTheDirectoriesThatItWasGiven) {
    const Folder folder;
    std::ofstream(folder.path() / "file") << "a line\n";
    const auto run = [&](std::vector<GuestDirectory> directories) {
        auto guest = Guest::create(unasked(), {.arguments = {"file", "/data/file"},
                                               .directories = std::move(directories),
                                               .output = Output::buffer(1000)})
                         .value();
        EXPECT_TRUE(guest.start());
        EXPECT_FALSE(end_of(guest).error);
        return guest.output().text;
    };
    EXPECT_EQ(run({{.host_path = folder.path(), .guest_path = "/data"}}), "a line\n");
    EXPECT_EQ(run({}), "");
    const auto missing =
        Guest::create(unasked(), {.directories = {{.host_path = folder.path() / "missing", .guest_path = "/data"}}});
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("missing: No such file"), std::string::npos) << missing.error().message;
}

std::string effective_capabilities() {
    std::ifstream status("/proc/thread-self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("CapEff:")) return line.substr(line.find_last_of('\t') + 1);
    return {};
}

TEST(GuestThread, GivesUpItsPrivilegesAlone) {
    const std::string before = effective_capabilities();
    if (before == "0000000000000000") GTEST_SKIP() << "there are none to give up";
    for (const bool drops : {true, false}) {
        std::string seen;
        GuestOptions options{.drop_privileges = drops};
        options.functions.push_back(host_function("test", "tick", [&](GuestCall&) -> Result<> {
            seen = effective_capabilities();
            return fail(EINTR, "seen", ErrorKind::stopped);
        }));
        Guest guest = guest_of(ticking, std::move(options));
        ASSERT_TRUE(guest.start());
        EXPECT_EQ(end_of(guest).error->message, "test.tick: seen");
        EXPECT_EQ(seen == before, !drops) << seen;
        EXPECT_EQ(effective_capabilities(), before);
    }
}

}  // namespace
}  // namespace wasm_bpf::test
