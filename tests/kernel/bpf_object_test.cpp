// Objects, programs and maps on the running kernel.

#include <bpf/libbpf.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/version.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "bpf/fixture.hpp"
#include "bpf/kernel.hpp"

namespace wasm_bpf::bpf::test {
namespace {

using ::testing::ExitedWithCode;

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST(BpfObject, RefusesWhatIsNoObject) {
    const std::vector<std::byte> garbage(100, std::byte{42});
    const auto object = Object::open(garbage);
    ASSERT_FALSE(object);
    EXPECT_EQ(object.error().errno_code, EINVAL);
    EXPECT_TRUE(contains(object.error().message, "no BPF object")) << object.error().message;
    EXPECT_FALSE(Object::open({}));
}

TEST(BpfObject, SaysThatTheBtfFileIsMissing) {
    ObjectOptions options;
    options.btf_path = "/nonexistent.btf";
    const auto object = Object::open(read_object("core"), options);
    ASSERT_FALSE(object);
    EXPECT_EQ(object.error().errno_code, ENOENT);
    EXPECT_TRUE(contains(object.error().message, "/nonexistent.btf")) << object.error().message;
}

TEST(BpfObject, MapsSayWhereTheyAskToBePinned) {
    ObjectOptions options;
    EXPECT_EQ(open_object("pinned", options)->find_map("everybodys")->pin_path(), "/sys/fs/bpf/everybodys");
    options.pin_root = "/elsewhere";
    EXPECT_EQ(open_object("pinned", options)->find_map("everybodys")->pin_path(), "/elsewhere/everybodys");
    EXPECT_EQ(open_object("maps")->find_map("table")->pin_path(), "");
}

TEST(BpfObject, FindsMapsAndProgramsByName) {
    const auto object = open_object("maps");
    ASSERT_NE(object->find_map("table"), nullptr);
    EXPECT_EQ(object->find_map("table")->name(), "table");
    ASSERT_NE(object->find_map(".rodata"), nullptr);
    EXPECT_TRUE(object->find_map(".rodata")->is_global_data());
    EXPECT_EQ(object->find_map("nothing"), nullptr);
    ASSERT_NE(object->find_program("add_limit"), nullptr);
    EXPECT_EQ(object->find_program("add_limit")->type(), BPF_PROG_TYPE_SYSCALL);
    EXPECT_EQ(object->find_program("nothing"), nullptr);
}

TEST(BpfObject, GlobalDataStartsAsSet) {
    auto object = open_object("maps");
    const std::uint32_t limit = 30;
    Map& rodata = *object->find_map(".rodata");
    ASSERT_EQ(rodata.initial_value().size(), sizeof(limit));
    EXPECT_TRUE(rodata.set_initial_value(std::as_bytes(std::span(&limit, 1))));
    EXPECT_FALSE(rodata.set_initial_value({}));
    ASSERT_TRUE(object->load());
    EXPECT_TRUE(rodata.is_read_only());
    EXPECT_FALSE(object->find_map(".data")->is_read_only());

    TestRun run;
    ASSERT_TRUE(object->find_program("add_limit")->test_run(run));
    EXPECT_EQ(run.return_value, 35U);
    std::uint32_t key = 0, total = 0;
    EXPECT_EQ(object->find_map(".data")->lookup(&key, &total, 0), 0);
    EXPECT_EQ(total, 35U);
}

TEST(BpfObject, SettingsEndAtLoad) {
    auto object = open_object("maps");
    Map& table = *object->find_map("table");
    EXPECT_TRUE(table.set_max_entries(1));
    EXPECT_EQ(table.shape().max_entries, 1U);
    EXPECT_TRUE(object->find_map("queue")->set_autocreate(false));
    ASSERT_TRUE(object->load());
    EXPECT_EQ(object->find_map("queue")->fd(), -1);
    std::uint32_t key = 0;
    std::uint64_t value = 0;
    EXPECT_EQ(object->find_map("queue")->lookup(&key, &value, 0), -EBADF);
    for (const auto& result : {table.set_max_entries(2), table.set_value_size(4), table.set_type(1),
                               object->find_program("add_limit")->set_autoload(false)}) {
        ASSERT_FALSE(result);
        EXPECT_EQ(result.error().errno_code, EBUSY) << result.error().message;
    }
    key = 1;
    EXPECT_EQ(table.update(&key, &value, BPF_ANY), 0);
    key = 2;
    EXPECT_EQ(table.update(&key, &value, BPF_ANY), -E2BIG);
}

TEST(BpfMap, ElementOperations) {
    auto object = open_object("maps");
    Map& table = *object->find_map("table");
    std::uint32_t key = 3, next = 0;
    std::uint64_t value = 77, read = 0;
    EXPECT_EQ(table.update(&key, &value, BPF_ANY), -EBADF) << "before load";
    ASSERT_TRUE(object->load());

    EXPECT_EQ(table.lookup(&key, &read, 0), -ENOENT);
    EXPECT_EQ(table.update(&key, &value, BPF_EXIST), -ENOENT);
    EXPECT_EQ(table.update(&key, &value, BPF_NOEXIST), 0);
    EXPECT_EQ(table.update(&key, &value, BPF_NOEXIST), -EEXIST);
    EXPECT_EQ(table.lookup(&key, &read, 0), 0);
    EXPECT_EQ(read, 77U);
    EXPECT_EQ(table.lookup(&key, &read, BPF_F_LOCK), -EINVAL) << "flags reach the kernel: it has no lock";
    EXPECT_EQ(table.next_key(nullptr, &next), 0);
    EXPECT_EQ(next, 3U);
    EXPECT_EQ(table.next_key(&key, &next), -ENOENT);
    read = 0;
    EXPECT_EQ(table.lookup_and_delete(&key, &read, 0), 0);
    EXPECT_EQ(read, 77U);
    EXPECT_EQ(table.remove(&key, 0), -ENOENT);

    Map& queue = *object->find_map("queue");
    std::uint32_t item = 9;
    EXPECT_EQ(queue.update(nullptr, &item, BPF_ANY), 0);
    item = 0;
    EXPECT_EQ(queue.lookup_and_delete(nullptr, &item, 0), 0);
    EXPECT_EQ(item, 9U);
}

TEST(BpfMap, PerCpuValuesAreSizedForEveryPossibleCpu) {
    const auto object = load_object("maps");
    const Map& map = *object->find_map("per_cpu");
    const std::size_t cpus = static_cast<std::size_t>(possible_cpus());
    EXPECT_EQ(map.shape().value_size, 12U);
    ASSERT_EQ(map.shape().value_bytes, 16 * cpus);
    std::vector<std::uint32_t> values(4 * cpus + 1, 0xdeadbeef);
    for (std::size_t i = 0; i < 4 * cpus; ++i) values[i] = static_cast<std::uint32_t>(i);
    std::uint32_t key = 1;
    ASSERT_EQ(map.update(&key, values.data(), BPF_ANY), 0);
    std::ranges::fill(values, 0xdeadbeef);
    ASSERT_EQ(map.lookup(&key, values.data(), 0), 0);
    for (std::size_t cpu = 0; cpu < cpus; ++cpu) EXPECT_EQ(values[4 * cpu + 2], 4 * cpu + 2);
    EXPECT_EQ(values[4 * cpus], 0xdeadbeef) << "written past the value";
}

TEST(BpfMap, MappingIsRoundedToPages) {
    const auto object = load_object("maps");
    const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    EXPECT_EQ(object->find_map("shared")->mapping_bytes(), (16 * 1000 + page - 1) / page * page);
    EXPECT_EQ(object->find_map(".data")->mapping_bytes(), page);
    EXPECT_EQ(object->find_map("table")->mapping_bytes(), 0U);
    EXPECT_EQ(object->find_map("per_cpu")->mapping_bytes(), 0U);
}

TEST(BpfProgram, HelpersIncludeThoseOfSubprograms) {
    const auto object = open_object("attach");
    const auto helpers = object->find_program("on_raw_tracepoint")->helpers();
    EXPECT_EQ(helpers, (std::vector<std::uint32_t>{BPF_FUNC_ktime_get_ns, BPF_FUNC_get_smp_processor_id}));
}

TEST(BpfObject, ShowsTheVerifiersLastLinesAndKeepsTheWholeLog) {
    std::string folder = ::testing::TempDir() + "wasm-bpf-log-XXXXXX";
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    ObjectOptions options;
    options.verifier_log_dir = folder;
    auto object = open_object("refused", options);
    const auto loaded = object->load();
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().errno_code, EACCES);
    const std::string& text = loaded.error().message;
    EXPECT_TRUE(contains(text, "refused program \"reads_behind\"")) << text;
    EXPECT_TRUE(contains(text, "invalid access to map value")) << text;
    EXPECT_FALSE(contains(text, "processed ")) << text;

