// What a guest sees through WASI: only what it was given.

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bpf/fd.hpp"
#include "engine/guest.hpp"

namespace wasm_bpf::test {
namespace {

constexpr std::int32_t badf = 8, fault = 21, inval = 28, notsup = 58;

// Every guest here exits with the result of its function `$main`. Buffers: iovec at 0, path at 64, numbers at 512, data
// at 1024.
std::string guest_of(std::string_view path, std::string_view main) {
    return fmt::format(R"((module
        (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
        (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "environ_get" (func $environ (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_open" (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "path_unlink_file" (func $unlink (param i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
        (import "wasi_snapshot_preview1" "fd_renumber" (func $renumber (param i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\00\04\00\00\05\00\00\00") (data (i32.const 64) "{0}") (data (i32.const 1024) "hello")
        ;; oflags, rights: the new fd in 512
        (func $open (param i32 i64) (result i32)
            (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const {1}) (local.get 0) (local.get 1) (i64.const 0)
                             (i32.const 0) (i32.const 512)))
        (func $check (param i32) (if (local.get 0) (then (call $exit (local.get 0)))))
        {2}
        (func (export "_start") (call $exit (call $main)))))",
                       data_text(path), path.size(), main);
}

constexpr std::string_view open_for_reading = "(func $main (result i32) (call $open (i32.const 0) (i64.const 2)))";
constexpr std::string_view open_for_writing = "(func $main (result i32) (call $open (i32.const 9) (i64.const 64)))";

runtime::GuestOptions with_directory(const Folder& folder,
                                     engine::Directory::Access access = engine::Directory::Access::read_write) {
    runtime::GuestOptions options = guest_options();
    options.wasi.directories = {{folder.path(), "/data", access}};
    return options;
}

int exit_code(std::string_view text, runtime::GuestOptions options = guest_options()) {
    const auto ending = run(text, std::move(options));
    EXPECT_FALSE(ending.error) << ending.error->message;
    return ending.exit_code;
}

TEST(Wasi, PassesArguments) {
    runtime::GuestOptions options = guest_options();
    options.wasi.arguments = {"tool", "--help", "", "ä"};
    EXPECT_EQ(exit_code(guest_of("", R"((func $main (result i32)
        (call $check (call $args_sizes (i32.const 512) (i32.const 516)))
        (call $check (call $args (i32.const 2048) (i32.const 3072)))
        (if (i32.ne (i32.load8_u (i32.load (i32.const 2052))) (i32.const 45)) (then (return (i32.const 200))))
        (i32.add (i32.mul (i32.load (i32.const 512)) (i32.const 16)) (i32.load (i32.const 516)))))"),
                        std::move(options)),
              4 * 16 + 16);
}

TEST(Wasi, PassesOnlyTheEnvironmentThatIsGiven) {
    constexpr std::string_view count = R"((func $main (result i32)
        (call $check (call $environ_sizes (i32.const 512) (i32.const 516)))
        (i32.add (i32.mul (i32.load (i32.const 512)) (i32.const 16)) (i32.load (i32.const 516)))))";
    EXPECT_EQ(exit_code(guest_of("", count)), 0);
    runtime::GuestOptions options = guest_options();
    options.wasi.environment = {{"A", "b"}, {"EMPTY", ""}};
    EXPECT_EQ(exit_code(guest_of("", count), std::move(options)), 2 * 16 + 11);
}

TEST(Wasi, ClocksGoAndRandomIsRandom) {
    EXPECT_EQ(exit_code(guest_of("", R"((func $main (result i32)
        (call $check (call $clock (i32.const 0) (i64.const 0) (i32.const 512)))
        (if (i64.lt_u (i64.load (i32.const 512)) (i64.const 1600000000000000000)) (then (return (i32.const 201))))
        (call $check (call $clock (i32.const 1) (i64.const 0) (i32.const 512)))
        (loop $again
            (call $check (call $clock (i32.const 1) (i64.const 0) (i32.const 520)))
            (br_if $again (i64.eq (i64.load (i32.const 512)) (i64.load (i32.const 520)))))
        (if (i64.lt_u (i64.load (i32.const 520)) (i64.load (i32.const 512))) (then (return (i32.const 202))))
        (call $check (call $random (i32.const 512) (i32.const 16)))
        (i64.eq (i64.load (i32.const 512)) (i64.load (i32.const 520)))))")),
              0);
}

TEST(WasiDirectory, NoneIsThereUnasked) {
    EXPECT_EQ(exit_code(guest_of("", "(func $main (result i32) (call $prestat (i32.const 3) (i32.const 512)))")), badf);
}

TEST(WasiDirectory, FilesAreReadAndWritten) {
    const Folder folder;
    folder.write("in", "12345678");
    EXPECT_EQ(exit_code(guest_of("in", R"((func $main (result i32)
        (call $check (call $open (i32.const 0) (i64.const 2)))
        (call $check (call $read (i32.load (i32.const 512)) (i32.const 0) (i32.const 1) (i32.const 516)))
        (i32.add (i32.mul (i32.load (i32.const 516)) (i32.const 10)) (i32.sub (i32.load8_u (i32.const 1028)) (i32.const 48)))))"),
                        with_directory(folder, engine::Directory::Access::read_only)),
              55);
    EXPECT_EQ(exit_code(guest_of("out", R"((func $main (result i32)
        (call $check (call $open (i32.const 9) (i64.const 64)))
        (call $write (i32.load (i32.const 512)) (i32.const 0) (i32.const 1) (i32.const 516))))"),
                        with_directory(folder)),
              0);
    EXPECT_EQ(folder.read("out"), "hello");
}

TEST(WasiDirectory, ReadOnlyRefusesEveryChange) {
    const Folder folder;
    folder.write("file", "kept");
    const auto only_read = [&] { return with_directory(folder, engine::Directory::Access::read_only); };
    EXPECT_NE(exit_code(guest_of("new", open_for_writing), only_read()), 0);
    EXPECT_NE(exit_code(guest_of("file", open_for_writing), only_read()), 0);
    EXPECT_NE(exit_code(guest_of("file",
                                 "(func $main (result i32) (call $unlink (i32.const 3) (i32.const 64) (i32.const 4)))"),
                        only_read()),
              0);
    EXPECT_EQ(folder.read("file"), "kept");
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "new"));
}

