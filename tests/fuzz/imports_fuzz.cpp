// The imports of the guest ABI, called as a hostile guest would: an input is a program of calls with arguments from
// live handles, guest memory that it writes itself, and raw numbers. Calls are real, to the real kernel, in a network
// namespace of its own. After each input nothing may be left: no fd, no window.

#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "guest_abi/imports.hpp"
#include "host_api/host.hpp"

namespace {

using namespace wasm_bpf;
using guest_abi::Type;

constexpr std::size_t memory_bytes = std::size_t{2} << 20;
constexpr std::uint32_t object_at = 0x10000;  // where guest memory holds a BPF object
constexpr std::size_t max_calls = 48;

[[noreturn]] void found(const char* what) {
    std::fprintf(stderr, "imports_fuzz: %s\n", what);
    __builtin_trap();
}

// Linear memory as the engine makes it: on a 4 GiB boundary, with nothing mapped behind it.
std::span<std::byte> reserve_memory() {
    constexpr std::size_t four_gib = std::size_t{1} << 32;
    auto* raw = mmap(nullptr, 2 * four_gib, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (raw == MAP_FAILED) found("no address space");
    const auto base = (reinterpret_cast<std::uintptr_t>(raw) + four_gib - 1) & ~(four_gib - 1);
    mprotect(reinterpret_cast<void*>(base), memory_bytes, PROT_READ | PROT_WRITE);
    return {reinterpret_cast<std::byte*>(base), memory_bytes};
}

// What each open fd is. The fuzzer's own symbolizer is at the end of a pipe, which nothing here opens.
std::multiset<std::string> open_fds() {
    namespace fs = std::filesystem;
    std::multiset<std::string> fds;
    for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const std::string fd = fs::read_symlink(entry.path(), gone);
        if (!fd.starts_with("pipe:")) fds.insert(fd);
    }
    return fds;
}

class Bytes {
public:
    explicit Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < size && !bytes_.empty(); i++) {
            value |= std::uint64_t{bytes_.front()} << (8 * i);
            bytes_ = bytes_.subspan(1);
        }
        return value;
    }

private:
    std::span<const std::uint8_t> bytes_;
};

struct Setup {
    Setup() {
        // Interfaces, mounts and cgroups of its own: what an input attaches meets nobody's traffic.
        if (unshare(CLONE_NEWNET | CLONE_NEWNS) != 0) found("needs root: unshare failed");
        host_api::install_window_fault_handler();
        memory = reserve_memory();
        imports = host_api::host_imports();
        const char* path = std::getenv("WASM_BPF_FUZZ_OBJECT");
        std::ifstream file(path != nullptr ? path : "", std::ios::binary);
        object.assign(std::istreambuf_iterator<char>(file), {});
        if (object.empty() || object_at + object.size() > memory_bytes) found("WASM_BPF_FUZZ_OBJECT names no object");
    }
    std::span<std::byte> memory;
    std::vector<engine::HostImport> imports;
    std::vector<char> object;
};

Setup& setup() {
    static Setup instance;
    return instance;
}

const guest_abi::Import& described(const engine::HostImport& import) {
    for (const guest_abi::Import& row : guest_abi::imports())
        if (row.module == import.module && row.name == import.name) return row;
    found("an import without a row in the table");
}

// The guest: what its callbacks do is more of the input.
class Guest final : public engine::Instance {
public:
    explicit Guest(Bytes input) : input_(input) {
        host_.instance = this;
        host_.memory.bind(*this);
        host_.faults.interrupt = [](void*) {};
        std::memcpy(setup().memory.data() + object_at, setup().object.data(), setup().object.size());
    }

    void play() {
        while (!input_.empty() && calls_ < max_calls && !ended_) step();
    }

    engine::Ending run(std::string_view) override { return {}; }
    Result<std::int32_t> call_table(std::uint32_t, std::span<const std::int32_t, 3>) override { return callback(); }
    Result<std::int32_t> call_export(std::string_view, std::span<const std::int32_t>) override { return callback(); }
    std::span<std::byte> memory() const override { return setup().memory; }

private:
    Result<std::int32_t> callback() {
        if (!input_.empty() && calls_ < max_calls && depth_ < 4) {
            depth_++;
            step();
            depth_--;
        }
        if (ended_) return fail(EFAULT, "trap in a callback", ErrorKind::trap);
        return static_cast<std::int32_t>(input_.number(1)) - 8;
    }

    void step() {
        calls_++;
        const auto operation = input_.number(1);
        if (operation < 0x40) return write_memory();
        const auto& import = setup().imports[(operation - 0x40) % setup().imports.size()];
        call(import, described(import));
    }

    // What a guest's own stores do, to windows too.
    void write_memory() {
        const std::size_t offset = offset_of_memory();
        const std::size_t size = input_.number(1);
        if (offset + size > memory_bytes) return;
        for (std::size_t i = 0; i < size; i++) {
            const auto byte = static_cast<std::byte>(input_.number(1));
            *const_cast<volatile std::byte*>(setup().memory.data() + offset + i) = byte;
        }
    }

