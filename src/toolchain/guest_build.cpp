#include "toolchain/guest_build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>

#include "bpf/describe.hpp"
#include "skeleton/c_skeleton.hpp"
#include "toolchain/carried_types.hpp"
#include "toolchain/compile_commands.hpp"
#include "toolchain/format_repair.hpp"
#include "toolchain/kernel_types.hpp"
#include "toolchain/layout_check.hpp"
#include "toolchain/missing_functions.hpp"
#include "toolchain/sources.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;
using Arguments = std::vector<std::string>;

// A guest's stack comes first in its memory, so that an overflow traps. Pages that are never touched cost nothing.
constexpr const char* stack_size = "-Wl,-z,stack-size=1048576";

// POSIX calls for which wasi-libc has stand-ins; of these libraries only what is used is linked.
// Neither is there for Wasm.
const Arguments cpp_flags = {"-std=gnu++20", "-fno-exceptions", "-fno-rtti"};
const Arguments emulation_flags = {"-D_WASI_EMULATED_SIGNAL", "-D_WASI_EMULATED_PROCESS_CLOCKS",
                                   "-D_WASI_EMULATED_GETPID", "-D_WASI_EMULATED_MMAN"};
const Arguments emulation_libraries = {"-lwasi-emulated-signal", "-lwasi-emulated-process-clocks",
                                       "-lwasi-emulated-getpid", "-lwasi-emulated-mman"};

constexpr const char* allocator_object = "wasm_bpf_allocator.o";
constexpr const char* bindings_object = "wasm_bpf_bindings.o";

Arguments joined(Arguments first, const Arguments& second) {
    std::ranges::copy(second, std::back_inserter(first));
    return first;
}

// Looks for the floating-point types of LLVM's language; a function or a text of that name is taken for one too.
bool mentions_floats(std::string_view listing) {
    const auto in_word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    };
    for (const std::string_view type : {"float", "double", "fp128"})
        for (std::size_t at = 0; (at = listing.find(type, at)) != listing.npos; at += type.size()) {
            const std::size_t end = at + type.size();
            if (!(at > 0 && in_word(listing[at - 1])) && !(end < listing.size() && in_word(listing[end]))) return true;
        }
    return false;
}

// Clang's names for it, by how it is declared.
bool defines_main(std::string_view listing) {
    for (std::size_t at = 0; (at = listing.find("\ndefine ", at)) != listing.npos; at++) {
        const std::string_view line = listing.substr(at, listing.find('\n', at + 1) - at);
        for (const std::string_view name : {"@main(", "@__main_argc_argv(", "@__main_void(", "@__original_main("})
            if (line.find(name) != line.npos) return true;
    }
    return false;
}

// One build with what it found out about its surroundings.
class Pipeline {
public:
    Pipeline(const GuestBuild& build, Tools tools, Sdk sdk, fs::path folder)
        : build_(build),
          tools_(std::move(tools)),
          sdk_(std::move(sdk)),
          folder_(std::move(folder)),
          runner_(folder_, build.log) {}

    BuildResult<> run(const Sources& sources, const fs::path& output) {
        if (const Result<> prepared = prepare(sources); !prepared) return std::unexpected(prepared.error());
        if (BuildResult<> bound = bind_world(sources); !bound) return bound;
        for (const fs::path& source : sources.bpf)
            if (BuildResult<> done = build_skeleton(source); !done) return done;
        if (BuildResult<> done = repair_formats(sources); !done) return done;
        std::vector<fs::path> objects;
        if (BuildResult<> done = compile_guests(sources, objects); !done) return done;
        if (BuildResult<> agreed = check_layouts(sources); !agreed) return agreed;
        const BuildResult<CodeFacts> facts = read_code(objects);
        if (!facts) return std::unexpected(facts.error());
        objects.push_back(folder_ / allocator_object);
        if (bindings_) objects.insert(objects.end(), {folder_ / bindings_object, bindings_->types});
        Arguments libraries;
        if (std::ranges::any_of(sources.guest, is_cpp)) libraries = {"-lc++", "-lc++abi"};
        if (!facts->floats) libraries.emplace_back("-lc-printscan-no-floating-point");
        if (!build_.component) return make_module(objects, libraries, sources, output);
        // Without main() it is run by nobody but who calls its exports.
        if (!facts->main) libraries.emplace_back("-mexec-model=reactor");
        const fs::path core = folder_ / "core.wasm";
        if (BuildResult<> done = make_module(objects, libraries, sources, core); !done) return done;
        return encode_component(core, output, world_, runner_);
    }

