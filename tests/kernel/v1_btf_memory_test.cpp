// What the command remembers of the kernel's types from one start to the next.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "engine/folder.hpp"
#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

struct BtfMemory : testing::Test {
    BtfMemory() { expected = run({"--no-cache"}); }

    // What the guest prints.
    std::string run(std::vector<std::string> options = {}) {
        Command guest(v1_guest("core_types", {}, std::move(options)), {{"WASM_BPF_CACHE", cache}});
        EXPECT_EQ(guest.wait(), 0) << guest.error();
        EXPECT_EQ(guest.error(), "");
        return guest.output();
    }
    // About types; what the kernel has, is one more.
    [[nodiscard]] std::vector<fs::path> entries() const {
        if (!fs::exists(cache / "kernel-types")) return {};
        std::vector<fs::path> found{fs::directory_iterator(cache / "kernel-types"), fs::directory_iterator()};
        std::erase_if(found, [](const fs::path& path) {
            return content(path).find("wasm-bpf kernel features") != std::string::npos;
        });
        return found;
    }
    // How often the guest's host asks the kernel for one kind of thing, as strace sees it.
    [[nodiscard]] std::size_t calls(const std::string& call) {
        const std::string trace = folder.path() / "trace";
        std::vector<std::string> line{"strace", "-f", "-o", trace, "-e", "trace=bpf"};
        std::ranges::copy(v1_guest("core_types"), std::back_inserter(line));
        Command guest(std::move(line), {{"WASM_BPF_CACHE", cache}});
        EXPECT_EQ(guest.wait(), 0) << guest.error();
        EXPECT_EQ(guest.output(), expected);
        const std::string text = content(trace);
        std::size_t count = 0;
        for (std::size_t at = text.find(call); at != text.npos; at = text.find(call, at + 1)) count++;
        return count;
    }
    [[nodiscard]] static std::string content(const fs::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator(file), {}};
    }
    [[nodiscard]] static ino_t inode(const fs::path& path) {
        struct stat status{};
        EXPECT_EQ(stat(path.c_str(), &status), 0);
        return status.st_ino;
    }

    const Folder folder;
    const fs::path cache = folder.path() / "cache";
    std::string expected;
};

TEST_F(BtfMemory, SecondStartUsesWhatTheFirstKept) {
    EXPECT_TRUE(expected.starts_with("tgid at ")) << expected;
    EXPECT_TRUE(entries().empty()) << "--no-cache keeps nothing";
    EXPECT_EQ(run(), expected);
    ASSERT_EQ(entries().size(), 1U);
    const auto first = inode(entries()[0]);
    EXPECT_EQ(run(), expected);
    ASSERT_EQ(entries().size(), 1U);
    EXPECT_EQ(inode(entries()[0]), first) << "it was made anew";
    EXPECT_EQ(run({"--no-cache"}), expected);
}

// libbpf loads a small BTF or program for each feature that it tries out.
TEST_F(BtfMemory, SecondStartTriesNoFeatureOutAgain) {
    EXPECT_GT(calls("BPF_BTF_LOAD"), 5U);
    EXPECT_EQ(calls("BPF_BTF_LOAD"), 1U) << "the object's own";
}

TEST_F(BtfMemory, ReplacesAnEntryThatIsNotSound) {
    run();
    const fs::path entry = entries().at(0);
    const std::string sound = content(entry);
    const auto write = [&](const std::string& text) {
        std::ofstream(entry, std::ios::binary | std::ios::trunc) << text;
    };
    auto changed = sound;
    changed[changed.size() - 30] ^= 1;
    auto other_kernel = sound;
    other_kernel[sound.find("wasm-bpf kernel types") + 60] ^= 1;
    const std::vector<std::function<void()>> spoil{
        [&] { write(""); },
        [&] { write(sound.substr(0, sound.size() / 2)); },
        [&] { write(sound.substr(0, sound.size() - 1)); },
        [&] { write(changed); },
        [&] { write(other_kernel); },
        [&] { ASSERT_EQ(chown(entry.c_str(), 1, 1), 0); },
        [&] { fs::permissions(entry, fs::perms::others_write, fs::perm_options::add); },
        [&] { fs::rename(entry, folder.path() / "else"), fs::create_symlink(folder.path() / "else", entry); },
    };
    for (std::size_t i = 0; i < spoil.size(); i++) {
        SCOPED_TRACE(i);
        spoil[i]();
        EXPECT_EQ(run(), expected);
        ASSERT_EQ(entries().size(), 1U);
        EXPECT_EQ(content(entry), sound);
        struct stat status{};
        ASSERT_EQ(lstat(entry.c_str(), &status), 0);
        EXPECT_TRUE(S_ISREG(status.st_mode) && status.st_uid == 0 && (status.st_mode & 0777) == 0600);
    }
}

