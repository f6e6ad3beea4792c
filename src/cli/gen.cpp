#include "cli/gen.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "bpf/btf_trim.hpp"
#include "bpf/describe.hpp"
#include "bpf/vmlinux_header.hpp"
#include "command/exit_codes.hpp"
#include "inspect/contents.hpp"
#include "skeleton/c_skeleton.hpp"
#include "skeleton/c_types.hpp"
#include "skeleton/languages.hpp"
#include "toolchain/carried_types.hpp"
#include "toolchain/component_steps.hpp"
#include "toolchain/other_languages.hpp"
#include "toolchain/step.hpp"
#include "toolchain/tools.hpp"

namespace wasm_bpf::cli {
namespace {

struct GenArguments {
    std::filesystem::path file;
    std::string name;
    std::string language = "c";
    std::vector<std::string> types;
    std::vector<std::string> btf;
    std::filesystem::path output, into;
    std::string world;
    std::vector<std::string> flags;
};

Result<std::string> skeleton_text(const GenArguments& arguments) {
    const skeleton::Language* language = skeleton::find_language(arguments.language);
    if (language == nullptr)
        return fail(EINVAL, fmt::format("no language \"{}\": name {}", arguments.language, skeleton::language_names()));
    const Result<std::string> elf = toolchain::read_file(arguments.file);
    if (!elf) return std::unexpected(elf.error());
    const auto bytes = std::as_bytes(std::span(*elf));
    const std::string name = arguments.name.empty() ? skeleton::object_name(arguments.file) : arguments.name;
    Result<bpf::ObjectDescription> object = bpf::describe_object(bytes, name, language->described);
    if (!object) return std::unexpected(std::move(object.error()).in(fmt::format("\"{}\"", arguments.file.string())));
    const char* package = std::getenv("GOPACKAGE");  // go generate's
    return language->skeleton({*object, bytes, arguments.file.filename(), package != nullptr ? package : ""});
}

Result<std::string> types_text(const GenArguments& arguments) {
    if (arguments.file.empty() && arguments.types.empty())
        return fail(EINVAL, "name the kernel's types that you want: --type task_struct");
    const skeleton::Language* language = skeleton::find_language(arguments.language);
    if (language == nullptr || language->types == nullptr)
        return fail(EINVAL,
                    fmt::format("no types for \"{}\": name {}", arguments.language, skeleton::type_language_names()));
    if (language->types != skeleton::c_types_header && !arguments.name.empty())
        return fail(EINVAL, fmt::format("--prefix is for languages without modules, not for {}", language->name));
    Result<bpf::ObjectDescription> types = bpf::describe_types(arguments.file, arguments.types);
    if (!types) return std::unexpected(std::move(types.error()));
    types->name = arguments.name;
    return language->types(*types);
}

Result<std::string> vmlinux_text(const GenArguments& arguments) { return bpf::vmlinux_header(arguments.file); }

// The module, carrying it.
Result<std::string> carrying_module(const GenArguments& arguments, std::span<const std::byte> module,
                                    std::span<const std::span<const std::byte>> objects) {
    constexpr const char* running = "/sys/kernel/btf/vmlinux";
    const auto kernels =
        toolchain::find_kernel_types(arguments.btf.empty() ? std::vector<std::string>{running} : arguments.btf);
    if (!kernels) return std::unexpected(Error(kernels.error()).in("--btf"));
    const auto carrying = toolchain::carry_kernel_types(module, objects, *kernels);
    if (!carrying) return std::unexpected(carrying.error());
    return std::string(reinterpret_cast<const char*>(carrying->data()), carrying->size());
}

// Of one kernel.
Result<std::string> trimmed_btf(const GenArguments& arguments, std::span<const std::span<const std::byte>> objects) {
    if (arguments.btf.size() > 1)
        return fail(EINVAL, "one file has the BTF of one kernel: several go into a module (--into)");
    const auto btf = bpf::min_btf(objects, arguments.btf.empty() ? "" : arguments.btf.front());
    if (!btf) return std::unexpected(btf.error());
    return std::string(reinterpret_cast<const char*>(btf->data()), btf->size());
}

// Written to the file; there is nothing to print.
Result<std::string> min_btf(const GenArguments& arguments) {
    if (arguments.output.empty() == arguments.into.empty())
        return fail(EINVAL, "say where it goes: -o FILE, or --into MODULE");
    const Result<std::string> file = toolchain::read_file(arguments.file);
    if (!file) return std::unexpected(file.error());
    const auto contents = inspect::read_contents(std::as_bytes(std::span(*file)));
    if (!contents) return std::unexpected(Error(contents.error()).in(fmt::format("\"{}\"", arguments.file.string())));
    std::vector<std::span<const std::byte>> objects;
    for (const inspect::Contents* module : inspect::modules_of(*contents))
        for (const auto& object : module->objects) objects.emplace_back(object.elf);
    if (objects.empty()) return fail(EINVAL, fmt::format("\"{}\" holds no BPF object", arguments.file.string()));
    const bool into_module = !arguments.into.empty();
    if (into_module && !contents->module)
        return fail(EINVAL, fmt::format("\"{}\" is no module: --into takes one", arguments.file.string()));
    const auto made = into_module ? carrying_module(arguments, std::as_bytes(std::span(*file)), objects)
                                  : trimmed_btf(arguments, objects);
    if (!made) return made;
    if (auto written = toolchain::write_file(into_module ? arguments.into : arguments.output, *made); !written)
        return std::unexpected(std::move(written).error());
    return "";
}

// Written into the folder.
Result<std::string> bindings(const GenArguments& arguments) {
    const auto sdk = toolchain::find_sdk();
    if (!sdk) return std::unexpected(sdk.error());
    std::error_code error;
    std::filesystem::create_directories(arguments.output, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("\"{}\"", arguments.output.string())));
    const auto written = toolchain::write_bindings(
        {.folder = arguments.file, .world = arguments.world, .packages = {sdk->wit}}, arguments.output);
    if (!written) return std::unexpected(written.error().error);
    return "";
}

Result<std::string> own_wit(const GenArguments& arguments) {
    const auto sdk = toolchain::find_sdk();
    if (!sdk) return std::unexpected(sdk.error());
    std::error_code error;
    std::filesystem::create_directories(arguments.output, error);
    for (std::filesystem::directory_iterator entry(sdk->wit, error), end; !error && entry != end;
         entry.increment(error))
        if (entry->path().extension() == ".wit")
            std::filesystem::copy_file(entry->path(), arguments.output / entry->path().filename(),
                                       std::filesystem::copy_options::overwrite_existing, error);
    if (error) return std::unexpected(errno_error(error.value(), fmt::format("\"{}\"", arguments.output.string())));
    return "";
}

// Written to the file, whose name is printed.
Result<std::string> object_file(const GenArguments& arguments) {
    toolchain::GuestBuild build{{arguments.file}, arguments.output};
    build.bpf_flags = arguments.flags;
    const auto built = toolchain::build_object(build);
    if (!built) return std::unexpected(built.error().error);
    return built->string() + "\n";
}

int print(const std::string& command, const Result<std::string>& text) {
    if (!text) {
        fmt::print(stderr, "wasm-bpf gen {}: {}\n", command, text.error().message);
        return exit_failure;
    }
    if (std::fwrite(text->data(), 1, text->size(), stdout) == text->size() && std::fflush(stdout) == 0) return 0;
    fmt::print(stderr, "wasm-bpf gen {}: {}\n", command, errno_error(errno, "write to standard output").message);
    return exit_failure;
}

std::string check_identifier(const std::string& name) {
    return skeleton::c_identifier(name) == name && !name.empty() ? "" : "the name must be a C identifier";
}

}  // namespace