    const auto path = std::filesystem::directory_iterator(folder)->path();
    EXPECT_TRUE(contains(text, path.string())) << text;
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    std::ifstream file(path);
    const std::string log(std::istreambuf_iterator<char>(file), {});
    EXPECT_TRUE(contains(log, "processed ")) << log;
    std::filesystem::remove_all(folder);
}

TEST(BpfObject, NamesAFeatureThatTheKernelLacks) {
    auto helper = open_object("unknown_helper");
    const auto loaded = helper->load();
    ASSERT_FALSE(loaded);
    EXPECT_TRUE(contains(loaded.error().message, "this kernel has no helper number 100000")) << loaded.error().message;

    auto map = open_object("maps");
    ASSERT_TRUE(map->find_map("table")->set_type(BPF_MAP_TYPE_INSN_ARRAY));
    const auto created = map->load();
    ASSERT_FALSE(created);
    EXPECT_EQ(created.error().errno_code, EINVAL);
    // A kernel that has it refuses this one for its value size.
    const bool known = libbpf_probe_bpf_map_type(BPF_MAP_TYPE_INSN_ARRAY, nullptr) == 1;
    EXPECT_EQ(contains(created.error().message, "this kernel has no BPF_MAP_TYPE_INSN_ARRAY (it came with Linux 6.19)"),
              !known)
        << created.error().message;
}

TEST(BpfObject, SaysThatStacksAreOfWholeAddresses) {
    auto object = open_object("maps");
    Map& table = *object->find_map("table");
    ASSERT_TRUE(table.set_type(BPF_MAP_TYPE_STACK_TRACE));
    ASSERT_TRUE(table.set_key_size(4));
    ASSERT_TRUE(table.set_value_size(127 * 4));
    const auto loaded = object->load();
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().errno_code, EINVAL);
    EXPECT_TRUE(contains(loaded.error().message, "map \"table\" of stack traces: 508 bytes")) << loaded.error().message;
    EXPECT_TRUE(contains(loaded.error().message, "size its values by sizeof(__u64)")) << loaded.error().message;
}

