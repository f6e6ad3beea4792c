// The one runtime of all tests is there before the first, whose files it is not.

#include "library/guests.hpp"

namespace wasm_bpf::test {
namespace {

class RuntimeFirst : public testing::Environment {
    void SetUp() override { static_cast<void>(shared_runtime()); }
};

const testing::Environment* const environment = testing::AddGlobalTestEnvironment(new RuntimeFirst);

}  // namespace
}  // namespace wasm_bpf::test
