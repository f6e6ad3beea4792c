// BTF that is not the kernel's own, which libbpf would follow for ever or break on.

#include <bpf/btf.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <string>

#include "bpf/btf_check.hpp"
#include "bpf/object.hpp"

namespace wasm_bpf::bpf::test {
namespace {

using Btf = std::unique_ptr<btf, decltype([](btf* types) { btf__free(types); })>;

// What is wrong with these types; each test's first is an int, number 1.
std::string wrong_with(const std::function<void(btf*)>& add) {
    const Btf types(btf__new_empty());
    btf__add_int(types.get(), "int", 4, BTF_INT_SIGNED);
    add(types.get());
    std::uint32_t size = 0;
    const void* bytes = btf__raw_data(types.get(), &size);
    const auto checked = check_raw_btf({static_cast<const std::byte*>(bytes), size});
    return checked ? "" : checked.error().message;
}

TEST(BtfCheck, WhatIsMadeOfItselfIsUnsound) {
    EXPECT_NE(wrong_with([](btf* types) { btf__add_typedef(types, "loop", 2); }).find("type 2 (\"loop\")"),
              std::string::npos);
    EXPECT_NE(wrong_with([](btf* types) {
                  btf__add_const(types, 3);
                  btf__add_volatile(types, 2);
              }).find("made of itself"),
              std::string::npos);
    EXPECT_NE(wrong_with([](btf* types) {
                  btf__add_struct(types, "outer", 8);
                  btf__add_field(types, "", 3, 0, 0);
                  btf__add_array(types, 1, 2, 1);
              }).find("made of itself"),
              std::string::npos);
    // By a pointer it can be.
    EXPECT_EQ(wrong_with([](btf* types) {
                  btf__add_struct(types, "node", 8);
                  btf__add_field(types, "next", 3, 0, 0);
                  btf__add_ptr(types, 2);
              }),
              "");
}

TEST(BtfCheck, WhatIsTooDeepIsUnsound) {
    const auto chain = [](int length) {
        return [=](btf* types) {
            for (int i = 0; i < length; i++) btf__add_const(types, i + 1);
        };
    };
    EXPECT_EQ(wrong_with(chain(100)), "");
    EXPECT_NE(wrong_with(chain(200)).find("more than 128 deep"), std::string::npos);
    // However long the way to it, it is walked without recursion.
    EXPECT_NE(wrong_with([](btf* types) {
                  for (int i = 0; i < 1000000; i++) btf__add_const(types, i + 3);
                  btf__add_const(types, 1);
              }),
              "");
}

TEST(BtfCheck, BitFieldsAreInIntegers) {
    const auto bit_field_of = [](int type) {
        return [=](btf* types) {
            btf__add_struct(types, "empty", 0);
            btf__add_ptr(types, 1);
            btf__add_struct(types, "bits", 4);
            btf__add_field(types, "bit", type, 0, 1);
        };
    };
    EXPECT_EQ(wrong_with(bit_field_of(1)), "");
    for (const int type : {0, 2, 3})
        EXPECT_NE(wrong_with(bit_field_of(type)).find("has a bit field in what is no integer"), std::string::npos);
}

TEST(BtfCheck, TheKernelsOwnIsSound) {
    std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const auto checked = check_raw_btf(std::as_bytes(std::span(bytes)));
    EXPECT_TRUE(checked) << checked.error().message;
    EXPECT_FALSE(check_raw_btf(std::as_bytes(std::span(bytes).first(1000))));
    EXPECT_FALSE(check_raw_btf({}));
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