    // Of the sources of the user's, as run() has compiled them.
    [[nodiscard]] const std::vector<CompileCommand>& commands() const { return commands_; }

    [[nodiscard]] std::set<fs::path> files_read() const {
        std::set<fs::path> files = runner_.files_read();
        if (bindings_) files.insert(bindings_->wit.begin(), bindings_->wit.end());
        return files;
    }

private:
    [[nodiscard]] Arguments shared_flags() const {
        Arguments flags;
        for (const fs::path& folder : build_.include_folders) flags.push_back("-I" + folder.string());
        for (const std::string& define : build_.defines) flags.push_back("-D" + define);
        return flags;
    }

    Result<> prepare(const Sources& sources) {
        if (const Result<> linked = link_kernel_headers(folder_, sdk_); !linked) return linked;
        if (std::ranges::any_of(sources.guest, is_cpp)) {
            const Result<fs::path> headers = find_cpp_headers(tools_);
            if (!headers) return std::unexpected(headers.error());
            cpp_flags_ = joined(cpp_flags, {"-isystem", *headers, "-isystem", sdk_.cpp_include});
        }
        if (!needs_vmlinux_header(sources.bpf, build_.include_folders)) return {};
        const Result<fs::path> vmlinux = vmlinux_header_folder(folder_);
        if (!vmlinux) return std::unexpected(vmlinux.error());
        vmlinux_folder_ = *vmlinux;
        vmlinux_flags_ = {"-isystem", *vmlinux};
        return {};
    }

    // Of a component that has a world.
    BuildResult<> bind_world(const Sources& sources) {
        if (!build_.component) return {};
        Result<component_file::WitSource> world =
            find_wit(*build_.component, sources.guest.front().parent_path(), sdk_.wit);
        if (!world) return std::unexpected(std::move(world).error());
        world_ = std::move(*world);
        if (world_.folder.empty()) return {};
        BuildResult<Bindings> written = write_bindings(world_, folder_);
        if (!written) return std::unexpected(std::move(written.error()));
        bindings_ = std::move(*written);
        const fs::path header = bindings_->source.filename().replace_extension(".h");
        for (const fs::path& source : sources.guest)
            if (const fs::path hiding = source.parent_path() / header; fs::exists(hiding))
                return std::unexpected(Error{
                    EEXIST, fmt::format("\"{}\" hides the bindings that the build makes: rename it", hiding.string())});
        return {};
    }

    // x.bpf.c -> x.debug.bpf.o -> x.bpf.o, without DWARF -> x.skel.h or, for components, x.bpf.h
    BuildResult<> build_skeleton(const fs::path& source) {
        const std::string name = stem(source);
        const fs::path with_dwarf = folder_ / (name + ".debug.bpf.o");
        const fs::path object = folder_ / (name + ".bpf.o");
        const fs::path header = folder_ / (name + (build_.component ? ".bpf.h" : ".skel.h"));
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
        return runner_.make({"generate the skeleton of " + source.string(),
                             header,
                             {object, "/proc/self/exe"},
                             {"wasm-bpf", "gen", "skeleton", object}},
                            [&] { return build_.component ? bytes_of(object, name) : skeleton_of(object); });
    }