TEST(WasiDirectory, HasNoWayOut) {
    const Folder outside;
    outside.write("secret", "s");
    const Folder folder;
    std::filesystem::create_directory(folder.path() / "inner");
    std::filesystem::create_symlink(outside.path() / "secret", folder.path() / "absolute");
    std::filesystem::create_symlink("../" + outside.path().filename().string() + "/secret", folder.path() / "relative");
    std::filesystem::create_symlink("..", folder.path() / "up");
    const std::string secret = outside.path().filename().string() + "/secret";
    for (const std::string& path : {"../" + secret, "inner/../../" + secret, "up/" + secret, std::string("absolute"),
                                    std::string("relative"), (outside.path() / "secret").string()}) {
        EXPECT_NE(exit_code(guest_of(path, open_for_reading), with_directory(folder)), 0) << path;
        EXPECT_NE(exit_code(guest_of(path, open_for_writing), with_directory(folder)), 0) << path;
    }
    EXPECT_EQ(outside.read("secret"), "s");
}

TEST(WasiDirectory, ThatIsMissingIsNamed) {
    runtime::GuestOptions options = guest_options();
    options.wasi.directories = {{"/nonexistent/folder", "/", engine::Directory::Access::read_only}};
    const auto ending = run(guest_of("", "(func $main (result i32) (i32.const 0))"), std::move(options));
    ASSERT_TRUE(ending.error);
    EXPECT_NE(ending.error->message.find("/nonexistent/folder"), std::string::npos) << ending.error->message;
}

TEST(WasiOutput, WildVectorsAreRefused) {
    const auto write_result = [](std::uint32_t vectors, std::uint32_t count, std::uint32_t written, std::uint32_t start,
                                 std::uint32_t size) {
        return exit_code(guest_of("", fmt::format(R"((func $main (result i32)
            (i32.store (i32.const 0) (i32.const {})) (i32.store (i32.const 4) (i32.const {}))
            (call $write (i32.const 1) (i32.const {}) (i32.const {}) (i32.const {}))))",
                                                  start, size, vectors, count, written)));
    };
    EXPECT_EQ(write_result(0, 1, 512, 65536, 1), fault);
    EXPECT_EQ(write_result(0, 1, 512, 65535, 2), fault);
    EXPECT_EQ(write_result(0, 1, 512, 0xffffffff, 0xffffffff), fault);
    EXPECT_EQ(write_result(65532, 1, 512, 0, 0), fault);
    EXPECT_EQ(write_result(0xfffffff8, 1, 512, 0, 0), fault);
    EXPECT_EQ(write_result(32768, 0xffffffff, 65533, 0, 0), fault);
    EXPECT_EQ(write_result(0, 1, 0xffffffff, 0, 0), fault);
    EXPECT_EQ(write_result(0, 1, 512, 65536, 0), 0) << "nothing, at the end";
}

