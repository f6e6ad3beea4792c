#include "toolchain/rust_build.hpp"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <functional>
#include <nlohmann/json.hpp>
#include <string_view>
#include <system_error>

#include "api/user_cache.hpp"
#include "toolchain/process.hpp"

namespace wasm_bpf::toolchain {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr const char* target = "wasm32-wasip1";
constexpr const char* crate = "wasm-bpf";

// Debian's compiler comes without a library for Wasm, but with the library's source and all that this needs.
constexpr const char* debian_rustc = "/usr/bin/rustc";
constexpr const char* debian_cargo = "/usr/bin/cargo";
constexpr const char* debian_crates = "/usr/lib/rustlib/src/rust/library/vendor";

struct Rust {
    fs::path cargo;
    fs::path rustc;  // empty: cargo's own choice
    bool compiles_library = false;
};

// What the package's manifest says.
struct Package {
    std::string program;      // or, of a component, its library
    bool is_library = false;  // a cdylib, which is called by its exports
    bool uses_crate = false;  // ours
    bool uses_registry = false;
    bool chooses_size = false;  // the user says how far to optimize
};

bool has_library(const fs::path& rustc) {
    const std::string folder = read_line({rustc, "--print", "target-libdir", "--target", target});
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (entry.path().filename().string().starts_with("libstd-")) return true;
    return false;
}

Result<Rust> find_rust() {
    const fs::path rustc = find_program("rustc");
    const fs::path cargo = find_program("cargo");
    if (!rustc.empty() && !cargo.empty() && has_library(rustc)) return Rust{cargo, {}, false};
    std::error_code ignored;
    if (access(debian_rustc, X_OK) == 0 && access(debian_cargo, X_OK) == 0 && fs::is_directory(debian_crates, ignored))
        return Rust{debian_cargo, debian_rustc, true};
    return fail(ENOENT,
                "Rust for Wasm is missing: install it (rustup target add wasm32-wasip1, or Debian: apt-get install "
                "rustc-web cargo-web rust-web-src)");
}

// Without the user's own flags, which are meant for another target.
Arguments in_environment(const Rust& rust, const Arguments& command) {
    Arguments all = {"/usr/bin/env", "-u", "RUSTFLAGS", "-u", "CARGO_ENCODED_RUSTFLAGS", "-u", "CARGO_BUILD_TARGET"};
    if (!rust.rustc.empty()) all.push_back("RUSTC=" + rust.rustc.string());
    if (rust.compiles_library) all.emplace_back("RUSTC_BOOTSTRAP=1");
    return joined(std::move(all), command);
}

std::unexpected<BuildError> wrong_package(const fs::path& manifest, std::string_view what) {
    return std::unexpected(
        BuildError(Error{EINVAL, fmt::format("\"{}\" {}", manifest.string(), what)}, BuildError::Cause::sources));
}

std::vector<std::string> targets_of_kind(const json& package, const char* kind) {
    std::vector<std::string> names;
    for (const json& one : package.value("targets", json::array()))
        if (std::ranges::count(one.value("kind", json::array()), kind) != 0) names.push_back(one.value("name", ""));
    return names;
}

// Whether the user says how far to optimize: where cargo itself looks, which is the workspace's manifest and not that
// of a package in it, or in cargo's own configuration (.cargo/config.toml, the environment).
bool chooses_size(const Rust& rust, const fs::path& workspace) {
    const std::string manifest = read_file(workspace / "Cargo.toml").value_or("");
    if (const toml::parse_result parsed = toml::parse(manifest); parsed)
        if (parsed.table().at_path("profile.release.opt-level")) return true;
    // Cargo prints its configuration to those alone who take what is not stable yet.
    const Arguments command = {"RUSTC_BOOTSTRAP=1", rust.cargo,   "-Zunstable-options",       "config", "get",
                               "--format",          "json-value", "profile.release.opt-level"};
    return !read_line(in_environment(rust, command)).empty();
}

BuildResult<Package> read_package(const Rust& rust, const fs::path& folder, bool for_component) {
    const fs::path manifest = folder / "Cargo.toml";
    const Arguments command = in_environment(
        rust, {rust.cargo, "metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path", manifest});
    const Result<std::string> text = read_process(command);
    if (!text) return std::unexpected(text.error());
    const json metadata = json::parse(*text, nullptr, /*allow_exceptions=*/false);
    if (!metadata.is_object())
        return wrong_package(manifest,
                             fmt::format("is no manifest that cargo takes: {}", read_messages(command).value_or("")));
    Package package;
    std::vector<std::string> programs;
    std::error_code error;
    for (const json& each : metadata.value("packages", json::array())) {
        if (!fs::equivalent(each.value("manifest_path", ""), manifest, error)) continue;
        if (for_component) programs = targets_of_kind(each, "cdylib");
        package.is_library = !programs.empty();
        if (!package.is_library) programs = targets_of_kind(each, "bin");
        for (const json& one : each.value("dependencies", json::array())) {
            const bool is_ours = one.value("name", "") == crate;
            package.uses_crate |= is_ours;
            package.uses_registry |= one.contains("source") && one["source"].is_string() && !is_ours;
        }
    }
    if (programs.empty())
        return wrong_package(manifest, for_component ? "has neither a library of crate-type \"cdylib\" nor a program"
                                                     : "has no program: write src/main.rs");
    if (programs.size() > 1)
        return wrong_package(manifest,
                             fmt::format("has several programs ({}): a module is one", fmt::join(programs, ", ")));
    package.program = programs.front();
    const fs::path workspace = metadata.value("workspace_root", folder.string());
    package.chooses_size = chooses_size(rust, workspace);
    const std::string lock = read_file(workspace / "Cargo.lock").value_or("");
    package.uses_registry |= lock.find("source = \"registry+") != std::string::npos;
    return package;
}

// TOML's basic strings are JSON's.
std::string quoted(const std::string& text) { return json(text).dump(); }

// What Debian's compiler has to be told of the C library's; rustup's knows its own.
const char* start_file(const GuestBuild& build, const Package& package) {
    if (package.is_library) return "--print-file-name=crt1-reactor.o";
    // See find_plain_start().
    return build.component ? "--print-file-name=crt1.o" : "--print-file-name=crt1-command.o";
}

// Of the last step alone, so that one standard library is good for all packages.
Arguments linker_flags(const GuestSteps& steps, const Rust& rust, const Package& package) {
    // Cargo calls packages of one name and version the same, wherever they lie: what it makes of each must not be taken
    // for another's in the folder that all share. It tells units apart by these flags.
    const std::string place = fs::weakly_canonical(steps.folder()).string();
    Arguments flags = {fmt::format("-Cmetadata={:x}", std::hash<std::string>()(place)),
                       "-Clink-arg=-zstack-size=1048576"};
    if (!steps.build().component) flags.emplace_back("-Clink-arg=--export-table");
    if (!rust.compiles_library) return flags;
    if (package.is_library) flags.emplace_back("-Clink-arg=--export=_initialize");
    flags.push_back("-Clink-arg=" + find_for_wasm(steps.tools(), start_file(steps.build(), package)).string());
    return flags;
}

// The features that engines have without being asked; and Debian's C library in the place of rustup's own.
Arguments compiler_flags(const Tools& tools) {
    const fs::path library = find_for_wasm(tools, "--print-file-name=libc.a");
    return {"-Ctarget-cpu=mvp", "-Ctarget-feature=+bulk-memory,+mutable-globals,+sign-ext,+nontrapping-fptoint",
            "-Clink-self-contained=no", "-L" + library.parent_path().string()};
}

// The same for every package and for releases, which wasm-opt makes smaller: for each that differs the standard library
// is compiled anew. How far to optimize is the user's own choice, where there is one.
std::string profile(const Package& package) {
    const std::string_view size = package.chooses_size ? "" : "opt-level = \"s\"\n";
    return fmt::format(
        "\n[profile.release]\nlto = true\ncodegen-units = 1\npanic = \"abort\"\nstrip = \"debuginfo\"\n{}", size);
}

std::string configuration(const GuestSteps& steps, const Rust& rust, const Package& package, const fs::path& made) {
    std::string text = fmt::format(
        "# Written by wasm-bpf build, to be used by hand too: cargo --config THIS_FILE check\n"
        "[build]\ntarget = \"{}\"\nbuild-dir = {}\n\n[env]\nWASM_BPF_OUT_DIR = {{ value = {}, force = true }}\n\n",
        target, quoted(made), quoted(steps.folder()));
    if (rust.compiles_library) {
        Arguments flags = compiler_flags(steps.tools());
        std::ranges::transform(flags, flags.begin(), quoted);
        text += fmt::format(
            "[target.{}]\nrustflags = [{}]\nlinker = {}\n\n[unstable]\nbuild-std = [\"std\", \"panic_abort\"]\n"
            "build-std-features = [\"optimize_for_size\"]\n",
            target, fmt::join(flags, ", "), quoted(steps.tools().linker));
        if (!package.uses_registry)
            text += fmt::format("\n[source.crates-io]\nreplace-with = \"debian\"\n\n[source.debian]\ndirectory = {}\n",
                                quoted(debian_crates));
    }
    if (package.uses_crate)
        text += fmt::format("\n[patch.crates-io]\n{} = {{ path = {} }}\n", crate, quoted(steps.sdk().rust_crate));
    return text + profile(package);
}

// Shared by all packages, for the library's sake, where the user has a cache at all.
fs::path build_folder(const GuestSteps& steps) {
    const fs::path cache = user_cache_folder();
    return cache.empty() ? steps.folder() / "cargo-build" : cache / "rust";
}

void announce_library(const fs::path& made, const Rust& rust) {
    std::error_code ignored;
    if (rust.compiles_library && !fs::exists(made / target, ignored))
        fmt::print(stderr,
                   "wasm-bpf build: compiling Rust's standard library for Wasm, which is kept: about a minute\n");
}

}  // namespace