    static BuildResult<std::string> bytes_of(const fs::path& object, const std::string& name) {
        const Result<std::string> elf = read_file(object);
        if (!elf) return std::unexpected(elf.error());
        return object_header(name, std::as_bytes(std::span(*elf)));
    }

    static BuildResult<std::string> skeleton_of(const fs::path& object) {
        const Result<std::string> elf = read_file(object);
        if (!elf) return std::unexpected(elf.error());
        const auto bytes = std::as_bytes(std::span(*elf));
        const auto description = bpf::describe_object(bytes, skeleton::object_name(object));
        if (!description) return std::unexpected(BuildError(description.error(), BuildError::Cause::sources));
        return skeleton::c_skeleton(*description, bytes);
    }

    Arguments guest_command(const fs::path& source, const Arguments& flags) const {
        Arguments command = {tools_.clang,
                             "--target=wasm32-wasi",
                             build_.release ? "-Oz" : "-O2",
                             "-flto",
                             "-mbulk-memory",
                             "-ffunction-sections",
                             "-fdata-sections",
                             "-fms-extensions",  // __if_exists, by which a skeleton takes what its source declared
                             "-DWASM_BPF_DECLARED_TYPES",
                             "-I" + folder_.string()};
        if (is_cpp(source)) command = joined(std::move(command), cpp_flags_);
        // What these declare is the guest ABI's, which components have not.
        if (!build_.component)
            command = joined(std::move(command), {"-isystem", sdk_.compat, "-isystem", sdk_.include});
        command = joined(std::move(command), {"-isystem",  // before /usr/include, where clang looks by itself
                                              folder_ / "libbpf", "-idirafter", folder_ / "system"});
        return joined(joined(joined(std::move(command), emulation_flags), flags), {"-c", source});
    }

    // The clang that compiles a source says first which formats do not suit its arguments.
    BuildResult<> repair_formats(const Sources& sources) {
        Arguments flags = joined(shared_flags(), build_.guest_flags);
        std::erase(flags, "-w");
        flags = joined(std::move(flags), format_check_flags());
        std::vector<FormatCheck> checks;
        for (const fs::path& source : sources.guest) checks.push_back({source, guest_command(source, flags)});
        BuildResult<Arguments> overlay_flags = toolchain::repair_formats(checks, folder_, runner_);
        if (!overlay_flags) return std::unexpected(std::move(overlay_flags.error()));
        overlay_flags_ = std::move(*overlay_flags);
        return {};
    }

    [[nodiscard]] Step compile_guest(const fs::path& source, const fs::path& object, const Arguments& flags) {
        return {"compile " + source.string(),
                object,
                {source, tools_.clang},
                joined(guest_command(source, flags), overlay_flags_),
                true,
                [this] {
                    if (!wasi_) wasi_ = check_wasi(tools_);
                    return *wasi_;
                }};
    }

    [[nodiscard]] fs::path debug_object(const fs::path& source) const {
        return folder_ / (stem(source).string() + ".debug.o");
    }

    // All at once: the guest's objects, those that its structs are read from, and the allocator. What the compiler has
    // to say of a source it says of the first of its objects.
    BuildResult<> compile_guests(const Sources& sources, std::vector<fs::path>& objects) {
        const Arguments flags = joined(shared_flags(), build_.guest_flags);
        std::vector<Step> steps;
        for (const fs::path& source : sources.guest) {
            objects.push_back(folder_ / (stem(source).string() + ".o"));
            steps.push_back(compile_guest(source, objects.back(), flags));
            commands_.push_back({source, objects.back(), guest_command(source, flags)});
        }
        for (const fs::path& source : sources.guest)
            if (!sources.bpf.empty())
                steps.push_back(compile_guest(source, debug_object(source),
                                              joined(flags, {"-g", "-fstandalone-debug", "-O0", "-fno-lto", "-w"})));
        // It answers for the compiler's own view of malloc and of what its memory holds.
        steps.push_back(
            compile_guest(sdk_.allocator, folder_ / allocator_object, {"-fno-builtin", "-fno-strict-aliasing"}));
        if (bindings_) steps.push_back(compile_guest(bindings_->source, folder_ / bindings_object, {"-w"}));
        return runner_.run_all(steps);
    }

