// The tools of examples/tools that trace the kernel, native and as guests at once.

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "child_process.hpp"
#include "tool_pair.hpp"

namespace wasm_bpf::test {
namespace {

const std::string self = std::to_string(getpid());

void call_getppid(int times) {
    for (int i = 0; i < times; i++) syscall(SYS_getppid);
}

// Of all histograms in the text.
int histogram_total(const std::string& text) {
    int total = 0;
    const std::regex slot(R"(-> +\d+ +: +(\d+))");
    for (std::sregex_iterator at(text.begin(), text.end(), slot), end; at != end; ++at) total += std::stoi((*at)[1]);
    return total;
}

void wait_until_it_sleeps(int pid) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    for (std::string stat; std::chrono::steady_clock::now() < deadline; std::this_thread::yield()) {
        std::getline(std::ifstream("/proc/" + std::to_string(pid) + "/stat"), stat);
        if (stat.find(") S ") != std::string::npos) return;
    }
    FAIL() << "process " << pid << " does not sleep";
}

long voluntary_switches(int pid) {
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    const std::string name = "voluntary_ctxt_switches:";
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(name)) return std::stol(line.substr(name.size()));
    return -1;
}

// Until it has left the CPU by itself so many times since it began.
void wait_until_it_slept(int pid, long times_in_all) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (voluntary_switches(pid) < times_in_all) {
        ASSERT_LT(std::chrono::steady_clock::now(), deadline) << "process " << pid << " does not sleep";
        std::this_thread::yield();
    }
}

TEST(Tools, ExecwatchPrintsCommandLines) {
    const std::string marker = "execwatch-" + self;
    ToolPair tools("execwatch", {"--fails", "--quote", "-n", marker});
    tools.expect_output("ARGUMENTS");
    Command({"/bin/echo", marker, "two words", "say \"so\""}).wait();
    tools.expect_output("two words");
    ChildProcess failing([&] {
        char path[] = "/no/such/program";
        char* arguments[] = {path, const_cast<char*>(marker.c_str()), nullptr};
        execv(path, arguments);
    });
    failing.go();
    failing.join();
    tools.expect_output("/no/such/program");
    tools.interrupt();
    tools.expect_same();
    tools.expect_line(R"(^echo +\d+ +)" + self + " +0 \"/bin/echo\" \"" + marker + R"(" "two words" "say \\"so\\"")");
    tools.expect_line(" -2 \"/no/such/program\" ");
}

TEST(Tools, SyscountCountsEachCall) {
    ToolPair tools("syscount", {"-p", self, "-t", "100"});
    tools.expect_output("Ctrl-C");
    call_getppid(1234);
    tools.interrupt();
    tools.expect_same("^getppid ", R"( +\d+$)");
    tools.expect_same("^SYSCALL");
    tools.expect_line(R"(^getppid +1234 +[1-9]\d*$)");
}

TEST(Tools, SyscountCountsByProcess) {
    ChildProcess child([] { call_getppid(777); });
    const std::string pid = std::to_string(child.pid());
    ToolPair tools("syscount", {"--process", "-p", pid, "1"});
    tools.expect_output("Ctrl-C");
    child.go();
    child.join();
    tools.expect_output(pid);
    tools.interrupt();
    tools.expect_same("^" + pid, R"( +\d+$)");
    tools.expect_same("^PID");
}

TEST(Tools, SyslatMeasuresEachCall) {
    ToolPair tools("syslat", {"-p", self, "-s", "getppid", "-n", "-T"});
    tools.expect_output("Ctrl-C");
    call_getppid(500);
    tools.interrupt();
    tools.expect_same("calls,", R"(\d+ nano)");
    tools.expect_same("nanoseconds : ");
    tools.expect_line("^getppid: 500 calls, 0 failed, [1-9][0-9]* nanoseconds on average$");
    tools.for_each([](const std::string& who, const std::string& output) {
        EXPECT_EQ(histogram_total(output), 500) << who << ": " << output;
    });
}

