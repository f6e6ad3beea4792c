#include "toolchain/missing_functions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "guest_abi/libbpf_api.hpp"
#include "toolchain/process.hpp"

namespace wasm_bpf::toolchain {

std::string missing_functions(const Tools& tools, const std::vector<std::filesystem::path>& objects) {
    std::vector<std::string> listings;
    for (const std::filesystem::path& object : objects)
        listings.push_back(read_process({tools.disassembler, object, "-o", "-"}).value_or(""));
    std::string text;
    for (const guest_abi::LibbpfFunction& function : guest_abi::libbpf_functions()) {
        if (function.status == guest_abi::LibbpfStatus::there) continue;
        const std::string name = fmt::format("@{}(", function.name);
        const bool called = std::ranges::any_of(
            listings, [&](const std::string& listing) { return listing.find(name) != std::string::npos; });
        if (called)
            text += fmt::format("\n  {}() {}: {}", function.name,
                                function.status == guest_abi::LibbpfStatus::pointless ? "is not for guests"
                                                                                      : "is not there for guests yet",
                                function.note);
    }
    return text;
}

}  // namespace wasm_bpf::toolchain