    std::size_t offset_of_memory() {
        const auto selector = input_.number(1);
        switch (selector % 8) {
            case 0: return input_.number(4) & 0xffffffff;
            case 1: return object_at;
            case 2:
            case 3: return 0x100000 + (selector / 8) * 0x8000;  // for windows: page-aligned, apart
            case 4: return memory_bytes - selector / 8;
            case 5: return 0;
            default: return 0x1000 + (selector / 8) * 0x100;
        }
    }

    std::uint64_t size_of_something() {
        const auto selector = input_.number(1);
        switch (selector % 8) {
            case 0: return input_.number(4);
            case 1: return setup().object.size();
            case 2: return (selector / 8) * 0x1000;
            case 3: return 0x4000;  // the window of the object's ring buffer
            default: return selector / 8 * 4;
        }
    }

    std::int64_t argument(const guest_abi::Parameter& parameter) {
        if (parameter.name == "timeout_ms") return 0;  // a guest may wait for ever: the fuzzer may not
        switch (parameter.type) {
            case Type::handle: {
                const auto selector = input_.number(1);
                if (selector == 0xff) return static_cast<std::int32_t>(input_.number(4));
                return handles_.empty() ? 0 : handles_[selector % handles_.size()];
            }
            case Type::in:
            case Type::out: return static_cast<std::int64_t>(offset_of_memory());
            case Type::u32: return static_cast<std::int64_t>(size_of_something());
            case Type::i32: {
                const auto selector = input_.number(1);
                return selector < 0xf0 ? static_cast<std::int64_t>(selector) - 2
                                       : static_cast<std::int32_t>(input_.number(4));
            }
            default: {
                const auto selector = input_.number(1);
                if (selector >= 0xf0) return static_cast<std::int64_t>(input_.number(8));
                // Version 0 names objects by i64.
                return parameter.name == "object" && !handles_.empty() ? handles_[selector % handles_.size()]
                                                                       : static_cast<std::int64_t>(selector);
            }
        }
    }

    void call(const engine::HostImport& import, const guest_abi::Import& row) {
        engine::Value values[engine::max_parameters] = {};
        std::size_t count = 0;
        for (const guest_abi::Parameter& parameter : row.parameters) {
            if (parameter.type == Type::none) break;
            values[count++].i64 = argument(parameter);
        }
        if (row.name == "program_test_run") limit_repeats(static_cast<std::uint32_t>(values[1].i32));
        auto result = import.call(static_cast<void*>(&host_), std::span(values, std::max<std::size_t>(count, 1)));
        if (!result) {
            if (result.error().message.empty()) found("an error without a text ends the guest");
            ended_ = true;
            return;
        }
        const std::int64_t value = guest_abi::wasm_type(row.result) == 'I' ? values[0].i64 : values[0].i32;
        if (value <= -4096) found("a result that is no errno");
        const bool names_handle =
            row.result == Type::handle || row.name == "wasm_load_bpf_object" || row.name == "wasm_bpf_map_fd_by_name";
        if (names_handle && value > 0) handles_.push_back(static_cast<std::int32_t>(value));
    }

    // Many repeats are the guest's own time; the fuzzer has none.
    static void limit_repeats(std::uint32_t options) {
        constexpr std::size_t repeat_at = 9 * sizeof(std::uint32_t);  // struct wasm_bpf_test_run_options
        if (options > memory_bytes - repeat_at - 4) return;
        std::uint32_t repeat;
        std::memcpy(&repeat, setup().memory.data() + options + repeat_at, sizeof(repeat));
        repeat %= 16;
        std::memcpy(setup().memory.data() + options + repeat_at, &repeat, sizeof(repeat));
    }

    Bytes input_;
    std::vector<std::int32_t> handles_;
    std::size_t calls_ = 0;
    int depth_ = 0;
    bool ended_ = false;
    host_api::Host host_{
        {.policy = policy::Policy::command_default(), .log = [](LogLevel, std::string_view) {}, .btf_path = {}}};
};

// Windows that were not put back would be other mappings than anonymous memory.
void check_memory() {
    std::ifstream maps("/proc/self/maps");
    const auto begin = reinterpret_cast<std::uintptr_t>(setup().memory.data());
    std::uintptr_t reached = begin;
    for (std::string line; std::getline(maps, line);) {
        unsigned long from = 0, to = 0, inode = 0;
        char access[8] = {};
        if (std::sscanf(line.c_str(), "%lx-%lx %7s %*s %*s %lu", &from, &to, access, &inode) != 4) continue;
        if (to <= begin || from >= begin + memory_bytes) continue;
        if (inode != 0 || std::string_view(access) != "rw-p" || from > reached)
            found("a window was left in guest memory");
        reached = to;
    }
    if (reached < begin + memory_bytes) found("guest memory has a hole");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    setup();
    static std::size_t rounds = 0;
    static const auto fds = [] {
        Guest(Bytes({})).play();
        return open_fds();
    }();
    Guest(Bytes({data, size})).play();
    if (const auto now = open_fds(); now.size() > fds.size()) {
        for (const std::string& fd : now) std::fprintf(stderr, "%s%s\n", fd.c_str(), fds.contains(fd) ? "" : " is new");
        found("a file descriptor was left open");
    }
    if (++rounds % 64 == 0) check_memory();
    madvise(setup().memory.data(), memory_bytes, MADV_DONTNEED);
    return 0;
}