TEST_F(BtfMemory, FolderOfOthersIsNotUsed) {
    fs::create_directories(cache / "kernel-types");
    fs::create_directory(cache / "modules");
    fs::permissions(cache / "modules", fs::perms::owner_all);
    ASSERT_EQ(chown((cache / "kernel-types").c_str(), 1, 1), 0);
    Command guest(v1_guest("core_types"), {{"WASM_BPF_CACHE", cache}});
    EXPECT_EQ(guest.wait(), 0);
    EXPECT_EQ(guest.output(), expected);
    EXPECT_NE(guest.error().find("not using the cache"), std::string::npos) << guest.error();
    EXPECT_TRUE(entries().empty());
}

TEST_F(BtfMemory, CacheThatCannotBeWrittenIsNoError) {
    fs::create_directories(cache / "kernel-types");
    fs::create_directory(cache / "modules");
    // The command has given CAP_DAC_OVERRIDE up by then.
    for (const char* name : {"kernel-types", "modules"})
        fs::permissions(cache / name, fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_EQ(run(), expected);
    EXPECT_TRUE(entries().empty());
    fs::permissions(cache / "kernel-types", fs::perms::owner_all);
    EXPECT_EQ(run(), expected);
    fs::permissions(cache / "kernel-types", fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_EQ(run(), expected) << "read alone";
    EXPECT_EQ(entries().size(), 1U);
}

TEST_F(BtfMemory, StartsAtOnceDoNotDisturbOneAnother) {
    std::deque<Command> guests;
    for (int i = 0; i < 6; i++)
        guests.emplace_back(v1_guest("core_types"), std::map<std::string, std::string>{{"WASM_BPF_CACHE", cache}});
    for (Command& guest : guests) {
        EXPECT_EQ(guest.wait(), 0) << guest.error();
        EXPECT_EQ(guest.output(), expected);
    }
    EXPECT_EQ(entries().size(), 1U);
    EXPECT_EQ(run(), expected);
}

// A BTF file of the user's stays what is asked, whatever is remembered of the kernel's own.
TEST_F(BtfMemory, BtfFileIsAskedItself) {
    run();
    EXPECT_EQ(run({"--btf", "/sys/kernel/btf/vmlinux"}), expected);
    const std::string empty = folder.write("empty.btf", std::string_view("\x9f\xeb\x01\x00\x18\x00\x00\x00"
                                                                         "\x00\x00\x00\x00\x00\x00\x00\x00"
                                                                         "\x00\x00\x00\x00\x01\x00\x00\x00\x00",
                                                                         25));
    Command guest(v1_guest("core_types", {}, {"--btf", empty}), {{"WASM_BPF_CACHE", cache}});
    EXPECT_NE(guest.wait(), 0) << "it knows no task_struct";
}

TEST_F(BtfMemory, GenWritesATrimmedFile) {
    const std::string file = folder.path() / "min.btf";
    Command gen(wasm_bpf({"gen", "min-btf", std::string(TEST_GUEST_DIR) + "/../bpf/core_kinds.bpf.o", "-o", file}));
    ASSERT_EQ(gen.wait(), 0) << gen.error();
    EXPECT_GT(fs::file_size(file), 100U);
    EXPECT_LT(fs::file_size(file), 10000U);
    Command none(wasm_bpf({"gen", "min-btf", "/dev/null", "-o", file}));
    EXPECT_NE(none.wait(), 0);
    EXPECT_NE(none.error().find("/dev/null"), std::string::npos) << none.error();
}

}  // namespace
}  // namespace wasm_bpf::test
