#include "toolchain/guest_steps.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <span>

#include "bpf/describe.hpp"
#include "skeleton/c_skeleton.hpp"
#include "toolchain/carried_types.hpp"
#include "toolchain/kernel_types.hpp"
#include "toolchain/process.hpp"
#include "toolchain/sources.hpp"

namespace wasm_bpf::toolchain {

namespace fs = std::filesystem;

namespace {

BuildResult<std::string> skeleton_of(const fs::path& object, const skeleton::Language& language) {
    const Result<std::string> elf = read_file(object);
    if (!elf) return std::unexpected(elf.error());
    const auto bytes = std::as_bytes(std::span(*elf));
    const auto description = bpf::describe_object(bytes, skeleton::object_name(object), language.described);
    if (!description) return std::unexpected(BuildError(description.error(), BuildError::Cause::sources));
    return language.skeleton({*description, bytes, object.filename()});
}

BuildResult<std::string> bytes_of(const fs::path& object, const std::string& name) {
    const Result<std::string> elf = read_file(object);
    if (!elf) return std::unexpected(elf.error());
    return object_header(name, std::as_bytes(std::span(*elf)));
}

}  // namespace

Arguments joined(Arguments first, const Arguments& second) {
    std::ranges::copy(second, std::back_inserter(first));
    return first;
}

GuestSteps::GuestSteps(const GuestBuild& build, Tools tools, Sdk sdk, fs::path folder)
    : build_(build),
      tools_(std::move(tools)),
      sdk_(std::move(sdk)),
      folder_(std::move(folder)),
      runner_(folder_, build.log) {}

fs::path GuestSteps::object_of(const fs::path& source) const { return folder_ / (stem(source).string() + ".bpf.o"); }

fs::path GuestSteps::debug_object_of(const fs::path& source) const {
    return folder_ / (stem(source).string() + ".debug.bpf.o");
}

Result<fs::path> make_build_folder(const fs::path& output) {
    std::error_code error;
    fs::path folder = fs::absolute(output, error).parent_path() / ".wasm-bpf" / output.stem();
    fs::create_directories(folder, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("make \"{}\"", folder.string())));
    return folder;
}

Arguments GuestSteps::shared_flags() const {
    Arguments flags;
    for (const fs::path& folder : build_.include_folders) flags.push_back("-I" + folder.string());
    for (const std::string& define : build_.defines) flags.push_back("-D" + define);
    return flags;
}

BuildResult<> GuestSteps::prepare(const std::vector<fs::path>& sources) {
    if (const Result<> linked = link_kernel_headers(folder_, sdk_); !linked) return std::unexpected(linked.error());
    if (!needs_vmlinux_header(sources, build_.include_folders)) return {};
    const Result<fs::path> vmlinux = vmlinux_header_folder(folder_);
    if (!vmlinux) return std::unexpected(vmlinux.error());
    vmlinux_folder_ = *vmlinux;
    vmlinux_flags_ = {"-isystem", *vmlinux};
    return {};
}

BuildResult<> GuestSteps::build_objects(const std::vector<fs::path>& sources) {
    if (BuildResult<> prepared = prepare(sources); !prepared) return prepared;
    for (const fs::path& source : sources)
        if (BuildResult<> done = build_object(source); !done) return done;
    return {};
}

BuildResult<> GuestSteps::build_skeletons(const std::vector<fs::path>& sources, const skeleton::Language& language) {
    if (BuildResult<> done = build_objects(sources); !done) return done;
    for (const fs::path& source : sources)
        if (BuildResult<> done = build_skeleton(source, language); !done) return done;
    return {};
}

BuildResult<> GuestSteps::build_object(const fs::path& source) {
    const fs::path with_dwarf = debug_object_of(source);
    const fs::path object = object_of(source);
    Arguments compile = {tools_.clang,
                         "-target",
                         "bpf",
                         "-g",
                         "-O2",
                         "-mcpu=v3",
                         "-D__TARGET_ARCH_" + bpf_target_architecture(),
                         "-I" + sdk_.bpf_include.string(),
                         "-idirafter",
                         folder_ / "system"};
    compile = joined(joined(joined(std::move(compile), vmlinux_flags_), shared_flags()), build_.bpf_flags);
    compile = joined(std::move(compile), {"-c", source});
    commands_.push_back({source, with_dwarf, compile});
    const Step steps[] = {
        {"compile " + source.string(), with_dwarf, {source, tools_.clang}, std::move(compile), true},
        {"strip " + object.string(), object, {with_dwarf}, {tools_.strip, "-g", with_dwarf}},
    };
    for (const Step& step : steps)
        if (BuildResult<> done = runner_.run(step); !done) return done;
    return {};
}

