// The tests' main: a test that leaves a file descriptor open, or a window's memory mapped, fails.

#include <dirent.h>

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace {

std::set<std::string> open_fds() {
    std::set<std::string> fds;
    DIR* folder = opendir("/proc/self/fd");
    const std::string own = std::to_string(dirfd(folder));
    while (const dirent* entry = readdir(folder))
        if (entry->d_name[0] != '.' && entry->d_name != own) fds.insert(entry->d_name);
    closedir(folder);
    return fds;
}

class FdLeaks : public testing::EmptyTestEventListener {
    void OnTestStart(const testing::TestInfo&) override { before_ = open_fds(); }
    void OnTestEnd(const testing::TestInfo& info) override {
        for (const std::string& fd : open_fds())
            if (!before_.contains(fd)) ADD_FAILURE() << info.name() << " left file descriptor " << fd << " open";
    }
    std::set<std::string> before_;
};

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    testing::UnitTest::GetInstance()->listeners().Append(new FdLeaks);
    return RUN_ALL_TESTS();
}
