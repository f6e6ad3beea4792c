#include "toolchain/other_languages.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "toolchain/guest_steps.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {

namespace fs = std::filesystem;

BuildResult<fs::path> build_object(const GuestBuild& build) {
    const fs::path& source = build.sources.front();
    if (!source.filename().string().ends_with(".bpf.c"))
        return std::unexpected(Error{EINVAL, fmt::format("\"{}\" is no BPF source: name NAME.bpf.c", source.string())});
    Result<Tools> tools = find_tools();
    if (!tools) return std::unexpected(tools.error());
    Result<Sdk> sdk = find_sdk();
    if (!sdk) return std::unexpected(sdk.error());
    fs::path output = build.output;
    if (output.empty()) output = fs::path(source).replace_extension(".o");
    Result<fs::path> folder = make_build_folder(output);
    if (!folder) return std::unexpected(std::move(folder).error());
    GuestSteps steps(build, std::move(*tools), std::move(*sdk), std::move(*folder));
    if (BuildResult<> done = steps.build_objects({source}); !done) return std::unexpected(std::move(done.error()));
    std::error_code error;
    fs::copy_file(steps.object_of(source), output, fs::copy_options::overwrite_existing, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("write \"{}\"", output.string())));
    return output;
}

Result<CFlags> c_flags(const fs::path& folder) {
    Result<Sdk> sdk = find_sdk();
    if (!sdk) return std::unexpected(sdk.error());
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("make \"{}\"", folder.string())));
    if (Result<> linked = link_kernel_headers(folder, *sdk); !linked) return std::unexpected(std::move(linked).error());
    CFlags flags{emulation_flags(), {sdk->library}};
    // Not as the system's, which some compilers look for in their own C library first.
    for (const fs::path& headers : {sdk->compat, sdk->include, folder / "libbpf"})
        flags.compile.push_back("-I" + headers.string());
    flags.compile.insert(flags.compile.end(), {"-idirafter", folder / "system"});
    return flags;
}

}  // namespace wasm_bpf::toolchain
