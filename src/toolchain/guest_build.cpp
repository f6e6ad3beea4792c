#include "toolchain/guest_build.hpp"

#include <fmt/format.h>

#include <system_error>

#include "toolchain/c_build.hpp"
#include "toolchain/guest_steps.hpp"
#include "toolchain/package_build.hpp"
#include "toolchain/sources.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// Of what another language's compiler made.
BuildResult<fs::path> component_of_module(const GuestBuild& build) {
    const fs::path& module = build.sources.front();
    const Result<Sdk> sdk = find_sdk();
    if (!sdk) return std::unexpected(sdk.error());
    const auto world = find_wit(*build.component, module.parent_path(), sdk->wit);
    if (!world) return std::unexpected(world.error());
    const fs::path output =
        build.output.empty() ? module.parent_path() / (module.stem().string() + ".component.wasm") : build.output;
    Result<fs::path> folder = make_build_folder(output);
    if (!folder) return std::unexpected(std::move(folder).error());
    StepRunner runner(std::move(*folder), build.log);
    if (BuildResult<> done = encode_component(module, output, *world, runner); !done)
        return std::unexpected(std::move(done.error()));
    if (!build.depfile.empty())
        if (const Result<> written = write_depfile(build.depfile, output, {module}); !written)
            return std::unexpected(written.error());
    return output;
}

// A component's world lies beside its sources.
Result<component_file::WitSource> find_world(const GuestBuild& build, const Sources& sources, const Sdk& sdk) {
    if (!build.component) return component_file::WitSource{};
    const fs::path& first = sources.guest.front();
    return find_wit(*build.component, sources.language == nullptr ? first.parent_path() : first, sdk.wit);
}

BuildResult<> build_module(GuestSteps& steps, const Sources& sources, const component_file::WitSource& world,
                           const fs::path& output) {
    BuildResult<> done = sources.language == nullptr ? build_c_guest(steps, sources, world, output)
                                                     : build_package(steps, sources, output);
    return done ? steps.finish(sources.bpf, output) : done;
}

}  // namespace

BuildResult<fs::path> build_guest(const GuestBuild& build) {
    if (build.component && build.sources.size() == 1 && build.sources.front().extension() == ".wasm")
        return component_of_module(build);
    Result<Sources> sources = find_package(build.sources);
    if (sources && sources->language == nullptr) sources = find_sources(build.sources);
    if (!sources) return std::unexpected(sources.error());
    Result<Tools> tools = find_tools();
    if (!tools) return std::unexpected(tools.error());
    Result<Sdk> sdk = find_sdk();
    if (!sdk) return std::unexpected(sdk.error());
    const Result<component_file::WitSource> world = find_world(build, *sources, *sdk);
    if (!world) return std::unexpected(world.error());

    const fs::path output = build.output.empty() ? sources->default_output : build.output;
    Result<fs::path> folder = make_build_folder(output);
    if (!folder) return std::unexpected(std::move(folder).error());
    GuestSteps steps(build, std::move(*tools), std::move(*sdk), std::move(*folder));
    const fs::path core = build.component ? steps.folder() / "core.wasm" : output;
    BuildResult<> done = build_module(steps, *sources, *world, core);
    if (done && build.component) done = encode_component(core, output, *world, steps.runner());
    // Even where a source does not compile: an editor is to help with that.
    if (!build.compile_commands.empty())
        if (const Result<> written = update_compile_commands(build.compile_commands, steps.commands()); !written)
            return std::unexpected(written.error());
    if (!done) return std::unexpected(std::move(done.error()));
    if (!build.depfile.empty())
        if (const Result<> written = write_depfile(build.depfile, output, steps.files_read()); !written)
            return std::unexpected(written.error());
    return output;
}

}  // namespace wasm_bpf::toolchain
