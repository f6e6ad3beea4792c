#pragma once
// The steps that the builds of all languages have: the BPF half, and the last ones, on the finished module.

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "skeleton/languages.hpp"
#include "toolchain/compile_commands.hpp"
#include "toolchain/guest_build.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {

using Arguments = std::vector<std::string>;

[[nodiscard]] Arguments joined(Arguments first, const Arguments& second);

// Makes the folder for what is made on the way to the output: .wasm-bpf/NAME beside it.
[[nodiscard]] Result<std::filesystem::path> make_build_folder(const std::filesystem::path& output);

// One build with what it found out about its surroundings.
class GuestSteps {
public:
    // `build` must outlive it. What is made on the way goes to `folder`.
    GuestSteps(const GuestBuild& build, Tools tools, Sdk sdk, std::filesystem::path folder);

    // x.bpf.c -> x.debug.bpf.o -> x.bpf.o, without DWARF. All of them.
    BuildResult<> build_objects(const std::vector<std::filesystem::path>& sources);
    // Then, of each, x.skel.h, or as the language has it; for components in C x.bpf.h.
    BuildResult<> build_skeletons(const std::vector<std::filesystem::path>& sources,
                                  const skeleton::Language& language);
    [[nodiscard]] std::filesystem::path object_of(const std::filesystem::path& source) const;
    [[nodiscard]] std::filesystem::path debug_object_of(const std::filesystem::path& source) const;

    // Runs the compiler of a package in `folder`, which knows by itself what is current.
    BuildResult<> compile_package(std::string_view compiler, const Arguments& command,
                                  const std::filesystem::path& folder);
    // What it made becomes linked(output).
    BuildResult<> take_linked(const std::filesystem::path& built, const std::filesystem::path& output);

    // What the last steps read: the file that the compiler of the guest writes.
    [[nodiscard]] std::filesystem::path linked(const std::filesystem::path& output) const;
    // From there to the output: through wasm-opt for a release, with the BTF that it is to carry.
    BuildResult<> finish(const std::vector<std::filesystem::path>& bpf_sources, const std::filesystem::path& output);

    // Flags of both halves, by the user's choice.
    [[nodiscard]] Arguments shared_flags() const;

    [[nodiscard]] const GuestBuild& build() const { return build_; }
    [[nodiscard]] const Tools& tools() const { return tools_; }
    [[nodiscard]] const Sdk& sdk() const { return sdk_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
    [[nodiscard]] const std::filesystem::path& vmlinux_folder() const { return vmlinux_folder_; }
    [[nodiscard]] StepRunner& runner() { return runner_; }
    // Files that were read beside those that compilers tell of.
    void note_files(const std::vector<std::filesystem::path>& files) { files_.insert(files.begin(), files.end()); }
    [[nodiscard]] std::set<std::filesystem::path> files_read() const;
    // Of the sources of the user's that were compiled.
    [[nodiscard]] std::vector<CompileCommand>& commands() { return commands_; }

private:
    BuildResult<> prepare(const std::vector<std::filesystem::path>& sources);
    BuildResult<> build_object(const std::filesystem::path& source);
    BuildResult<> build_skeleton(const std::filesystem::path& source, const skeleton::Language& language);
    BuildResult<> optimize(const std::filesystem::path& linked, const std::filesystem::path& output);
    BuildResult<> carry(const std::filesystem::path& module, const std::vector<std::filesystem::path>& bpf_sources,
                        const std::filesystem::path& output);

    const GuestBuild& build_;
    Tools tools_;
    Sdk sdk_;
    std::filesystem::path folder_;
    StepRunner runner_;
    std::filesystem::path vmlinux_folder_;
    Arguments vmlinux_flags_;
    std::vector<CompileCommand> commands_;
    std::set<std::filesystem::path> files_;
};

}  // namespace wasm_bpf::toolchain
