// `wasm-bpf inspect` on modules that our own tests and examples build.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/folder.hpp"
#include "run_guests.hpp"

namespace wasm_bpf::test {
namespace {

using nlohmann::json;

std::string example(const std::string& name) {
    return std::string(TEST_EXAMPLES_DIR) + "/" + name + "/" + name + ".wasm";
}
std::string guest_v0(const std::string& name) { return std::string(TEST_GUEST_DIR) + "/v0/" + name + ".wasm"; }

json inspect(const std::string& file) {
    const Ran ran({"inspect", "--json", file});
    EXPECT_EQ(ran.exit_code, 0) << ran.error;
    return json::parse(ran.output, nullptr, false);
}

std::string content(const std::string& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

std::string wat_bytes(std::string_view text) {
    const auto bytes = wat(text);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const json* find(const json& list, const std::string& name) {
    const auto found = std::ranges::find_if(list, [&](const json& each) { return each.value("name", "") == name; });
    return found == list.end() ? nullptr : &*found;
}

bool has(const json& list, const json& value) { return std::ranges::find(list, value) != list.end(); }

TEST(Inspect, FindsTheObjectItsProgramsMapsHelpersAndFields) {
    const json module = inspect(example("bootstrap"));
    ASSERT_EQ(module["objects"].size(), 1u);
    const json& object = module["objects"][0];
    EXPECT_EQ(object["source"], "bootstrap.bpf.c");
    EXPECT_EQ(object["license"], "GPL");
    const json* program = find(object["programs"], "handle_exec");
    ASSERT_TRUE(program);
    EXPECT_EQ((*program)["section"], "tp/sched/sched_process_exec");
    EXPECT_EQ((*program)["type"], "tracepoint");
    EXPECT_EQ((*program)["attach"]["kind"], "tracepoint");
    EXPECT_EQ((*program)["attach"]["place"], "sched/sched_process_exec");
    EXPECT_TRUE(has((*program)["helpers"], "bpf_ringbuf_submit"));
    const json* map = find(object["maps"], "events");
    ASSERT_TRUE(map);
    EXPECT_EQ((*map)["type"], "ringbuf");
    EXPECT_EQ((*map)["max_entries"], 256 * 1024);
    EXPECT_TRUE(
        has(object["kernel_types"],
            {{"kind", "field"}, {"type", "struct task_struct"}, {"member", "exit_code"}, {"asks_only", false}}));
}

TEST(Inspect, AccountsForEveryByteOfTheFile) {
    const json module = inspect(example("runqlat"));
    std::size_t total = 0;
    for (const json& part : module["parts"]) total += part["size"].get<std::size_t>();
    EXPECT_EQ(total, module["size"].get<std::size_t>());
    EXPECT_EQ((*find(module["parts"], "BPF objects"))["size"], module["objects"][0]["size"]);
}

TEST(Inspect, ReadsModulesOfTheOlderRuntimesInEveryLanguage) {
    for (const char* name : {"exec_c", "exec_rust", "exec_go"}) {
        const json module = inspect(guest_v0(name));
        ASSERT_EQ(module["objects"].size(), 1u) << name;
        EXPECT_TRUE(find(module["objects"][0]["programs"], "on_exec")) << name;
        EXPECT_TRUE(std::ranges::all_of(module["imports"], [](const json& each) { return each["known"]; })) << name;
    }
}

TEST(Inspect, ShowsAPersonTheSame) {
    const Ran ran({"inspect", example("tc")});
    EXPECT_EQ(ran.exit_code, 0);
    for (const char* part :
         {"Wasm module, ", "\nBPF object tc.bpf.c: ", "count_ingress  tc", "needs a network interface",
          "\n  wasm_bpf_v1 (guest ABI, version 1)\n", "\nsize by part\n"})
        EXPECT_NE(ran.output.find(part), std::string::npos) << part << "\n" << ran.output;
    for (std::size_t at = 0, end; (end = ran.output.find('\n', at)) != ran.output.npos; at = end + 1)
        EXPECT_LE(end - at, 80u) << ran.output.substr(at, end - at);
}

TEST(Inspect, ReadsAnObjectFileAlone) {
    const json object = inspect(std::string(TEST_BPF_DIR) + "/v0/exec.bpf.o")["objects"][0];
    EXPECT_EQ(object["source"], "exec.bpf.c");
    EXPECT_FALSE(object.contains("memory_offset"));
}

TEST(Inspect, FindsAnObjectThatAnOptimizerCutIntoSegments) {
    // Zeros between segments, and at the last one's end, are left out by wasm-opt.
    const std::string elf = content(std::string(TEST_BPF_DIR) + "/v0/exec.bpf.o");
    std::string segments;
    for (std::size_t at = 0; at < elf.size();) {
        const std::size_t start = elf.find_first_not_of('\0', at);
        if (start == elf.npos) break;
        const std::size_t end = std::min(elf.find(std::string(8, '\0'), start), elf.size());
        segments +=
            fmt::format("(data (i32.const {}) \"{}\")", 4096 + start, data_text(elf.substr(start, end - start)));
        at = end;
    }
    const Folder folder;
    const std::string file = folder.write("cut.wasm", wat_bytes("(module (memory 1)" + segments + ")"));
    const json module = inspect(file);
    ASSERT_EQ(module["objects"].size(), 1u);
    EXPECT_EQ(module["objects"][0]["size"], elf.size());
    EXPECT_EQ(module["objects"][0]["memory_offset"], 4096);
}

TEST(Inspect, NamesImportsThatThisHostDoesNotHave) {
    const Folder folder;
    const std::string file = folder.write("x.wasm", wat_bytes(R"((module (import "wasm_bpf_v1" "object_fly" (func))
        (import "wasm_bpf_v1" "close" (func (param i32) (result i32)))))"));
    const json imports = inspect(file)["imports"];
    EXPECT_EQ((*find(imports, "object_fly"))["known"], false);
    EXPECT_EQ((*find(imports, "close"))["known"], true);
    EXPECT_NE(Ran({"inspect", file}).output.find("unknown here: wasm_bpf_v1.object_fly"), std::string::npos);
}

struct Malformed {
    const char* name;
    std::string content;
    const char* message;
};

TEST(Inspect, RefusesWhatIsMalformedWithOneLine) {
    const std::string good = content(example("bootstrap"));
    const std::string elf = content(std::string(TEST_BPF_DIR) + "/v0/exec.bpf.o");
    const Folder folder;
    const auto module_with = [](const std::string& bytes) {
        return wat_bytes(fmt::format("(module (memory 1) (data (i32.const 16) \"{}\"))", data_text(bytes)));
    };
    std::string wrong_elf = elf;
    wrong_elf[0x28] = '\x10';  // where the table of sections is
    wrong_elf[0x2a] = '\x7f';
    for (const Malformed& each : {
             Malformed{"empty", "", "this is neither a Wasm module nor a BPF object"},
             Malformed{"text", "#!/bin/sh\n", "this is neither a Wasm module nor a BPF object"},
             Malformed{"short", std::string("\0asm\1\0", 6), "at byte 4: it is cut off here"},
             Malformed{"component", std::string("\0asm\16\0\1\0", 8),
                       "this is a component, of a version that is not known here"},
             Malformed{"circle of packages", wat_bytes(R"((component
                 (import "a:a/x" (instance $x (type (record (field "f" u32))) (export "r" (type (eq 0)))))
                 (alias export $x "r" (type $r))
                 (import "b:b/y" (instance $y (alias outer 1 $r (type)) (export "r" (type (eq 0)))
                     (type (record (field "g" u32))) (export "s" (type (eq 2)))))
                 (alias export $y "s" (type $s))
                 (import "a:a/z" (instance (alias outer 1 $s (type)) (export "s" (type (eq 0)))))))"),
                       "its packages use each other in a circle: a:a, b:b"},
             Malformed{"long component", std::string("\0asm\15\0\1\0\0\xff\xff\xff\xff\xf", 14), "it is cut off here"},
             Malformed{"long inside", std::string("\0asm\15\0\1\0\1\16\0asm\1\0\0\0\0\xff\xff\xff\xff\xf", 24),
                       "it is cut off here"},
             Malformed{"cut component", std::string("\0asm\15\0\1\0\1\x7f", 10), "it is cut off here"},
             Malformed{"half", good.substr(0, good.size() / 2), "it is cut off here"},
             Malformed{"long", std::string("\0asm\1\0\0\0\2\xff\xff\xff\xff\x7f", 14), "a number is too long"},
             Malformed{"count", std::string("\0asm\1\0\0\0\2\5\xff\xff\xff\xff\xf", 15),
                       "a list is longer than its section"},
             Malformed{"outside", wat_bytes("(module (memory 1) (data (i32.const 65535) \"ab\"))"),
                       "its data lies outside of its memory"},
             Malformed{"far", wat_bytes("(module (memory 65536) (data (i32.const -2) \"a\"))"),
                       "its data reaches beyond 256 MB"},
             Malformed{"cut object", module_with(elf.substr(0, elf.size() / 2)),
                       "the BPF object at 0x10 of its memory is cut off or malformed"},
             Malformed{"wrong object", module_with(wrong_elf),
                       "the BPF object at 0x10 of its memory is cut off or malformed"},
             Malformed{"object", wrong_elf, "this is no BPF object"},
             Malformed{"cut file", elf.substr(0, elf.size() / 2),
                       "its table of sections is missing or malformed: is the file cut off?"},
             Malformed{"program", content("/bin/true"), "it is an ELF file for a processor"},
             Malformed{"carried BTF", std::string("\0asm\1\0\0\0\0\16\14wasm_bpf.btf\2", 24),
                       "custom section \"wasm_bpf.btf\": it is of version 2; this wasm-bpf knows 1"},
         }) {
        const std::string file = folder.write("file", each.content);
        const Ran ran({"inspect", file});
        EXPECT_EQ(ran.exit_code, 123) << each.name << ran.output;
        EXPECT_EQ(ran.output, "") << each.name;
        EXPECT_TRUE(ran.error.starts_with("wasm-bpf inspect: " + file + ": ")) << each.name << ": " << ran.error;
        EXPECT_NE(ran.error.find(each.message), std::string::npos) << each.name << ": " << ran.error;
        EXPECT_EQ(ran.error.find('\n'), ran.error.size() - 1) << ran.error;
    }
    EXPECT_EQ(Ran({"inspect", "/nonexistent.wasm"}).exit_code, 125);
}

}  // namespace
}  // namespace wasm_bpf::test