BuildResult<> GuestSteps::build_skeleton(const fs::path& source, const skeleton::Language& language) {
    const fs::path object = object_of(source);
    const std::string name = stem(source).string();
    // Components in C load it by what their world imports.
    const bool only_bytes = build_.component && language.manifest.empty();
    return runner_.make({"generate the skeleton of " + source.string(),
                         folder_ / (only_bytes ? name + ".bpf.h" : language.skeleton_file(name)),
                         {object, "/proc/self/exe"},
                         {"wasm-bpf", "gen", "skeleton", "--lang", std::string(language.name), object}},
                        [&] { return only_bytes ? bytes_of(object, name) : skeleton_of(object, language); });
}

BuildResult<> GuestSteps::compile_package(std::string_view compiler, const Arguments& command, const fs::path& folder) {
    build_.log(fmt::format("{}", fmt::join(command, " ")));
    const Result<int> exit_code = run_process(command);
    if (!exit_code) return std::unexpected(exit_code.error());
    if (*exit_code == 0) return {};
    return std::unexpected(
        BuildError(Error{EINVAL, fmt::format("compile \"{}\": {} failed with exit code {}; its messages are above",
                                             folder.string(), compiler, *exit_code)},
                   BuildError::Cause::sources));
}

BuildResult<> GuestSteps::take_linked(const fs::path& built, const fs::path& output) {
    const fs::path taken = linked(output);
    return runner_.make({"copy " + taken.string(), taken, {built}, {"cp", built}}, [&]() -> BuildResult<std::string> {
        Result<std::string> module = read_file(built);
        if (!module) return std::unexpected(module.error());
        return std::move(*module);
    });
}

std::set<fs::path> GuestSteps::files_read() const {
    std::set<fs::path> files = runner_.files_read();
    files.insert(files_.begin(), files_.end());
    return files;
}

fs::path GuestSteps::linked(const fs::path& output) const {
    if (build_.release) return folder_ / "linked.wasm";
    return build_.btf.empty() ? output : folder_ / "complete.wasm";
}

BuildResult<> GuestSteps::finish(const std::vector<fs::path>& bpf_sources, const fs::path& output) {
    const fs::path complete = build_.btf.empty() ? output : folder_ / "complete.wasm";
    if (build_.release)
        if (BuildResult<> done = optimize(linked(output), complete); !done) return done;
    return build_.btf.empty() ? BuildResult<>() : carry(complete, bpf_sources, output);
}

BuildResult<> GuestSteps::carry(const fs::path& module, const std::vector<fs::path>& bpf_sources,
                                const fs::path& output) {
    const auto kernels = find_kernel_types(build_.btf);
    if (!kernels) return std::unexpected(Error(kernels.error()).in("--btf"));
    Step step{"put BTF into " + output.string(), output, {module, "/proc/self/exe"}, {"wasm-bpf", "carry", module}};
    for (const fs::path& source : bpf_sources) step.inputs.push_back(object_of(source));
    const std::vector<fs::path> objects(step.inputs.begin() + 2, step.inputs.end());
    for (const KernelTypes& kernel : *kernels) {
        step.inputs.push_back(kernel.file);
        step.command.push_back(fmt::format("{}::{}::{}", kernel.file.string(), kernel.release, kernel.machine));
    }
    return runner_.make(step, [&]() -> BuildResult<std::string> {
        auto carrying = carry_kernel_types(module, objects, *kernels);
        if (!carrying) return std::unexpected(std::move(carrying).error());
        return std::move(*carrying);
    });
}

// What clang for wasm32 gives, and what newer ones have come to: the section that tells is stripped.
BuildResult<> GuestSteps::optimize(const fs::path& linked, const fs::path& output) {
    const Result<fs::path> optimizer = find_optimizer();
    if (!optimizer) return std::unexpected(optimizer.error());
    return runner_.run(
        {"optimize " + output.string(),
         output,
         {linked, *optimizer},
         {*optimizer, "-Oz", "--converge", "--enable-bulk-memory", "--enable-sign-ext", "--enable-mutable-globals",
          "--enable-nontrapping-float-to-int", "--enable-multivalue", "--enable-reference-types", linked}});
}

}  // namespace wasm_bpf::toolchain
