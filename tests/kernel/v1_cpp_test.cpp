// Guests in C++.

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(Cpp, OwnersResultsAndCallbacks) { expect_passes("cpp_layer"); }

TEST(Cpp, OwnersResultsAndCallbacksWithoutWindows) { expect_passes("cpp_layer", {}, {"--no-windows"}); }

}  // namespace
}  // namespace wasm_bpf::test
