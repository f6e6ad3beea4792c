#include "toolchain/tools.hpp"

#include <fmt/format.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>

#include "toolchain/process.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

bool knows_targets(const fs::path& clang) {
    const std::string targets = read_process({clang, "--print-targets"}).value_or("");
    return targets.find(" bpf ") != std::string::npos && targets.find(" wasm32 ") != std::string::npos;
}

// Debian's own names carry the version, and those compilers are known to have every target.
fs::path find_clang() {
    for (const std::string_view name : {"clang-19", "clang-20", "clang-21"})
        if (fs::path clang = find_program(name); !clang.empty()) return clang;
    fs::path clang = find_program("clang");
    return !clang.empty() && knows_targets(clang) ? clang : fs::path();
}

// Beside clang itself first: there it has the same version.
fs::path find_beside(const fs::path& clang, std::string_view name, std::string_view versioned_name) {
    std::error_code ignored;
    const fs::path beside = fs::canonical(clang, ignored).parent_path() / name;
    if (access(beside.c_str(), X_OK) == 0) return beside;
    if (fs::path versioned = find_program(versioned_name); !versioned.empty()) return versioned;
    return find_program(name);
}

std::unexpected<Error> missing(std::string_view what, std::string_view package) {
    return fail(ENOENT, fmt::format("{} is missing: install it (Debian: apt-get install {})", what, package));
}

std::string machine() {
    utsname name{};
    uname(&name);
    return name.machine;
}

struct Architecture {
    std::string_view machine;  // as uname says
    std::string_view bpf;      // as bpf_tracing.h says
    std::string_view debian;   // the folder of its headers
};

constexpr std::array architectures = {
    Architecture{"x86_64", "x86", "x86_64-linux-gnu"},
    Architecture{"aarch64", "arm64", "aarch64-linux-gnu"},
    Architecture{"riscv64", "riscv", "riscv64-linux-gnu"},
    Architecture{"s390x", "s390", "s390x-linux-gnu"},
    Architecture{"ppc64le", "powerpc", "powerpc64le-linux-gnu"},
    Architecture{"loongarch64", "loongarch", "loongarch64-linux-gnu"},
};

Architecture architecture() {
    const std::string name = machine();
    const auto* found = std::ranges::find(architectures, name, &Architecture::machine);
    return found != architectures.end() ? *found : architectures.front();
}

Result<> link_folder(const fs::path& target, const fs::path& link) {
    std::error_code error;
    if (fs::read_symlink(link, error) == target) return {};
    fs::create_directories(link.parent_path(), error);
    const fs::path temporary = fmt::format("{}.{}", link.string(), getpid());
    fs::create_directory_symlink(target, temporary, error);
    if (!error) fs::rename(temporary, link, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("link \"{}\"", link.string())));
    return {};
}

}  // namespace

fs::path find_program(std::string_view name) {
    const char* path = std::getenv("PATH");
    std::string_view rest = path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin";
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        const fs::path candidate = fs::path(rest.substr(0, end)) / name;
        if (candidate.is_absolute() && access(candidate.c_str(), X_OK) == 0) return candidate;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return {};
}

fs::path find_for_wasm(const Tools& tools, const char* option) {
    const fs::path path = read_line({tools.clang, "--target=wasm32-wasi", option});
    return path.is_absolute() && fs::exists(path) ? path : fs::path();
}

std::vector<std::string> emulation_flags() {
    return {"-D_WASI_EMULATED_SIGNAL", "-D_WASI_EMULATED_PROCESS_CLOCKS", "-D_WASI_EMULATED_GETPID",
            "-D_WASI_EMULATED_MMAN"};
}

Result<Tools> find_tools() {
    Tools tools;
    tools.clang = find_clang();
    if (tools.clang.empty()) return missing("clang with the targets bpf and wasm32", "clang-19");
    tools.linker = find_beside(tools.clang, "wasm-ld", "wasm-ld-19");
    if (tools.linker.empty()) return missing("wasm-ld, the linker for Wasm,", "lld-19");
    tools.strip = find_beside(tools.clang, "llvm-strip", "llvm-strip-19");
    if (tools.strip.empty()) return missing("llvm-strip", "llvm-19");
    tools.disassembler = find_beside(tools.clang, "llvm-dis", "llvm-dis-19");
    if (tools.disassembler.empty()) return missing("llvm-dis", "llvm-19");
    tools.debug_lister = find_beside(tools.clang, "llvm-dwarfdump", "llvm-dwarfdump-19");
    if (tools.debug_lister.empty()) return missing("llvm-dwarfdump", "llvm-19");
    return tools;
}

