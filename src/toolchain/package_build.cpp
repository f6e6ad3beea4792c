#include "toolchain/package_build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string_view>

#include "toolchain/go_build.hpp"
#include "toolchain/rust_build.hpp"

namespace wasm_bpf::toolchain {
namespace {

constexpr struct {
    std::string_view language;
    BuildResult<> (*build)(GuestSteps& steps, const Sources& sources, const std::filesystem::path& output);
} builders[] = {
    {"rust", build_rust_guest},
    {"go", build_go_guest},
};

}  // namespace

BuildResult<> build_package(GuestSteps& steps, const Sources& sources, const std::filesystem::path& output) {
    if (!steps.build().guest_flags.empty())
        return std::unexpected(Error{EINVAL, fmt::format("--cflags are flags of clang's, which does not compile \"{}\"",
                                                         sources.guest.front().string())});
    const auto* builder =
        std::ranges::find(builders, sources.language->name, [](const auto& row) { return row.language; });
    if (BuildResult<> done = steps.build_skeletons(sources.bpf, *sources.language); !done) return done;
    return builder->build(steps, sources, output);
}

}  // namespace wasm_bpf::toolchain
