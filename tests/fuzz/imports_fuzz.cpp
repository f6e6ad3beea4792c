// The imports of the guest ABI, called as a hostile guest would: an input is a program of calls with arguments from
// live handles, guest memory that it writes itself, and raw numbers. Calls are real, to the real kernel, in a network
// namespace of its own. After each input nothing may be left: no fd, no window.

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "fuzz/guest_structs.hpp"
#include "guest_abi/imports.hpp"
#include "host_api/host.hpp"

namespace {

using namespace wasm_bpf;
using guest_abi::Type;

constexpr std::size_t memory_bytes = std::size_t{2} << 20;
constexpr std::uint32_t object_at = 0x10000;  // where guest memory holds a BPF object
constexpr std::uint32_t texts_at = 0x6000;    // texts, one after another
constexpr std::uint32_t structs_at = 0x8000;  // option structs, each in a place of its own
constexpr std::uint32_t struct_bytes = 0x200;
constexpr std::string_view pin_folder = "/mnt";
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
        if (mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            mount("bpf", std::string(pin_folder).c_str(), "bpf", 0, nullptr) != 0)
            found("no BPF file system of its own");
        for (const char* rule : {"pins=/mnt/**", "handles=200"})
            if (const auto allowed = policy.allow(rule); !allowed) found(allowed.error().message.c_str());
        policy.on_denial(policy::Policy::OnDenial::fail_call);
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
    policy::Policy policy = policy::Policy::command_default();
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
        std::uint32_t at = texts_at;
        for (const std::string_view text : guest_texts) {
            text.copy(reinterpret_cast<char*>(setup().memory.data() + at), text.size());
            texts_.push_back({at, static_cast<std::uint32_t>(text.size())});
            at += static_cast<std::uint32_t>(text.size()) + 1;
        }
    }

    // What most calls need is there from the start, if the input's first byte says so: an object, loaded or not.
    void play() {
        const auto prelude = input_.number(1);
        if ((prelude & 1) != 0) host_.options.windows = host_api::Windows::refused;
        if ((prelude & 6) != 0) open_object((prelude & 4) != 0);
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
        if (operation < 0x10) return write_memory();
        if (operation < 0x40) return write_struct();
        const auto& import = setup().imports[(operation - 0x40) % setup().imports.size()];
        call_import(import, described(import));
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

    void open_object(bool loaded) {
        auto object = host_.open_object(std::as_bytes(std::span(setup().object)), "");
        if (!object || (loaded && !host_.load_object(**object))) found("the object is not taken");
        const auto handle = host_.handles.add(std::move(*object));
        handles_.push_back(handle);
        bpf::Object& opened = *host_.handles.object(handle)->object;
        for (bpf::Map& map : opened.maps()) handles_.push_back(host_.handles.handle_of(handle, &map));
        for (bpf::Program& program : opened.programs()) handles_.push_back(host_.handles.handle_of(handle, &program));
    }

    // A struct that makes sense, but for what the input changes in it.
    void write_struct() {
        const auto index = input_.number(1) % std::size(guest_structs);
        std::byte* place = setup().memory.data() + structs_at + index * struct_bytes;
        const GuestStruct& row = guest_structs[index];
        std::memset(place, 0, row.size);
        put(place, 0, row.size);
        for (const auto& [offset, value] : row.members) {
            if (offset != 0) put(place, offset, value);
        }
        for (auto changes = input_.number(1) % 4; changes > 0; changes--) {
            const auto offset = input_.number(1) * 4;
            if (offset + 4 <= row.size) put(place, offset, member_value(place, offset, row.size));
        }
    }

    std::uint32_t member_value(std::byte* place, std::size_t offset, std::size_t size) {
        const auto selector = static_cast<std::uint32_t>(input_.number(1));
        switch (selector % 8) {
            case 0: return static_cast<std::uint32_t>(input_.number(4));
            case 1: return handles_.empty() ? 0 : static_cast<std::uint32_t>(handles_[selector / 8 % handles_.size()]);
            case 2: {
                const auto& text = texts_[input_.number(1) % texts_.size()];
                if (offset + 8 <= size) put(place, offset + 4, text.size);
                return text.at;
            }
            case 3: return static_cast<std::uint32_t>(offset_of_memory());
            case 4: return static_cast<std::uint32_t>(size_of_something());
            case 5: return 1u << (selector / 8);
            default: return selector / 8;
        }
    }

    static void put(std::byte* place, std::size_t offset, std::uint32_t value) {
        std::memcpy(place + offset, &value, sizeof(value));
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
            case 4: return 1 << (selector / 8);
            case 3: return 0x4000;  // the window of the object's ring buffer
            default: return selector / 8 * 4;
        }
    }

    // A struct's place, or a text's, whose size the next argument is; nothing where the input wants something else.
    std::optional<std::int64_t> meant_argument(const guest_abi::Import& row, const guest_abi::Parameter& parameter) {
        if (parameter.name.ends_with("_size") && text_size_) return std::exchange(text_size_, std::nullopt);
        if (parameter.type != Type::in && parameter.type != Type::out) return std::nullopt;
        for (std::size_t index = 0; index < std::size(guest_structs); index++) {
            if (guest_structs[index].import != row.name || guest_structs[index].parameter != parameter.name) continue;
            const auto selector = input_.number(1);
            if (selector < 16) return std::nullopt;
            std::size_t count = 0;  // of the same kind: the structs of one import are neighbours
            while (index + count < std::size(guest_structs) && guest_structs[index + count].import == row.name) count++;
            return static_cast<std::int64_t>(structs_at + (index + selector % count) * struct_bytes);
        }
        if (parameter.type == Type::in && (parameter.name == "name" || parameter.name == "path")) {
            const auto selector = input_.number(1);
            if (selector < 16) return std::nullopt;
            const auto& text = texts_[selector % texts_.size()];
            text_size_ = text.size;
            return text.at;
        }
        return std::nullopt;
    }

    std::int64_t argument(const guest_abi::Import& row, const guest_abi::Parameter& parameter) {
        if (parameter.name.starts_with("timeout_")) return 0;  // a guest may wait for ever: the fuzzer may not
        if (const auto meant = meant_argument(row, parameter)) return *meant;
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

    void call_import(const engine::HostImport& import, const guest_abi::Import& row) {
        engine::Value values[engine::max_parameters] = {};
        std::size_t count = 0;
        text_size_.reset();
        for (const guest_abi::Parameter& parameter : row.parameters) {
            if (parameter.type == Type::none) break;
            values[count++].i64 = argument(row, parameter);
        }
        if (row.name == "signal_suspend") values[0].i64 = send_signal();
        if (row.name == "program_test_run") limit_repeats(static_cast<std::uint32_t>(values[1].i32));
        auto result = import.call(static_cast<void*>(&host_), std::span(values, std::max<std::size_t>(count, 1)));
        if (!result) {
            if (result.error().message.empty()) found("an error without a text ends the guest");
            ended_ = true;
            return;
        }
        const std::int64_t value = guest_abi::wasm_type(row.result) == 'I' ? values[0].i64 : values[0].i32;
        // Numbers of the host's have 32 bits, as inodes of namespaces do, which begin at 0xeffffffc.
        const bool is_any_number = row.result == Type::u64 || row.name == "host_number";
        if (value <= -4096 && !is_any_number)
            found(fmt::format("{} gives {}, which is no errno", row.name, value).c_str());
        const bool names_handle =
            row.result == Type::handle || row.name == "wasm_load_bpf_object" || row.name == "wasm_bpf_map_fd_by_name";
        if (names_handle && value > 0) handles_.push_back(static_cast<std::int32_t>(value));
    }

    // One that ends a wait for signals. What is blocked meanwhile.
    std::int64_t send_signal() {
        host_.interrupts.set_action(SIGUSR1, {.kind = host_api::SignalAction::Kind::handle});
        host_.interrupts.signal(SIGUSR1);
        return 0;
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

    struct Text {
        std::uint32_t at;
        std::uint32_t size;
    };

    Bytes input_;
    std::vector<std::int32_t> handles_;
    std::vector<Text> texts_;
    std::optional<std::int64_t> text_size_;  // of the text that is the argument before
    std::size_t calls_ = 0;
    int depth_ = 0;
    bool ended_ = false;
    host_api::Host host_{
        {.policy = setup().policy, .log = [](LogLevel, std::string_view) {}, .btf_path = {}, .token_path = {}}};
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
    std::error_code kept;  // the kernel's own two files
    for (const auto& pin : std::filesystem::directory_iterator(pin_folder))
        std::filesystem::remove_all(pin.path(), kept);
    if (++rounds % 64 == 0) check_memory();
    madvise(setup().memory.data(), memory_bytes, MADV_DONTNEED);
    return 0;
}
