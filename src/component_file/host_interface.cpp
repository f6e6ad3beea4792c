#include "component_file/host_interface.hpp"

#include <algorithm>
#include <array>

namespace wasm_bpf::component_file {
namespace {

// With the beginning that versions have which go together with this host's.
struct HostPackage {
    std::string_view prefix, version;
};
constexpr std::array<HostPackage, 7> packages{{{"wasm-bpf:bpf/", "0.1."},
                                               {"wasi:cli/", "0.2."},
                                               {"wasi:clocks/", "0.2."},
                                               {"wasi:filesystem/", "0.2."},
                                               {"wasi:io/", "0.2."},
                                               {"wasi:random/", "0.2."},
                                               {"wasi:sockets/", "0.2."}}};

}  // namespace

HostInterface host_interface(std::string_view name) {
    const auto* package =
        std::ranges::find_if(packages, [&](const HostPackage& each) { return name.starts_with(each.prefix); });
    if (package == packages.end()) return HostInterface::none;
    const std::string_view version = name.substr(std::min(name.find('@'), name.size() - 1) + 1);
    return version.starts_with(package->version) ? HostInterface::known : HostInterface::unknown_version;
}

std::vector<std::string_view> host_packages() {
    std::vector<std::string_view> prefixes;
    for (const HostPackage& package : packages) prefixes.push_back(package.prefix);
    return prefixes;
}

}  // namespace wasm_bpf::component_file
