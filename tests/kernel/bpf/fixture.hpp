#pragma once
// What the kernel tests of src/bpf share.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/object.hpp"

namespace wasm_bpf::bpf::test {

inline std::vector<std::byte> read_object(std::string_view name) {
    std::ifstream file(std::filesystem::path(TEST_BPF_DIR) / (std::string(name) + ".bpf.o"), std::ios::binary);
    EXPECT_TRUE(file) << name;
    const std::vector<char> bytes(std::istreambuf_iterator<char>(file), {});
    const auto* begin = reinterpret_cast<const std::byte*>(bytes.data());
    return {begin, begin + bytes.size()};
}

inline std::unique_ptr<Object> open_object(std::string_view name, ObjectOptions options = {}) {
    auto object = Object::open(read_object(name), std::move(options));
    if (object) return std::move(*object);
    ADD_FAILURE() << object.error().message;
    return nullptr;
}

inline std::unique_ptr<Object> load_object(std::string_view name) {
    auto object = open_object(name);
    const auto loaded = object->load();
    EXPECT_TRUE(loaded) << loaded.error().message;
    return object;
}

// Attaches as version 0 does.
inline Result<Link> attach_by_section(Object& object, std::string_view program, std::string target) {
    AttachTarget by_section;
    by_section.kind = AttachKind::by_section;
    by_section.path = std::move(target);
    return object.find_program(program)->attach(by_section);
}

}  // namespace wasm_bpf::bpf::test
