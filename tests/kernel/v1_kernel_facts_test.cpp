// What guests can ask about the kernel.

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(KernelFacts, AreTheKernelsOwn) { expect_passes("kernel_facts"); }

}  // namespace
}  // namespace wasm_bpf::test
