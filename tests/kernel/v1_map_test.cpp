// Maps in the hands of guests.

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(Maps, EveryKindIsUsedInItsWay) { expect_passes("map_kinds"); }
TEST(Maps, BatchesMoveManyElements) { expect_passes("map_batches"); }

}  // namespace
}  // namespace wasm_bpf::test
