// What guests can ask about the kernel.

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>

#include "v1_guest.hpp"

namespace wasm_bpf::test {
namespace {

TEST(KernelFacts, AreTheKernelsOwn) {
    utsname names{};
    ASSERT_EQ(::uname(&names), 0);
    int major = 0, minor = 0, patch = 0;
    ASSERT_GE(std::sscanf(names.release, "%d.%d.%d", &major, &minor, &patch), 2);
    expect_passes("kernel_facts", {std::to_string((major << 16) + (minor << 8) + patch),
                                   std::to_string(::sysconf(_SC_NPROCESSORS_CONF))});
}

}  // namespace
}  // namespace wasm_bpf::test