void add_gen_command(CLI::App& app, int& exit_code) {
    CLI::App* command = app.add_subcommand("gen", "Generate source files from BPF objects and BTF");
    command->require_subcommand(1);
    const auto arguments = std::make_shared<GenArguments>();
    const auto add = [&](const std::string& name, const char* help, Result<std::string> (*text)(const GenArguments&)) {
        CLI::App* generator = command->add_subcommand(name, help);
        generator->callback([=, &exit_code] { exit_code = print(name, text(*arguments)); });
        return generator;
    };
    CLI::App* object =
        add("object", "Compile a BPF source alone, for guests that wasm-bpf build does not compile", object_file);
    object->add_option("SOURCE", arguments->file, "NAME.bpf.c")->required();
    object->add_option("-o,--output", arguments->output, "The file to write (default: NAME.bpf.o beside the source)");
    object->add_option("--flag", arguments->flags, "One more flag for clang")->allow_extra_args(false);

    CLI::App* skeleton = add("skeleton", "Print the skeleton of a BPF object", skeleton_text);
    skeleton->add_option("OBJECT", arguments->file, "A BPF object file with BTF, best without DWARF (llvm-strip -g)")
        ->required();
    skeleton->add_option("-n,--name", arguments->name, "The object's name in the skeleton (default: x_bpf for x.bpf.o)")
        ->check(check_identifier);
    skeleton->add_option("-l,--lang", arguments->language,
                         fmt::format("For guests in {} (default: c); those of rust and go embed the object, which must "
                                     "lie beside them",
                                     skeleton::language_names()));

    CLI::App* types = add("types", "Print types for the guest's side, with the layout that BPF has", types_text);
    types->add_option("FILE", arguments->file,
                      "A BPF object, a kernel image or raw BTF (default: the running kernel's); of an object, if no "
                      "--type is named, the types that its maps and global variables hold");
    types->add_option("-t,--type", arguments->types, "A struct, union, enum or typedef, and what it is made of")
        ->allow_extra_args(false)
        ->type_name("NAME");
    types->add_option("-l,--lang", arguments->language,
                      fmt::format("For guests in {} (default: c)", skeleton::type_language_names()));
    types->add_option("-p,--prefix", arguments->name, "Put PREFIX__ before every name")
        ->check(check_identifier)
        ->type_name("PREFIX");

    CLI::App* vmlinux = add("vmlinux", "Print vmlinux.h: a kernel's types for BPF programs", vmlinux_text);
    vmlinux->add_option("--btf", arguments->file, "A file with BTF (default: the running kernel's)");

    CLI::App* trimmed = add("min-btf",
                            "Write what of a kernel's BTF a BPF object, or those in a module, are relocated by: for "
                            "run --btf on such kernels that have none",
                            min_btf);
    trimmed->add_option("FILE", arguments->file, "A BPF object or a Wasm module")->required();
    trimmed
        ->add_option(
            "--btf", arguments->btf,
            "A file with that kernel's BTF (default: the running kernel's); for --into as in wasm-bpf build, and "
            "more than one")
        ->allow_extra_args(false)
        ->type_name("FILE[::RELEASE[::MACHINE]]");
    trimmed->add_option("-o,--output", arguments->output, "The file to write");
    trimmed->add_option("--into", arguments->into,
                        "Write the module, carrying it besides what it carries; used by itself at load");

    CLI::App* for_world = add("bindings",
                              "Write the C bindings of a WIT world: WORLD.h, WORLD.c and WORLD_component_type.o; "
                              "wasm-bpf build --component makes them by itself for C",
                              bindings);
    for_world->add_option("FOLDER", arguments->file, "The folder with the world's .wit files")->required();
    for_world->add_option("--world", arguments->world, "The world, where the folder has several")->type_name("NAME");
    for_world->add_option("-o,--output", arguments->output, "The folder to write them to")->required();

    CLI::App* wit = add("wit", "Write the WIT of wasm-bpf:bpf, for tools that look for it in wit/deps", own_wit);
    wit->add_option("-o,--output", arguments->output, "The folder to write it to, as wit/deps/wasm-bpf")->required();
}

}  // namespace wasm_bpf::cli