TEST(Tools, SyslatRefusesACallThatIsNone) {
    ToolPair tools("syslat", {"-s", "no_such_call"});
    tools.expect_ends(64);  // EX_USAGE, as argp_error() ends programs
    EXPECT_EQ(said(tools.native().error(), "syslat"), said(tools.guest().error(), "syslat"));
    EXPECT_NE(tools.guest().error().find("there is no system call \"no_such_call\""), std::string::npos);
}

TEST(Tools, EachExplainsItselfAsTheNativeOneDoes) {
    for (const auto& entry : std::filesystem::directory_iterator(TEST_EXAMPLES_DIR "/tools")) {
        if (!entry.is_directory()) continue;
        const std::string name = entry.path().filename();
        for (const char* option : {"--help", "--usage", "--version"}) {
            ToolPair tools(name, {option});
            tools.expect_ends(0);
            EXPECT_EQ(said(tools.native().output(), name), said(tools.guest().output(), name)) << option;
        }
    }
}

TEST(Tools, CpuprofileFindsTheBusyFunctions) {
    Command busy({"dd", "if=/dev/zero", "of=/dev/null", "bs=64k"});
    ToolPair tools("cpuprofile", {"-p", std::to_string(busy.pid()), "-F", "499", "-f", "1"});
    tools.expect_ends(0);
    tools.expect_line(R"(^dd;.*;vfs_read_\[k\].* [1-9]\d*$)");
    tools.expect_line(R"(^dd;[^;]*(dd|libc)[^;]*\+0x)");
    busy.signal(SIGKILL);
    busy.wait();
}

TEST(Tools, CpuprofilePrintsAFrameALine) {
    Command busy({"dd", "if=/dev/zero", "of=/dev/null", "bs=64k"});
    ToolPair tools("cpuprofile", {"-p", std::to_string(busy.pid()), "-F", "499", "-K", "1"});
    tools.expect_ends(0);
    tools.expect_same("^Sampling");
    tools.expect_line(R"(^dd \()" + std::to_string(busy.pid()) + R"(\): [1-9]\d* samples$)");
    tools.expect_line(R"(^    kernel vfs_read\+0x)");
    tools.expect_line(R"(^[1-9]\d* samples on [1-9]\d* stacks$)");
    busy.signal(SIGKILL);
    busy.wait();
}

TEST(Tools, OffcpuFindsWhereAThreadWaits) {
    constexpr int waits = 20;
    int fds[2];
    ASSERT_EQ(pipe2(fds, O_CLOEXEC), 0);
    const bpf::Fd reads(fds[0]), writes(fds[1]);
    ChildProcess reader([&] {
        char byte = 0;
        for (int i = 0; i < waits; i++) (void)!read(reads.get(), &byte, 1);
    });
    const std::string pid = std::to_string(reader.pid());
    ToolPair tools("offcpu", {"-p", pid});
    tools.expect_output("Ctrl-C");
    ToolPair patient("offcpu", {"-p", pid, "-m", "4000000000"});
    patient.expect_output("Ctrl-C");
    // Each wait takes longer than a microsecond: the writer sees it begin by two reads of a file.
    ToolPair impatient("offcpu", {"-p", pid, "-m", "1"});
    impatient.expect_output("Ctrl-C");
    wait_until_it_sleeps(reader.pid());
    const long before = voluntary_switches(reader.pid());
    reader.go();
    for (int i = 1; i <= waits; i++) {
        wait_until_it_slept(reader.pid(), before + i);
        ASSERT_EQ(write(writes.get(), "x", 1), 1);
    }
    reader.join();
    tools.interrupt();
    tools.expect_same("waits, ", R"(\d+ us)");
    tools.expect_same("^    kernel ");
    tools.expect_line(R"(\()" + pid + ", thread " + pid + R"(\): 20 waits, )");
    tools.expect_line("^    kernel .*pipe_read");
    patient.interrupt();
    patient.expect_no_line("waits, ");
    impatient.interrupt();
    impatient.expect_line(R"(\()" + pid + ", thread " + pid + R"(\): 20 waits, )");
}

TEST(Tools, SigwatchPrintsWhoSendsWhat) {
    ChildProcess target([] {});
    const std::string pid = std::to_string(target.pid());
    ToolPair tools("sigwatch", {"-s", "SIGUSR1", "-p", pid});
    tools.expect_output("RESULT");
    kill(target.pid(), SIGUSR1);
    tools.expect_output("SIGUSR1");
    tools.interrupt();
    tools.expect_same();
    tools.expect_line("^..:..:.. " + self + " .* SIGUSR1 +" + pid + " .* delivered$");
}