// Standard output of this process as a file.
class Output {
public:
    explicit Output(const std::filesystem::path& path) : saved_(dup(1)) {
        const bpf::Fd file(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        dup2(file.get(), 1);
    }
    ~Output() { dup2(saved_.get(), 1); }

private:
    bpf::Fd saved_;
};

TEST(WasiOutput, ClosedAndOpenedAnewIsTheFile) {
    const Folder folder;
    {
        const Output output(folder.path() / "host_output");
        EXPECT_EQ(exit_code(guest_of("file", R"((func $main (result i32)
            (call $check (call $close (i32.const 1)))
            (if (i32.ne (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 516)) (i32.const 8))
                (then (return (i32.const 200))))
            (call $check (call $open (i32.const 9) (i64.const 64)))
            (if (i32.ne (i32.load (i32.const 512)) (i32.const 1)) (then (return (i32.const 201))))
            (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 516))))"),
                            with_directory(folder)),
                  0);
    }
    EXPECT_EQ(folder.read("host_output"), "");
    EXPECT_EQ(folder.read("file"), "hello");
}

TEST(WasiOutput, RenumberedIsTheFile) {
    const Folder folder;
    {
        const Output output(folder.path() / "host_output");
        EXPECT_EQ(exit_code(guest_of("file", R"((func $main (result i32)
            (call $check (call $open (i32.const 9) (i64.const 64)))
            (call $check (call $renumber (i32.load (i32.const 512)) (i32.const 1)))
            (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 516))))"),
                            with_directory(folder)),
                  0);
    }
    EXPECT_EQ(folder.read("host_output"), "");
    EXPECT_EQ(folder.read("file"), "hello");
}

// The engine's own reads and writes hear of no stop and no signal.
TEST(WasiOutput, KeepsItsNumber) {
    for (const int fd : {0, 1, 2})
        EXPECT_EQ(
            exit_code(guest_of("", fmt::format("(func $main (result i32) (call $renumber (i32.const {}) (i32.const "
                                               "{})))",
                                               fd, (fd + 1) % 3))),
            notsup);
}

TEST(WasiOutput, ReachesStandardOutputAtOnce) {
    const Folder folder;
    {
        const Output output(folder.path() / "host_output");
        EXPECT_EQ(
            exit_code(guest_of(
                "",
                "(func $main (result i32) (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 516)))")),
            0);
    }
    EXPECT_EQ(folder.read("host_output"), "hello");
}

// Subscriptions at 2048, 48 bytes each; the guest exits with the number of events, the first event's user data is at
// 4096.
std::string clock_subscription(int index, std::uint32_t clock, std::uint64_t ns) {
    return fmt::format(
        "(i64.store (i32.const {}) (i64.const {})) (i32.store (i32.const {}) (i32.const {})) "
        "(i64.store (i32.const {}) (i64.const {}))",
        2048 + index * 48, index + 1, 2048 + index * 48 + 16, clock, 2048 + index * 48 + 24, ns);
}
std::string poll_of(int count) {
    return fmt::format("(call $check (call $poll (i32.const 2048) (i32.const 4096) (i32.const {}) (i32.const 512)))",
                       count);
}

TEST(WasiPoll, SleepTakesTheAskedTime) {
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(exit_code(guest_of("", fmt::format("(func $main (result i32) {} {} (i32.load (i32.const 512)))",
                                                 clock_subscription(0, 1, 30'000'000), poll_of(1)))),
              1);
    EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(30));
}

TEST(WasiPoll, OnlyClocksThatAreOverAreReported) {
    EXPECT_EQ(exit_code(guest_of("", fmt::format(R"((func $main (result i32) {} {} {}
        (if (i64.ne (i64.load (i32.const 4096)) (i64.const 2)) (then (return (i32.const 200))))
        (i32.load (i32.const 512))))",
                                                 clock_subscription(0, 1, 3'600'000'000'000),
                                                 clock_subscription(1, 1, 1'000'000), poll_of(2)))),
              1);
}

