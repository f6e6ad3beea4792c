#include "toolchain/c_build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <optional>
#include <string_view>
#include <system_error>

#include "toolchain/format_repair.hpp"
#include "toolchain/layout_check.hpp"
#include "toolchain/missing_functions.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;

// A guest's stack comes first in its memory, so that an overflow traps. Pages that are never touched cost nothing.
constexpr const char* stack_size = "-Wl,-z,stack-size=1048576";

// Neither is there for Wasm.
const Arguments cpp_flags = {"-std=gnu++20", "-fno-exceptions", "-fno-rtti"};
// Of these libraries, for emulation_flags, only what is used is linked.
const Arguments emulation_libraries = {"-lwasi-emulated-signal", "-lwasi-emulated-process-clocks",
                                       "-lwasi-emulated-getpid", "-lwasi-emulated-mman"};

constexpr const char* allocator_object = "wasm_bpf_allocator.o";
constexpr const char* bindings_object = "wasm_bpf_bindings.o";

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

class CPipeline {
public:
    CPipeline(GuestSteps& steps, const component_file::WitSource& world)
        : steps_(steps),
          world_(world),
          build_(steps.build()),
          tools_(steps.tools()),
          sdk_(steps.sdk()),
          folder_(steps.folder()),
          runner_(steps.runner()) {}

    BuildResult<> run(const Sources& sources, const fs::path& output) {
        if (BuildResult<> bound = bind_world(sources); !bound) return bound;
        if (BuildResult<> done = steps_.build_skeletons(sources.bpf, *skeleton::find_language("c")); !done) return done;
        if (const Result<> prepared = prepare(sources); !prepared) return std::unexpected(prepared.error());
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
        // Without main() a component is run by nobody but who calls its exports.
        if (build_.component && !facts->main)
            libraries.emplace_back("-mexec-model=reactor");
        else if (const fs::path start = find_plain_start(tools_); build_.component && !start.empty())
            libraries.insert(libraries.end(), {"-nostartfiles", start});
        return link(objects, libraries, steps_.linked(output));
    }

private:
    Result<> prepare(const Sources& sources) {
        if (std::ranges::none_of(sources.guest, is_cpp)) return {};
        const Result<fs::path> headers = find_cpp_headers(tools_);
        if (!headers) return std::unexpected(headers.error());
        cpp_flags_ = joined(cpp_flags, {"-isystem", *headers, "-isystem", sdk_.cpp_include});
        return {};
    }

    // Of a component that has a world.
    BuildResult<> bind_world(const Sources& sources) {
        if (!build_.component || world_.folder.empty()) return {};
        BuildResult<Bindings> written = write_bindings(world_, folder_);
        if (!written) return std::unexpected(std::move(written.error()));
        bindings_ = std::move(*written);
        steps_.note_files(bindings_->wit);
        const fs::path header = bindings_->source.filename().replace_extension(".h");
        for (const fs::path& source : sources.guest)
            if (const fs::path hiding = source.parent_path() / header; fs::exists(hiding))
                return std::unexpected(Error{
                    EEXIST, fmt::format("\"{}\" hides the bindings that the build makes: rename it", hiding.string())});
        return {};
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
        return joined(joined(joined(std::move(command), emulation_flags()), flags), {"-c", source});
    }

    // The clang that compiles a source says first which formats do not suit its arguments.
    BuildResult<> repair_formats(const Sources& sources) {
        Arguments flags = joined(steps_.shared_flags(), build_.guest_flags);
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
        const Arguments flags = joined(steps_.shared_flags(), build_.guest_flags);
        std::vector<Step> steps;
        for (const fs::path& source : sources.guest) {
            objects.push_back(folder_ / (stem(source).string() + ".o"));
            steps.push_back(compile_guest(source, objects.back(), flags));
            steps_.commands().push_back({source, objects.back(), guest_command(source, flags)});
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
        LayoutCheck check{.own_folders = {sdk_.include, sdk_.compat, sdk_.cpp_include, sdk_.bpf_include, folder_,
                                          steps_.vmlinux_folder()},
                          .unshared = build_.unshared};
        for (const fs::path& source : sources.bpf) check.bpf_objects.push_back(steps_.debug_object_of(source));
        for (const fs::path& source : sources.guest) {
            GuestDebugObject& guest = check.guest_objects.emplace_back();
            guest.object = debug_object(source);
            const Arguments user = joined(steps_.shared_flags(), build_.guest_flags);
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
            if (facts.floats && (facts.main || !build_.component)) break;  // nothing is left to be seen
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

    GuestSteps& steps_;
    const component_file::WitSource& world_;
    const GuestBuild& build_;
    const Tools& tools_;
    const Sdk& sdk_;
    const fs::path& folder_;
    StepRunner& runner_;
    Arguments cpp_flags_;
    Arguments overlay_flags_;
    std::optional<Result<>> wasi_;  // once it was looked for
    std::optional<Bindings> bindings_;
};

}  // namespace

BuildResult<> build_c_guest(GuestSteps& steps, const Sources& sources, const component_file::WitSource& world,
                            const fs::path& output) {
    return CPipeline(steps, world).run(sources, output);
}

}  // namespace wasm_bpf::toolchain
