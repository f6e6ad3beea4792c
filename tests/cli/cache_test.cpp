// The cache of compiled modules, as the command uses it.

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"

namespace wasm_bpf::test {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_in(const fs::path& folder) {
    std::vector<fs::path> files;
    if (!fs::exists(folder)) return files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (!entry.is_directory()) files.push_back(entry.path());
    return files;
}

TEST(Cache, SecondStartUsesWhatTheFirstKept) {
    const Folder folder;
    const std::string module = write_module(folder, "(call $say)", "hello");
    const fs::path cache = folder.path() / "cache";
    EXPECT_EQ(Ran({module}, {{"WASM_BPF_CACHE", cache}}).output, "hello");
    const auto files = files_in(cache);
    ASSERT_EQ(files.size(), 1u);
    struct stat before, after;
    ASSERT_EQ(stat(files[0].c_str(), &before), 0);
    EXPECT_EQ(Ran({module}, {{"WASM_BPF_CACHE", cache}}).output, "hello");
    EXPECT_EQ(files_in(cache), files);
    ASSERT_EQ(stat(files[0].c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino) << "it was made anew";
}

TEST(Cache, BrokenEntryIsReplacedQuietly) {
    const Folder folder;
    const std::string module = write_module(folder, "(call $say)", "hello");
    const fs::path cache = folder.path() / "cache";
    Ran({module}, {{"WASM_BPF_CACHE", cache}});
    const fs::path entry = files_in(cache).at(0);
    const auto size = fs::file_size(entry);
    fs::resize_file(entry, size / 2);
    const Ran run({module}, {{"WASM_BPF_CACHE", cache}});
    EXPECT_EQ(run.output, "hello");
    EXPECT_EQ(run.error, "");
    EXPECT_EQ(fs::file_size(entry), size);
}

TEST(Cache, IsNotTouchedWithNoCache) {
    const Folder folder;
    const std::string module = write_module(folder, "(call $say)", "hello");
    EXPECT_EQ(Ran({"--no-cache", module}, {{"WASM_BPF_CACHE", folder.path() / "cache"}}).output, "hello");
    EXPECT_FALSE(fs::exists(folder.path() / "cache"));
}

TEST(Cache, ThatOthersCanWriteIsNotUsed) {
    const Folder folder;
    const std::string module = write_module(folder, "(call $say)", "hello");
    const fs::path cache = folder.path() / "cache";
    fs::create_directory(cache);
    fs::permissions(cache, fs::perms::all);
    const Ran run({module}, {{"WASM_BPF_CACHE", cache}});
    EXPECT_EQ(run.output, "hello");
    EXPECT_EQ(run.exit_code, 0);
    EXPECT_TRUE(is_line_with(run.error, {"not using the cache", cache, "WASM_BPF_CACHE"})) << run.error;
    EXPECT_TRUE(files_in(cache).empty());
}

}  // namespace
}  // namespace wasm_bpf::test