    // Both sides' debug information, listed and compared.
    BuildResult<> check_layouts(const Sources& sources) {
        LayoutCheck check{
            .own_folders = {sdk_.include, sdk_.compat, sdk_.cpp_include, sdk_.bpf_include, folder_, vmlinux_folder_},
            .unshared = build_.unshared};
        for (const fs::path& source : sources.bpf)
            check.bpf_objects.push_back(folder_ / (stem(source).string() + ".debug.bpf.o"));
        for (const fs::path& source : sources.guest) {
            GuestDebugObject& guest = check.guest_objects.emplace_back();
            guest.object = debug_object(source);
            const Arguments user = joined(shared_flags(), build_.guest_flags);
            guest.print_syntax = joined(guest_command(source, joined(user, {"-O0", "-fno-lto", "-w"})),
                                        {"-fsyntax-only", "-Xclang", "-ast-dump", "-fno-color-diagnostics"});
        }
        return run_layout_check(check, tools_, folder_, runner_);
    }

    // What the guest's code, which is LLVM's bitcode until it is linked, shows. Where it has nothing to do with
    // floating point, none of its printf calls can, and the C library's smaller printf will do (5.6 KB less).
    struct CodeFacts {
        bool floats = false;
        bool main = false;
    };
    BuildResult<CodeFacts> read_code(const std::vector<fs::path>& objects) {
        CodeFacts facts;
        for (const fs::path& object : objects) {
            const fs::path listing = folder_ / (object.stem().string() + ".ll");
            if (BuildResult<> done =
                    runner_.run({"disassemble " + object.string(), listing, {object}, {tools_.disassembler, object}});
                !done)
                return std::unexpected(std::move(done.error()));
            const Result<std::string> text = read_file(listing);
            if (!text) return std::unexpected(text.error());
            facts.floats |= mentions_floats(*text);
            facts.main |= defines_main(*text);
        }
        return facts;
    }

    // No -O here: with one, clang runs a wasm-opt that happens to be on the PATH, and the result would depend on it.
    // --strip-debug keeps the functions' names, which a trap's stack shows.
    BuildResult<> link(const std::vector<fs::path>& objects, const Arguments& libraries, const fs::path& output) {
        Arguments command = {tools_.clang,
                             "--target=wasm32-wasi",
                             "-fuse-ld=" + tools_.linker.string(),
                             "-flto",
                             "-mbulk-memory",
                             "-Wl,--lto-O2",
                             "-Wl,-O2",
                             "-Wl,--gc-sections",
                             build_.release ? "-Wl,--strip-all" : "-Wl,--strip-debug",
                             "-Wl,--compress-relocations",
                             "-Wl,--stack-first",
                             stack_size};
        command.insert(command.end(), objects.begin(), objects.end());
        std::vector<fs::path> inputs = objects;
        if (!build_.component) {
            // errno has Linux' numbers: sdk/c/src/errno.c
            command.insert(command.end(), {"-Wl,--wrap=strerror", "-Wl,--export-table", sdk_.library});
            inputs.push_back(sdk_.library);
        }
        command = joined(std::move(command), libraries);
        inputs.push_back(tools_.linker);
        BuildResult<> linked = runner_.run(
            {"link " + output.string(), output, std::move(inputs), joined(std::move(command), emulation_libraries)});
        if (!linked)
            linked.error().error.message +=
                build_.component
                    ? "; a component calls what its world imports, not libbpf's functions (docs/components.md)"
                    : missing_functions(tools_, objects);
        return linked;
    }

