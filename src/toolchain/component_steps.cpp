#include "toolchain/component_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <string_view>
#include <system_error>

#include "skeleton/c_types.hpp"
#include "wasm_file/exports.hpp"
#include "wasm_file/sections.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;
using component_file::WitSource;

BuildError sources_error(Error error) { return {std::move(error), BuildError::Cause::sources}; }

bool has_world(const std::vector<wasm_file::Section>& sections) {
    return std::ranges::any_of(sections, [](const wasm_file::Section& section) {
        return section.number == wasm_file::custom_section && section.name.starts_with("component-type");
    });
}

BuildResult<std::string> encoded(const fs::path& core, const WitSource& world) {
    Result<std::string> module = read_file(core);
    if (!module) return std::unexpected(std::move(module).error());
    const auto sections = wasm_file::read_sections(std::as_bytes(std::span(*module)));
    if (!sections) return std::unexpected(sources_error(Error(sections.error()).in(core.string())));
    if (!has_world(*sections) && !world.folder.empty()) {
        module = component_file::embed_world(std::as_bytes(std::span(*module)), world);
        if (!module) return std::unexpected(sources_error(std::move(module).error()));
    }
    const auto is_command = wasm_file::exports_function(*sections, "_start");
    if (!is_command) return std::unexpected(sources_error(is_command.error()));
    auto component =
        component_file::encode(std::as_bytes(std::span(*module)),
                               *is_command ? component_file::Model::command : component_file::Model::reactor);
    if (!component) return std::unexpected(sources_error(std::move(component).error()));
    return std::move(*component);
}

}  // namespace

Result<WitSource> find_wit(const ComponentOptions& options, const fs::path& folder, const fs::path& package) {
    std::error_code ignored;
    WitSource world{.folder = options.wit, .world = options.world, .packages = {package}};
    if (world.folder.empty() && fs::is_directory(folder / "wit", ignored)) world.folder = folder / "wit";
    if (world.folder.empty() && !world.world.empty())
        return fail(ENOENT, fmt::format("--world {}: there is no \"{}\"; --wit names another folder", world.world,
                                        (folder / "wit").string()));
    return world;
}

BuildResult<Bindings> write_bindings(const WitSource& world, const fs::path& folder) {
    auto made = component_file::c_bindings(world);
    if (!made) return std::unexpected(sources_error(std::move(made).error()));
    Bindings bindings{.source = {}, .types = {}, .wit = std::move(made->sources)};
    for (const component_file::NamedFile& file : made->files) {
        const fs::path path = folder / file.name;
        if (path.extension() == ".c") bindings.source = path;
        if (path.extension() == ".o") bindings.types = path;
        if (const Result<> written = write_if_changed(path, file.content); !written)
            return std::unexpected(written.error());
    }
    return bindings;
}

std::string object_header(const std::string& name, std::span<const std::byte> object) {
    const std::string identifier = skeleton::c_identifier(name);
    std::string text = fmt::format(
        "/* The BPF object {0}.bpf.o, made by wasm-bpf build. */\n#pragma once\n#include <stddef.h>\n\n"
        "static const unsigned char {1}_object[] __attribute__((aligned(8), unused)) = {{",
        name, identifier);
    for (std::size_t i = 0; i < object.size(); i++)
        fmt::format_to(std::back_inserter(text), "{}{}", i % 20 == 0 ? "\n\t" : "",
                       fmt::format("{},", static_cast<unsigned>(object[i])));
    return text +
           fmt::format("\n}};\nstatic const size_t {0}_object_size __attribute__((unused)) = sizeof({0}_object);\n",
                       identifier);
}

BuildResult<> encode_component(const fs::path& core, const fs::path& output, const WitSource& world,
                               StepRunner& runner) {
    Step step{"make the component " + output.string(),
              output,
              {core, "/proc/self/exe"},
              {"wasm-bpf", "build", "--component", core, "--wit", world.folder, "--world", world.world}};
    return runner.make(step, [&] { return encoded(core, world); });
}

}  // namespace wasm_bpf::toolchain
