// The table of imports, what the host binds, and what is generated from the table say the same.

#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "guest_abi/imports.hpp"
#include "guest_abi/types.hpp"
#include "host_api/host.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

using Signatures = std::map<std::pair<std::string, std::string>, std::string>;

Signatures documented() {
    Signatures all;
    for (const guest_abi::Import& import : guest_abi::imports()) {
        std::string signature;
        for (const auto& parameter : import.parameters)
            if (parameter.type != guest_abi::Type::none) signature += guest_abi::wasm_type(parameter.type);
        signature += ':';
        signature += guest_abi::wasm_type(import.result);
        EXPECT_TRUE(all.try_emplace({std::string(import.module), std::string(import.name)}, signature).second)
            << import.name << " is twice in the table";
    }
    return all;
}

TEST(GuestAbi, EveryImportIsBoundWithItsSignatureAndNoOther) {
    Signatures bound;
    for (const engine::HostImport& import : host_api::host_imports())
        EXPECT_TRUE(
            bound.try_emplace({std::string(import.module), std::string(import.name)}, std::string(import.signature))
                .second)
            << import.name << " is bound twice";
    EXPECT_EQ(bound, documented());
}

TEST(GuestAbi, VersionZeroIsWhatOlderModulesImport) {
    const Signatures expected{{{"wasm_bpf", "wasm_load_bpf_object"}, "ii:I"},
                              {{"wasm_bpf", "wasm_close_bpf_object"}, "I:i"},
                              {{"wasm_bpf", "wasm_attach_bpf_program"}, "Iii:i"},
                              {{"wasm_bpf", "wasm_bpf_buffer_poll"}, "Iiiiiii:i"},
                              {{"wasm_bpf", "wasm_bpf_map_fd_by_name"}, "Ii:i"},
                              {{"wasm_bpf", "wasm_bpf_map_operate"}, "iiiiiI:i"},
                              {{"callback-wrapper", "wasm_bpf_buffer_poll"}, "Iiiiii:i"}};
    Signatures version_0;
    for (const auto& [name, signature] : documented())
        if (name.first != guest_abi::version_1) version_0.emplace(name, signature);
    EXPECT_EQ(version_0, expected);
}

void expect_generated(const char* what, const std::string& path) {
    Command generator({TEST_ABI_COMMAND, what});
    ASSERT_EQ(generator.wait(), 0) << generator.error();
    std::ifstream file(std::string(TEST_SOURCE_DIR) + "/" + path);
    const std::string committed{std::istreambuf_iterator(file), {}};
    EXPECT_EQ(committed, generator.output()) << "make it anew: wasm-bpf-abi " << what << " > " << path;
}

// Each member at a multiple of its size, one after another: then it lies at the same place in every language.
TEST(GuestAbi, StructsHaveNoPadding) {
    for (const guest_abi::Declaration& declaration : guest_abi::declarations()) {
        std::size_t offset = 0;
        for (const guest_abi::Member& member : declaration.members) {
            using enum guest_abi::MemberType;
            const bool wide = member.type == u64 || member.type == i64;
            const std::size_t size = wide ? 8 : member.type == text ? 1 : 4;
            EXPECT_EQ(offset % size, 0) << declaration.name << "." << member.name;
            offset += size * member.count;
        }
        EXPECT_EQ(offset, declaration.size) << declaration.name;
    }
}

TEST(GuestAbi, HeadersForCAreCurrent) {
    expect_generated("c", "sdk/c/include/wasm_bpf/abi.h");
    expect_generated("c-types", "sdk/c/include/wasm_bpf/abi_types.h");
}
TEST(GuestAbi, ModuleForRustIsCurrent) { expect_generated("rust", "sdk/rust/src/abi.rs"); }
TEST(GuestAbi, PackageForGoIsCurrent) { expect_generated("go", "sdk/go/internal/abi/abi.go"); }
TEST(GuestAbi, PageOfLibbpfsFunctionsIsCurrent) { expect_generated("libbpf", "docs/libbpf_api.md"); }
TEST(GuestAbi, ReferenceIsCurrent) { expect_generated("reference", "docs/guest_abi.md"); }

}  // namespace
}  // namespace wasm_bpf::test
