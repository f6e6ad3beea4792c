// What of a struct_ops a guest may see and set, told by the object's own types, which may be made up.

#include "bpf/struct_ops_members.hpp"

#include <memory>

#include <gtest/gtest.h>

namespace wasm_bpf::bpf {
namespace {

// A struct of two ints and a function, in a section of struct_ops.
class Types {
public:
    Types(std::uint32_t numbers_at, std::uint32_t function_at) {
        const int number = btf__add_int(all_.get(), "int", 4, BTF_INT_SIGNED);
        const int numbers = btf__add_array(all_.get(), number, number, 2);
        const int function = btf__add_ptr(all_.get(), btf__add_func_proto(all_.get(), number));
        const int type = btf__add_struct(all_.get(), "operations", 16);
        btf__add_field(all_.get(), "numbers", numbers, numbers_at * 8, 0);
        btf__add_field(all_.get(), "function", function, function_at * 8, 0);
        const int variable = btf__add_var(all_.get(), "mine", BTF_VAR_GLOBAL_ALLOCATED, type);
        btf__add_datasec(all_.get(), ".struct_ops", 16);
        btf__add_datasec_var_info(all_.get(), variable, 0, 16);
    }
    [[nodiscard]] StructOpsType read() const { return struct_ops_type_of(all_.get(), "mine"); }

private:
    std::unique_ptr<btf, void (*)(btf*)> all_{btf__new_empty(), btf__free};
};

TEST(StructOpsMembers, AreNumbersAndFunctions) {
    const StructOpsType type = Types(0, 8).read();
    EXPECT_EQ(type.name, "operations");
    ASSERT_EQ(type.members.size(), 2u);
    EXPECT_FALSE(type.members[0].is_function);
    EXPECT_TRUE(type.members[1].is_function);
    EXPECT_EQ(type.members[1].offset, 8u);
}

// libbpf keeps a pointer of the host's where a function is: no numbers may be read or written there.
TEST(StructOpsMembers, ThatLieOverEachOtherAreNotKnown) {
    for (const std::uint32_t numbers_at : {1u, 4u, 7u, 8u, 12u}) EXPECT_EQ(Types(numbers_at, 8).read().name, "");
    EXPECT_EQ(Types(4, 0).read().name, "");
}

}  // namespace
}  // namespace wasm_bpf::bpf
