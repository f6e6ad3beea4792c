#include "toolchain/missing_functions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "guest_abi/libbpf_api.hpp"
#include "toolchain/process.hpp"

namespace wasm_bpf::toolchain {
namespace {

// Why it is missing; empty where it is not.
std::string reason(const guest_abi::LibbpfFunction& function) {
    switch (function.status) {
        case guest_abi::LibbpfStatus::pointless: return fmt::format("is not for guests: {}", function.note);
        case guest_abi::LibbpfStatus::not_yet: return fmt::format("is not there for guests yet: {}", function.note);
        case guest_abi::LibbpfStatus::there: break;
    }
#ifdef WASM_BPF_NO_LIBBPF_SOURCE
    constexpr std::string_view own_code[] = {"bpf_object__btf", "libbpf_find_kernel_btf", "libbpf_strerror"};
    if (function.header == "btf.h" || function.name.starts_with("bpf_prog_linfo__") ||
        std::ranges::count(own_code, function.name) != 0)
        return "is libbpf's own code, and this wasm-bpf was built without libbpf's source (CMake option "
               "WASM_BPF_LIBBPF_SOURCE)";
#endif
    return {};
}

}  // namespace

std::string missing_functions(const Tools& tools, const std::vector<std::filesystem::path>& objects) {
    std::vector<std::string> listings;
    for (const std::filesystem::path& object : objects)
        listings.push_back(read_process({tools.disassembler, object, "-o", "-"}).value_or(""));
    std::string text;
    for (const guest_abi::LibbpfFunction& function : guest_abi::libbpf_functions()) {
        const std::string why = reason(function);
        if (why.empty()) continue;
        const std::string name = fmt::format("@{}(", function.name);
        const bool called = std::ranges::any_of(
            listings, [&](const std::string& listing) { return listing.find(name) != std::string::npos; });
        if (called) text += fmt::format("\n  {}() {}", function.name, why);
    }
    return text;
}

}  // namespace wasm_bpf::toolchain