BuildResult<> build_rust_guest(GuestSteps& steps, const Sources& sources, const fs::path& output) {
    const fs::path& folder = sources.guest.front();
    const Result<Rust> rust = find_rust();
    if (!rust) return std::unexpected(rust.error());
    if (rust->compiles_library)
        if (const Result<> wasi = check_wasi(steps.tools()); !wasi) return std::unexpected(wasi.error());
    const BuildResult<Package> package = read_package(*rust, folder, steps.build().component.has_value());
    if (!package) return std::unexpected(package.error());

    const fs::path made = build_folder(steps);
    const fs::path config = steps.folder() / "cargo.toml";
    if (const Result<> written = write_file(config, configuration(steps, *rust, *package, made)); !written)
        return std::unexpected(written.error());
    Arguments cargo = {rust->cargo, "rustc", "--release",       "--quiet",
                       "--config",  config,  "--manifest-path", folder / "Cargo.toml",
                       "--target",  target,  "--target-dir",    steps.folder() / "cargo"};
    cargo = joined(std::move(cargo), package->is_library ? Arguments{"--lib"} : Arguments{"--bin", package->program});
    if (!package->uses_registry) cargo.emplace_back("--offline");
    cargo.emplace_back("--");
    cargo = in_environment(*rust, joined(std::move(cargo), linker_flags(steps, *rust, *package)));
    announce_library(made, *rust);
    if (BuildResult<> compiled = steps.compile_package("cargo", cargo, folder); !compiled) return compiled;
    std::string name = package->program;
    if (package->is_library) std::ranges::replace(name, '-', '_');
    const fs::path built = steps.folder() / "cargo" / target / "release" / (name + ".wasm");
    steps.runner().note_depfile(fs::path(built).replace_extension(".d"));
    return steps.take_linked(built, output);
}

}  // namespace wasm_bpf::toolchain
