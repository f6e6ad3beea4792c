// BTF in a module's custom sections: written and read back, and what others make of them.

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/carried_btf.hpp"
#include "wasm_file/carried_btf.hpp"
#include "wasm_file/sections.hpp"

namespace wasm_bpf::test {
namespace {

using wasm_file::CarriedBtf;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }
std::string text_of(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

const std::string empty_module("\0asm\1\0\0\0", 8);

std::string section_text(const std::string& content, std::string_view name = "wasm_bpf.btf") {
    std::string whole = static_cast<char>(name.size()) + std::string(name) + content;
    EXPECT_LT(whole.size(), 128u);
    return std::string(1, '\0') + static_cast<char>(whole.size()) + whole;
}

std::string carrying(const std::string& module, const std::vector<CarriedBtf>& added) {
    const auto made = wasm_file::with_carried_btfs(bytes_of(module), added);
    EXPECT_TRUE(made) << made.error().message;
    return made ? text_of(*made) : "";
}

// Section 10 of the given length; data, names and the like do not count.
TEST(CodeBytes, AreThoseOfTheCodeAlone) {
    const std::string code =
        "\x0a\x04"
        "code";
    const std::string module = empty_module + section_text(std::string(100, 'd'), "name") + code;
    EXPECT_EQ(wasm_file::code_bytes(bytes_of(module)), code.size());
    const std::string inside = "\x01" + std::string(1, static_cast<char>(module.size())) + module;
    const std::string component = std::string("\0asm\x0d\0\1\0", 8) + inside;
    EXPECT_EQ(wasm_file::code_bytes(bytes_of(component + inside)), 2 * code.size());
    EXPECT_EQ(wasm_file::code_bytes(bytes_of(component.substr(0, component.size() - 1))), 0u);
    EXPECT_EQ(wasm_file::code_bytes(bytes_of("no module")), 0u);
}

TEST(CarriedBtf, IsReadAsItWasWritten) {
    const std::string large(300, 'b');
    const std::string other = section_text("x", "producers");
    const std::string module = carrying(empty_module + other, {{"5.4.0-91-generic", "x86_64", bytes_of("one")},
                                                               {"5.4.0-92-generic", "x86_64", bytes_of(large)},
                                                               {"5.4.0-93-generic", "aarch64", bytes_of("one")}});
    EXPECT_TRUE(module.starts_with(empty_module + other));
    const auto read = wasm_file::carried_btfs(bytes_of(module));
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 3u);
    for (const CarriedBtf& each : *read) {
        EXPECT_EQ(each.machine, each.release == "5.4.0-93-generic" ? "aarch64" : "x86_64");
        EXPECT_EQ(text_of(each.btf), each.release == "5.4.0-92-generic" ? large : "one");
    }
    // What is the same for two kernels is there once.
    EXPECT_EQ(wasm_file::read_sections(bytes_of(module))->size(), 3u);
}

TEST(CarriedBtf, OfAKernelReplacesWhatWasThereForIt) {
    std::string module = carrying(empty_module, {{"1", "x86_64", bytes_of("old")}, {"2", "x86_64", bytes_of("old")}});
    module = carrying(module, {{"1", "x86_64", bytes_of("new")}, {"1", "aarch64", bytes_of("old")}});
    const auto read = wasm_file::carried_btfs(bytes_of(module));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->size(), 3u);
    for (const CarriedBtf& each : *read)
        EXPECT_EQ(text_of(each.btf), each.release == "1" && each.machine == "x86_64" ? "new" : "old");
}

TEST(CarriedBtf, SaysWhatIsWrongWithASection) {
    const std::string release(
        "\1\3"
        "1.2",
        5),
        machine("\6x86_64"), btf("\2bb");
    EXPECT_TRUE(wasm_file::carried_btfs(bytes_of(empty_module + section_text("\1" + release + machine + btf))));
    const auto at = [](int place) { return "at byte " + std::to_string(place) + ": "; };
    const int start = 8 + 2 + 13;  // of the content
    for (const auto& [content, message] : std::vector<std::pair<std::string, std::string>>{
             {"", at(start) + "it is cut off here"},
             {"\2" + release + machine + btf, "it is of version 2; this wasm-bpf knows 1"},
             {"\1\x7f", at(start + 2) + "a list is longer than its section"},
             {"\1\1\x7f", at(start + 3) + "it is cut off here"},
             {"\1\1\3"
              "1.2",
              at(start + 6) + "it is cut off here"},
             {"\1" + release + machine + "\3bb", at(start + 14) + "it is cut off here"},
             {"\1" + release + machine + btf + "b", at(start + 16) + "it is longer than what it holds"},
             {"\1\1\3"
              "1 2" +
                  machine + btf,
              "no printable word"},
             {"\1\1" + std::string(1, '\0') + machine + btf, "no printable word"},
             {"\1" + release + "\2\x1b[" + btf, "no printable word"},
             {std::string("\1\1\xff\xff\xff\xff\xff\xff", 8), "a number is too long"},
         }) {
        const auto read = wasm_file::carried_btfs(bytes_of(empty_module + section_text(content)));
        ASSERT_FALSE(read) << message;
        EXPECT_EQ(read.error().kind, ErrorKind::bad_module);
        EXPECT_NE(read.error().message.find(message), std::string::npos) << read.error().message;
        EXPECT_NE(read.error().message.find("wasm_bpf.btf"), std::string::npos) << read.error().message;
        EXPECT_FALSE(runtime::carried_kernel_types(bytes_of(empty_module + section_text(content))).file);
    }
    EXPECT_FALSE(wasm_file::with_carried_btfs(bytes_of(empty_module), std::vector<CarriedBtf>{{"", "x", {}}}));
    EXPECT_FALSE(wasm_file::with_carried_btfs(bytes_of("\177ELF"), {}));
}

TEST(CarriedBtf, BytesChangedAnywhereDoNoHarm) {
    const std::string good = carrying(
        empty_module, {{"5.4.0-91-generic", "x86_64", bytes_of("one")}, {"5.4.0-92-generic", "x86_64", bytes_of("2")}});
    std::mt19937 random(7);
    for (int i = 0; i < 20000; i++) {
        std::string changed = good.substr(0, i % 4 == 0 ? random() % (good.size() + 1) : good.size());
        for (int changes = static_cast<int>(random() % 4); changes > 0 && !changed.empty(); changes--)
            changed[random() % changed.size()] = static_cast<char>(random());
        const auto read = wasm_file::carried_btfs(bytes_of(changed));
        if (!read) {
            EXPECT_FALSE(read.error().message.empty());
            continue;
        }
        const char* end = changed.data() + changed.size();
        for (const CarriedBtf& each : *read)
            EXPECT_LE(reinterpret_cast<const char*>(each.btf.data() + each.btf.size()), end);
    }
}

}  // namespace
}  // namespace wasm_bpf::test
