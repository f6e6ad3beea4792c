// `wasm-bpf build --component`: components from C and from other languages' core modules.

#include <nlohmann/json.hpp>

#include "build_folder.hpp"
#include "component_files.hpp"

namespace wasm_bpf::test {
namespace {

using nlohmann::json;

class BuildComponent : public Components {
protected:
    // A world whose f counts its calls, in C.
    BuildComponent() {
        write("count/wit/count.wit", R"(package t:count@1.0.0;
interface counter { count: func(by: u32) -> u32; }
world counting { export counter; }
)");
        write("count/count.c", R"(#include "counting.h"
static uint32_t total;
uint32_t exports_t_count_counter_count(uint32_t by) { return total += by; }
)");
    }

    [[nodiscard]] Ran build(const std::string& name, std::vector<std::string> more = {}) const {
        std::vector<std::string> arguments{"build", "--component", path(name)};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return Ran(arguments);
    }
    [[nodiscard]] json inspect(const std::string& name) const {
        const Ran ran({"inspect", "--json", path(name)});
        EXPECT_EQ(ran.exit_code, 0) << ran.error;
        return json::parse(ran.output, nullptr, false);
    }
    void expect_error(const Ran& ran, int exit_code, const std::vector<std::string>& parts) const {
        EXPECT_EQ(ran.exit_code, exit_code) << ran.error;
        for (const std::string& part : parts)
            EXPECT_NE(ran.error.find(part), std::string::npos) << part << ": " << ran.error;
    }
};

bool has(const json& list, const std::string& start) {
    return std::ranges::any_of(list, [&](const json& each) { return each.get<std::string>().starts_with(start); });
}

TEST_F(BuildComponent, MakesOneOfCAndAWorld) {
    const Ran built = build("count");
    ASSERT_EQ(built.exit_code, 0) << built.error;
    EXPECT_EQ(built.output, path("count/count.wasm") + "\n");
    const json made = inspect("count/count.wasm");
    EXPECT_EQ(made["exports"], json::array({"t:count/counter@1.0.0"}));
    EXPECT_NE(made["wit"].get<std::string>().find("count: func(by: u32) -> u32;"), std::string::npos);
    EXPECT_EQ(made["modules"][0]["name"], "main");
}

TEST_F(BuildComponent, IsUpToDateUntilTheWorldChanges) {
    ASSERT_EQ(build("count").exit_code, 0);
    const auto before = std::filesystem::last_write_time(path("count/count.wasm"));
    EXPECT_EQ(build("count", {"-v"}).error, "");
    EXPECT_EQ(std::filesystem::last_write_time(path("count/count.wasm")), before);
    write("count/wit/count.wit", R"(package t:count@1.1.0;
interface counter { count: func(by: u32) -> u32; }
world counting { export counter; }
)");
    ASSERT_EQ(build("count").exit_code, 0);
    EXPECT_EQ(inspect("count/count.wasm")["exports"], json::array({"t:count/counter@1.1.0"}));
}

TEST_F(BuildComponent, NamesTheWorldInTheDepfile) {
    ASSERT_EQ(build("count", {"--depfile", path("count.d")}).exit_code, 0);
    const std::string depfile = content(path("count.d"));
    EXPECT_TRUE(mentions(depfile, "count.wit")) << depfile;
    EXPECT_TRUE(mentions(depfile, "count.c")) << depfile;
}

TEST_F(BuildComponent, ReleaseIsSmallerAndTheSame) {
    ASSERT_EQ(build("count").exit_code, 0);
    ASSERT_EQ(build("count", {"--release", "-o", path("small.wasm")}).exit_code, 0);
    EXPECT_LT(std::filesystem::file_size(path("small.wasm")), std::filesystem::file_size(path("count/count.wasm")));
    EXPECT_EQ(inspect("small.wasm")["wit"], inspect("count/count.wasm")["wit"]);
}

// wasm-bpf:bpf is found though the folder has none of it.
TEST_F(BuildComponent, HoldsTheBpfObjectAndUsesOurOwnPackage) {
    write("load/wit/load.wit", R"(package t:load;
world loading { import wasm-bpf:bpf/objects@0.1.0; }
)");
    write("load/load.bpf.c", R"(#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
SEC("tp/sched/sched_switch") int on_switch(void *context) { return 0; }
char LICENSE[] SEC("license") = "GPL";
)");
    write("load/load.c", R"(#include "loading.h"
#include "load.bpf.h"
int main(void) {
    loading_list_u8_t elf = {(uint8_t *)load_object, load_object_size};
    wasm_bpf_bpf_objects_own_object_t object;
    wasm_bpf_bpf_objects_error_t error;
    return wasm_bpf_bpf_objects_static_object_open(&elf, 0, &object, &error) ? 0 : 1;
}
)");
    const Ran built = build("load");
    ASSERT_EQ(built.exit_code, 0) << built.error;
    const json made = inspect("load/load.wasm");
    EXPECT_TRUE(has(made["imports"], "wasm-bpf:bpf/objects@0.1.0"));
    EXPECT_TRUE(has(made["exports"], "wasi:cli/run@"));
    ASSERT_EQ(made["modules"][0]["objects"].size(), 1u) << made["modules"][0];
    EXPECT_EQ(made["modules"][0]["objects"][0]["programs"][0]["section"], "tp/sched/sched_switch");
    const Ran checked({"check", path("load/load.wasm")});
    EXPECT_EQ(checked.exit_code, 0) << checked.output;
    EXPECT_EQ(checked.output.find("no BPF objects"), std::string::npos) << checked.output;
    const Ran shown({"inspect", path("load/load.wasm")});
    for (const char* part : {"Wasm component", "wasm-bpf:bpf@0.1.0 (this host)", "core module main",
                             "BPF object load.bpf.c", "sched_switch"})
        EXPECT_NE(shown.output.find(part), std::string::npos) << part << " is not in:\n" << shown.output;
}

TEST_F(BuildComponent, AProgramWithoutAWorldIsACommand) {
    write("hello/hello.c", "#include <stdio.h>\nint main(void) { return puts(\"hello\") < 0; }\n");
    const Ran built = build("hello");
    ASSERT_EQ(built.exit_code, 0) << built.error;
    EXPECT_TRUE(has(inspect("hello/hello.wasm")["exports"], "wasi:cli/run@"));
}

TEST_F(BuildComponent, TakesWhatAnotherCompilerMade) {
    write("other/wit/t.wit",
          "package t:t;\nworld one { export f: func() -> u32; }\nworld two { export g: func() -> u32; }\n");
    const auto bytes = wat(R"((module (func (export "g") (result i32) (i32.const 3)) (memory (export "memory") 1)))");
    write("other/other.wasm", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    const Ran built = build("other/other.wasm", {"--world", "two"});
    ASSERT_EQ(built.exit_code, 0) << built.error;
    EXPECT_EQ(inspect("other/other.component.wasm")["exports"], json::array({"g"}));
    expect_error(build("other/other.wasm"), 1, {"several worlds (one, two)", "--world"});
    expect_error(build("other/other.wasm", {"--world", "one"}), 1, {"`f`"});
}

TEST_F(BuildComponent, AModuleOfTheGuestAbiIsNone) {
    const auto bytes = wat(R"((module (import "wasm_bpf_v1" "close" (func (param i32) (result i32)))
        (memory (export "memory") 1) (func (export "_start"))))");
    write("module.wasm", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    expect_error(build("module.wasm"), 1, {"guest ABI", "wasm-bpf:bpf", "docs/components.md"});
    write("cut.wasm", std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size() - 4));
    expect_error(build("cut.wasm"), 1, {"cut.wasm", "cut off"});
}

TEST_F(BuildComponent, BindingsForOtherCompilers) {
    const Ran made({"gen", "bindings", path("count/wit"), "-o", path("bindings")});
    EXPECT_EQ(made.exit_code, 0) << made.error;
    for (const char* file : {"bindings/counting.h", "bindings/counting.c", "bindings/counting_component_type.o"})
        EXPECT_TRUE(std::filesystem::exists(path(file))) << file;
    const Ran own({"gen", "wit", "-o", path("wit/deps/wasm-bpf")});
    EXPECT_EQ(own.exit_code, 0) << own.error;
    EXPECT_TRUE(std::filesystem::exists(path("wit/deps/wasm-bpf/objects.wit")));
}

TEST_F(BuildComponent, MistakesInTheWorldAreShownWhereTheyAre) {
    write("count/wit/count.wit", "package t:count;\nworld counting { export nothing; }\n");
    expect_error(build("count"), 1, {"nothing", "count.wit:2"});
    write("count/wit/count.wit", "package t:count;\nworld counting {\n");
    expect_error(build("count"), 1, {"count.wit:"});
    expect_error(build("count", {"--wit", path("nowhere")}), 1, {"nowhere", "no such"});
    write("count/wit/count.wit", "package t:count;\nworld one { } world two { }\n");
    expect_error(build("count"), 1, {"several worlds (one, two)", "--world"});
    expect_error(build("count", {"--world", "three"}), 1, {"three", "one, two"});
}

TEST_F(BuildComponent, AnExportThatIsNotWrittenIsTheLinkersError) {
    write("count/count.c", "#include \"counting.h\"\n");
    expect_error(build("count"), 1, {"exports_t_count_counter_count"});
}

TEST_F(BuildComponent, LibbpfsFunctionsAreNotAComponents) {
    write("count/count.c", R"(#include <bpf/libbpf.h>
#include "counting.h"
uint32_t exports_t_count_counter_count(uint32_t by) { return libbpf_major_version() + by; }
)");
    expect_error(build("count"), 1, {"libbpf_major_version", "docs/components.md"});
}

TEST_F(BuildComponent, AHeaderInTheBindingsPlaceIsRefused) {
    write("count/counting.h", "");
    expect_error(build("count"), 125, {"counting.h", "rename"});
}

// A Cargo package that is built: examples/pipeline, in tests/kernel.
TEST_F(BuildComponent, ACargoPackageMustHaveSomethingToRunOrCall) {
    write("crate/Cargo.toml", "[package]\nname = \"crate\"\nversion = \"0.1.0\"\nedition = \"2024\"\n");
    write("crate/src/lib.rs", "");
    expect_error(build("crate"), 1, {"crate/Cargo.toml", "cdylib"});
}

TEST_F(BuildComponent, WorldAndWitAreForComponents) {
    EXPECT_EQ(Ran({"build", path("count"), "--world", "counting"}).exit_code, 125);
}

TEST_F(BuildComponent, ANewerInterfaceOfOursIsSaidByCheck) {
    write("new/wit/t.wit", "package t:t;\nworld w { import wasm-bpf:bpf/things@0.9.0; }\n");
    write("new/wit/deps/bpf/bpf.wit", "package wasm-bpf:bpf@0.9.0;\ninterface things { f: func(); }\n");
    write("new/new.c", "#include \"w.h\"\nint main(void) { wasm_bpf_bpf_things_f(); return 0; }\n");
    const Ran built = build("new");
    ASSERT_EQ(built.exit_code, 0) << built.error;
    const Ran checked({"check", path("new/new.wasm")});
    EXPECT_EQ(checked.exit_code, 1);
    EXPECT_NE(checked.output.find("wasm-bpf:bpf/things@0.9.0"), std::string::npos) << checked.output;
}

}  // namespace
}  // namespace wasm_bpf::test