Result<fs::path> find_optimizer() {
    fs::path optimizer = find_program("wasm-opt");
    if (optimizer.empty()) return missing("wasm-opt, which --release needs,", "binaryen");
    return optimizer;
}

Result<> check_wasi(const Tools& tools) {
    if (find_for_wasm(tools, "--print-file-name=crt1-command.o").empty())
        return missing("wasi-libc, the C library for Wasm,", "wasi-libc");
    if (find_for_wasm(tools, "--print-libgcc-file-name").empty())
        return missing("compiler-rt for Wasm (libclang_rt.builtins)", "libclang-rt-19-dev-wasm32");
    return {};
}

fs::path find_plain_start(const Tools& tools) { return find_for_wasm(tools, "--print-file-name=crt1.o"); }

Result<fs::path> find_cpp_headers(const Tools& tools) {
    constexpr std::string_view header = "/cstddef";
    const std::string read =
        read_process({tools.clang, "--target=wasm32-wasi", "-x", "c++", "-M", "-include", "cstddef", "/dev/null"})
            .value_or("");
    const std::size_t end = read.find(header);
    const std::size_t start = end == read.npos ? end : read.find_last_of(" \n", end);
    if (start == read.npos || find_for_wasm(tools, "--print-file-name=libc++.a").empty())
        return missing("libc++, the C++ library for Wasm,", "libc++-19-dev-wasm32 libc++abi-19-dev-wasm32");
    return fs::path(read.substr(start + 1, end - start - 1));
}

Result<Sdk> find_sdk() {
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    const fs::path installed = program.parent_path().parent_path() / "share/wasm-bpf/sdk";
    const char* chosen = std::getenv("WASM_BPF_SDK");
    const fs::path sdk = chosen != nullptr             ? fs::path(chosen)
                         : fs::is_directory(installed) ? installed
                                                       : fs::path(WASM_BPF_SDK_DIR);
    const fs::path own_bpf = sdk / "libbpf/include";
    const fs::path own_library = sdk / "c/lib/libbpf.a";
    const fs::path own_wit = sdk / "wit";
    Sdk result{sdk / "c/include",
               fs::exists(own_library, ignored) ? own_library : fs::path(WASM_BPF_SDK_LIBRARY),
               sdk / "c/compat",
               sdk / "templates",
               sdk / "c/src/malloc.c",
               sdk / "cpp/include",
               fs::is_directory(own_bpf, ignored) ? own_bpf : fs::path(WASM_BPF_LIBBPF_INCLUDE_DIR),
               fs::is_directory(own_wit, ignored) ? own_wit : fs::path(WASM_BPF_WIT_DIR),
               sdk / "rust",
               sdk / "go"};
    if (!fs::exists(result.include / "wasm_bpf/skeleton.h", ignored))
        return fail(ENOENT, fmt::format("the SDK is not in \"{}\": set WASM_BPF_SDK to the folder that holds "
                                        "c/include/wasm_bpf/skeleton.h",
                                        sdk.string()));
    if (!fs::exists(result.bpf_include / "bpf/bpf_helpers.h", ignored))
        return fail(ENOENT, fmt::format("libbpf's headers are not in \"{}\": put them into \"{}\"",
                                        result.bpf_include.string(), own_bpf.string()));
    if (!fs::exists(result.library, ignored))
        return fail(ENOENT, fmt::format("libbpf's functions for guests are not in \"{}\": put them into \"{}\"",
                                        result.library.string(), own_library.string()));
    return result;
}

Result<> link_kernel_headers(const fs::path& folder, const Sdk& sdk) {
    const fs::path system = "/usr/include";
    std::error_code error;
    const fs::path by_machine = system / architecture().debian / "asm";
    const fs::path assembly = fs::is_directory(by_machine, error) ? by_machine : system / "asm";
    if (!fs::exists(system / "linux/types.h", error) || !fs::exists(assembly / "types.h", error))
        return missing("the kernel's headers (linux/types.h, asm/types.h)", "linux-libc-dev");
    for (const char* name : {"bpf", "linux"})
        if (const Result<> linked = link_folder(sdk.bpf_include / name, folder / "libbpf" / name); !linked)
            return linked;
    for (const fs::path& target : {system / "linux", system / "asm-generic", assembly})
        if (const Result<> linked = link_folder(target, folder / "system" / target.filename()); !linked) return linked;
    return {};
}

std::string bpf_target_architecture() { return std::string(architecture().bpf); }

}  // namespace wasm_bpf::toolchain