TEST(Tools, MountwatchPrintsCallsWithTheirArguments) {
    const std::string folder = std::filesystem::temp_directory_path() / ("mountwatch-" + self);
    std::filesystem::create_directory(folder);
    ChildProcess mounter([&] {
        unshare(CLONE_NEWNS);
        mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
        mount("watched", folder.c_str(), "tmpfs", MS_RDONLY | MS_NOSUID, "size=1m");
        umount(folder.c_str());
        umount2("/no/such/folder", 0);
    });
    ToolPair tools("mountwatch", {"-p", std::to_string(mounter.pid())});
    tools.expect_output("NAMESPACE");
    mounter.go();
    mounter.join();
    tools.expect_output("/no/such/folder");
    tools.interrupt();
    tools.expect_same();
    tools.expect_line(R"(mount\("none", "/", "", rec\|private, ""\): done$)");
    tools.expect_line(R"(mount\("watched", ")" + folder + R"(", "tmpfs", rdonly\|nosuid, "size=1m"\): done$)");
    tools.expect_line(R"(umount\("/no/such/folder", 0\): No such file or directory$)");
    std::filesystem::remove(folder);
}

TEST(Tools, TaskstacksPrintsWhatAProcessWaitsFor) {
    ChildProcess waiting([] {});
    wait_until_it_sleeps(waiting.pid());
    ToolPair tools("taskstacks", {"-p", std::to_string(waiting.pid())});
    tools.expect_ends(0);
    tools.expect_same();
    tools.expect_line("^    kernel .*pipe_read");
    tools.expect_line("^1 threads$");
}

// A disk of the test's own.
class LoopDevice {
public:
    LoopDevice() : file_(std::filesystem::temp_directory_path() / ("biolat-" + self)) {
        std::ofstream(file_) << std::string(1 << 20, 'x');
        Command attach({"losetup", "-f", "--show", file_});
        EXPECT_EQ(attach.wait(), 0) << attach.error();
        path_ = attach.output().substr(0, attach.output().find('\n'));
    }
    LoopDevice(const LoopDevice&) = delete;
    LoopDevice& operator=(const LoopDevice&) = delete;
    ~LoopDevice() {
        Command({"losetup", "-d", path_}).wait();
        std::filesystem::remove(file_);
    }

    void read_directly(int times) const {
        const bpf::Fd fd(open(path_.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
        alignas(4096) static char block[4096];
        for (int i = 0; i < times; i++)
            ASSERT_EQ(pread(fd.get(), block, sizeof(block), i * 4096L), 4096) << strerror(errno);
    }

    [[nodiscard]] std::string name() const { return std::filesystem::path(path_).filename(); }

private:
    std::string file_, path_;
};

TEST(Tools, BiolatMeasuresEachRequest) {
    const LoopDevice disk;
    ToolPair tools("biolat", {"-d", disk.name(), "-F", "-D"});
    tools.expect_output("Ctrl-C");
    disk.read_directly(64);
    tools.interrupt();
    tools.expect_same("^disk ");
    tools.expect_line("^disk " + disk.name() + ", read$");
    tools.for_each([](const std::string& who, const std::string& output) {
        EXPECT_EQ(histogram_total(output), 64) << who << ": " << output;
    });
}

TEST(Tools, AreSmallAndOrdinary) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(TEST_EXAMPLES_DIR "/tools")) {
        const std::string path = entry.path();
        if (path.find("/.wasm-bpf") != path.npos) continue;
        if (entry.path().extension() == ".wasm") {
            EXPECT_LE(entry.file_size(), 60 * 1024) << path;
        }
        if (entry.path().extension() != ".c" && entry.path().extension() != ".h") continue;
        std::stringstream text;
        text << std::ifstream(path).rdbuf();
        EXPECT_EQ(text.str().find("wasm"), std::string::npos) << path << " is no ordinary source";
    }
}

}  // namespace
}  // namespace wasm_bpf::test