TEST(BpfObject, NamesSessionsOfFunctionsWhereTheKernelLacksThem) {
    const auto loaded = open_object("fsession")->load();
    if (loaded) {
        EXPECT_GE(kernel_version(), KERNEL_VERSION(7, 0, 0));
        return;
    }
    EXPECT_EQ(loaded.error().errno_code, EINVAL);
    EXPECT_TRUE(contains(loaded.error().message, "FSESSION (it came with Linux 7.0)")) << loaded.error().message;
}

void drop_capabilities() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    std::array<__user_cap_data_struct, _LINUX_CAPABILITY_U32S_3> none{};
    ::syscall(SYS_capset, &header, none.data());
}

// Says how it went on stderr and by its exit code, for a process of its own.
[[noreturn]] void report_load(std::string_view object) {
    auto opened = open_object(object);
    const auto loaded = opened->load();
    if (loaded) ::_exit(0);
    const std::string text = loaded.error().message + "\n";
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) ::_exit(3);
    ::_exit(loaded.error().kind == ErrorKind::missing_privilege ? 1 : 2);
}

TEST(BpfObject, NamesTheMissingCapabilities) {
    EXPECT_EXIT((drop_capabilities(), report_load("core")), ExitedWithCode(1),
                "lacks CAP_BPF and CAP_PERFMON: run with sudo");
    EXPECT_TRUE(may_load_programs());
    EXPECT_EXIT((drop_capabilities(), ::_exit(may_load_programs())), ExitedWithCode(0), "");
}

void hide(const char* folder) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/sys", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("none", folder, "tmpfs", 0, nullptr) != 0)
        ::_exit(4);
}

TEST(BpfProgram, AttachNamesTheMissingCapabilities) {
    const auto object = load_object("attach");
    const auto attach_without = [&] {
        drop_capabilities();
        AttachTarget target;
        target.kind = AttachKind::interface_tc;
        target.interface_index = 1;
        target.flags = BPF_TC_INGRESS;
        const auto link = object->find_program("on_tc")->attach(target);
        if (!link) std::fprintf(stderr, "%s\n", link.error().message.c_str());
        ::_exit(!link && link.error().kind == ErrorKind::missing_privilege);
    };
    EXPECT_EXIT(attach_without(), ExitedWithCode(1), "attach \"on_tc\".*CAP_NET_ADMIN.*sudo");
}

TEST(BpfObject, PointsToTheBtfOptionWhereTheKernelHasNone) {
    EXPECT_EXIT((hide("/sys/kernel/btf"), report_load("core")), ExitedWithCode(2), "no BTF .*--btf FILE");
    EXPECT_EXIT(report_load("core"), ExitedWithCode(0), "");
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