TEST(WasiPoll, AbsoluteTimeInThePastEndsAtOnce) {
    EXPECT_EQ(exit_code(guest_of(
                  "", fmt::format(R"((func $main (result i32) {} (i32.store16 (i32.const 2088) (i32.const 1)) {}
        (i32.load (i32.const 512))))",
                                  clock_subscription(0, 0, 1), poll_of(1)))),
              1);
}

// A guest compares it with bpf_ktime_get_ns().
TEST(Wasi, MonotonicClockIsTheKernels) {
    const auto monotonic_ns = [] { return std::chrono::steady_clock::now().time_since_epoch().count(); };
    const auto before = monotonic_ns();
    EXPECT_EQ(exit_code(guest_of("", fmt::format(R"((func $main (result i32)
        (call $check (call $clock (i32.const 1) (i64.const 0) (i32.const 512)))
        (i32.or (i64.lt_u (i64.load (i32.const 512)) (i64.const {0}))
            (i64.gt_u (i64.load (i32.const 512)) (i64.const {1})))))",
                                                 before, before + 60'000'000'000))),
              0);
}

TEST(Wasi, ClocksThatAreNotThereAndWildPointersAreRefused) {
    const auto result = [](int clock, std::uint32_t at) {
        return exit_code(guest_of("", fmt::format("(func $main (result i32) (call $clock (i32.const {}) (i64.const 0) "
                                                  "(i32.const {})))",
                                                  clock, at)));
    };
    EXPECT_EQ(result(2, 512), 0);
    EXPECT_EQ(result(4, 512), inval);
    EXPECT_EQ(result(-1, 512), inval);
    EXPECT_EQ(result(0, 0xffffffff), fault);
    EXPECT_EQ(result(1, 65530), fault);
}

TEST(WasiPoll, AbsoluteMonotonicTimeIsOfTheClockThatIsRead) {
    const auto started = std::chrono::steady_clock::now();
    EXPECT_EQ(exit_code(guest_of("", fmt::format(R"((func $main (result i32) {}
        (call $check (call $clock (i32.const 1) (i64.const 0) (i32.const 512)))
        (i64.store (i32.const 2072) (i64.add (i64.load (i32.const 512)) (i64.const 30000000)))
        (i32.store16 (i32.const 2088) (i32.const 1)) {} (i32.load (i32.const 512))))",
                                                 clock_subscription(0, 1, 0), poll_of(1)))),
              1);
    EXPECT_GE(std::chrono::steady_clock::now() - started, std::chrono::milliseconds(30));
}

TEST(WasiPoll, OutputIsReady) {
    EXPECT_EQ(exit_code(guest_of("", fmt::format(R"((func $main (result i32)
        (i32.store8 (i32.const 2056) (i32.const 2)) (i32.store (i32.const 2064) (i32.const 1)) {}
        (i32.load (i32.const 512))))",
                                                 poll_of(1)))),
              1);
}

TEST(WasiPoll, WildPointersAreRefused) {
    const auto result = [](std::uint32_t in, std::uint32_t out, std::uint32_t count) {
        return exit_code(guest_of("", fmt::format("(func $main (result i32) {} (call $poll (i32.const {}) (i32.const "
                                                  "{}) (i32.const {}) (i32.const 512)))",
                                                  clock_subscription(0, 1, 1), in, out, count)));
    };
    EXPECT_EQ(result(65500, 4096, 1), fault);
    EXPECT_EQ(result(0xffffffff, 4096, 1), fault);
    EXPECT_EQ(result(2048, 65510, 1), fault);
    for (const std::uint32_t count : {0u, 1025u, 0x2000000u, 0xffffffffu}) EXPECT_EQ(result(2048, 4096, count), inval);
}

TEST(GuestOutput, SaysThatADiskIsFull) {
    const bpf::Fd saved(dup(1)), full(open("/dev/full", O_WRONLY | O_CLOEXEC));
    dup2(full.get(), 1);
    const auto ending = run(R"((module
        (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1) (data (i32.const 0) "\08\00\00\00\03\00\00\00abc")
        (func (export "_start") (if (i32.ne (i32.const 51) (; ENOSPC ;)
            (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))) (then unreachable)))))");
    dup2(saved.get(), 1);
    EXPECT_FALSE(ending.error) << ending.error->message;
}

}  // namespace
}  // namespace wasm_bpf::test
