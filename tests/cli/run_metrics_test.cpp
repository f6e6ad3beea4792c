// `--metrics ADDR`: where the metrics are, and what is said where they cannot be.

#include <signal.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "cli/run_guests.hpp"
#include "support/http_get.hpp"

namespace wasm_bpf::test {
namespace {

std::string url_of(const Command& command) {
    const auto begin = command.error().find("http://");
    return begin == std::string::npos ? "" : command.error().substr(begin, command.error().find('\n') - begin);
}

TEST(RunMetrics, SaysWhichPortItChose) {
    const Folder folder;
    Command command(wasm_bpf({"run", "--no-cache", "--metrics", "0", write_module(folder, loop, "x", "looping.wasm")}));
    ASSERT_TRUE(command.wait_for_output("x")) << command.error();
    const std::string url = url_of(command);
    EXPECT_EQ(command.error(), "wasm-bpf: metrics at " + url + "\n");
    const std::string text = http_body(url);
    EXPECT_NE(text.find("wasm_bpf_memory_bytes{guest=\"looping\"} 262144\n"), text.npos) << text;
    // A second one of the same address.
    const std::string address = url.substr(7, url.rfind('/') - 7);
    const Ran second({"run", "--metrics", address, write_module(folder, loop)});
    EXPECT_EQ(second.exit_code, 125);
    EXPECT_TRUE(is_line_with(second.error, {"--metrics: listen on " + address, "Address already in use"}))
        << second.error;
    command.signal(SIGINT);
    EXPECT_EQ(command.wait(), 128 + SIGINT) << command.error();
    EXPECT_EQ(http_connect(url), -1) << "the server ended with the guest";
}

TEST(RunMetrics, MayBeAtAUnixSocketThatGoesWithTheGuest) {
    const Folder folder;
    const std::string path = folder.path() / "socket";
    Command command(wasm_bpf({"run", "--no-cache", "--metrics", "unix:" + path, write_module(folder, sleep, "x")}));
    ASSERT_TRUE(command.wait_for_output("x")) << command.error();
    EXPECT_TRUE(http_body("unix:" + path, "application/openmetrics-text").ends_with("# EOF\n"));
    command.signal(SIGTERM);
    EXPECT_EQ(command.wait(), 128 + SIGTERM) << command.error();
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(RunMetrics, RefusesWhatIsNoAddress) {
    const Folder folder;
    const std::string module = write_module(folder, "");
    for (const char* address : {"nowhere", "127.0.0.1:99999", "unix:/no/such/folder/socket"}) {
        const Ran ran({"run", "--metrics", address, module});
        EXPECT_EQ(ran.exit_code, 125) << address;
        EXPECT_TRUE(is_line_with(ran.error, {"--metrics: ", address})) << ran.error;
    }
}

}  // namespace
}  // namespace wasm_bpf::test