    // The last steps: what each makes, the next one reads.
    BuildResult<> make_module(const std::vector<fs::path>& objects, const Arguments& libraries, const Sources& sources,
                              const fs::path& output) {
        const fs::path complete = build_.btf.empty() ? output : folder_ / "complete.wasm";
        const fs::path linked = build_.release ? folder_ / "linked.wasm" : complete;
        if (BuildResult<> done = link(objects, libraries, linked); !done) return done;
        if (build_.release)
            if (BuildResult<> done = optimize(linked, complete); !done) return done;
        return build_.btf.empty() ? BuildResult<>() : carry(complete, sources, output);
    }

    BuildResult<> carry(const fs::path& module, const Sources& sources, const fs::path& output) {
        const auto kernels = find_kernel_types(build_.btf);
        if (!kernels) return std::unexpected(Error(kernels.error()).in("--btf"));
        Step step{"put BTF into " + output.string(), output, {module, "/proc/self/exe"}, {"wasm-bpf", "carry", module}};
        for (const fs::path& source : sources.bpf) step.inputs.push_back(folder_ / (stem(source).string() + ".bpf.o"));
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
    BuildResult<> optimize(const fs::path& linked, const fs::path& output) {
        const Result<fs::path> optimizer = find_optimizer();
        if (!optimizer) return std::unexpected(optimizer.error());
        return runner_.run(
            {"optimize " + output.string(),
             output,
             {linked, *optimizer},
             {*optimizer, "-Oz", "--converge", "--enable-bulk-memory", "--enable-sign-ext", "--enable-mutable-globals",
              "--enable-nontrapping-float-to-int", "--enable-multivalue", "--enable-reference-types", linked}});
    }

    const GuestBuild& build_;
    Tools tools_;
    Sdk sdk_;
    fs::path folder_;
    StepRunner runner_;
    fs::path vmlinux_folder_;
    Arguments vmlinux_flags_;
    Arguments cpp_flags_;
    Arguments overlay_flags_;
    std::optional<Result<>> wasi_;  // once it was looked for
    component_file::WitSource world_;
    std::optional<Bindings> bindings_;
    std::vector<CompileCommand> commands_;
};

// For what is made on the way to the output.
Result<fs::path> make_build_folder(const fs::path& output) {
    std::error_code error;
    fs::path folder = fs::absolute(output, error).parent_path() / ".wasm-bpf" / output.stem();
    fs::create_directories(folder, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("make \"{}\"", folder.string())));
    return folder;
}

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

}  // namespace

BuildResult<fs::path> build_guest(const GuestBuild& build) {
    if (build.component && build.sources.size() == 1 && build.sources.front().extension() == ".wasm")
        return component_of_module(build);
    const Result<Sources> sources = find_sources(build.sources);
    if (!sources) return std::unexpected(sources.error());
    Result<Tools> tools = find_tools();
    if (!tools) return std::unexpected(tools.error());
    Result<Sdk> sdk = find_sdk();
    if (!sdk) return std::unexpected(sdk.error());

    const fs::path output = build.output.empty() ? sources->default_output : build.output;
    Result<fs::path> folder = make_build_folder(output);
    if (!folder) return std::unexpected(std::move(folder).error());
    Pipeline pipeline(build, std::move(*tools), std::move(*sdk), std::move(*folder));
    BuildResult<> done = pipeline.run(*sources, output);
    // Even where a source does not compile: an editor is to help with that.
    if (!build.compile_commands.empty())
        if (const Result<> written = update_compile_commands(build.compile_commands, pipeline.commands()); !written)
            return std::unexpected(written.error());
    if (!done) return std::unexpected(std::move(done.error()));
    if (!build.depfile.empty())
        if (const Result<> written = write_depfile(build.depfile, output, pipeline.files_read()); !written)
            return std::unexpected(written.error());
    return output;
}

}  // namespace wasm_bpf::toolchain
