// Guests' BPF programs over the life of their guest, on the running kernel.

#include <signal.h>

#include <filesystem>

#include "engine/folder.hpp"
#include "library/guests.hpp"
#include "support/command.hpp"

namespace wasm_bpf::test {
namespace {

// Starts a program of a name that nothing else on this machine has.
void start_program(const std::string& name) {
    const Folder folder;
    std::filesystem::copy_file("/bin/true", folder.path() / name);
    EXPECT_EQ(Command({folder.path() / name}).wait(), 0);
}

// Prints a line for each program that is started.
Guest bootstrap() {
    const auto module = shared_runtime().compile_file(std::string(TEST_EXAMPLES_DIR) + "/bootstrap/bootstrap.wasm");
    auto guest =
        Guest::create(module.value(), {.policy = Policy::command_default(), .output = Output::buffer(1 << 20)});
    return std::move(guest.value());
}

[[nodiscard]] bool prints(const Guest& guest, const std::string& text) {
    return until([&] { return guest.output().text.find(text) != std::string::npos; });
}

TEST(GuestPrograms, GoOnWhileTheGuestIsPaused) {
    Guest guest = bootstrap();
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(prints(guest, "PPID"));
    ASSERT_TRUE(guest.pause());
    start_program("lib-held");
    EXPECT_EQ(guest.output().text.find("lib-held"), std::string::npos);
    ASSERT_TRUE(guest.resume());
    EXPECT_TRUE(prints(guest, "lib-held")) << guest.output().text;
}

TEST(GuestPrograms, AreDetachedWhileTheGuestIsPausedIfAsked) {
    Guest guest = bootstrap();
    ASSERT_TRUE(guest.start());
    ASSERT_TRUE(prints(guest, "PPID"));
    for (int i = 0; i < 3; i++) {
        const std::string number = std::to_string(i);
        ASSERT_TRUE(guest.pause(Guest::Links::detached));
        start_program("lib-missed" + number);
        ASSERT_TRUE(guest.resume());
        start_program("lib-seen" + number);
        EXPECT_TRUE(prints(guest, "lib-seen" + number)) << guest.output().text;
    }
    EXPECT_EQ(guest.output().text.find("lib-missed"), std::string::npos) << guest.output().text;
}

TEST(GuestPrograms, EndInGoodOrderAndStartAgain) {
    Guest guest = bootstrap();
    for (int run = 0; run < 3; run++) {
        ASSERT_TRUE(guest.start());
        ASSERT_TRUE(prints(guest, "PPID"));
        start_program("lib-again");
        EXPECT_TRUE(prints(guest, "lib-again")) << guest.output().text;
        guest.signal(SIGINT);
        const Ending ending = end_of(guest);
        EXPECT_FALSE(ending.error) << text_of(ending);
        EXPECT_EQ(ending.exit_code, 0);
    }
}

TEST(GuestPrograms, AreDeniedWithoutAGrant) {
    const auto module = shared_runtime().compile_file(std::string(TEST_EXAMPLES_DIR) + "/bootstrap/bootstrap.wasm");
    Guest guest = Guest::create(module.value(), {}).value();
    ASSERT_TRUE(guest.start());
    const Ending ending = end_of(guest);
    ASSERT_TRUE(ending.error) << ending.exit_code;
    EXPECT_EQ(ending.error->kind, ErrorKind::denied);
}

}  // namespace
}  // namespace wasm_bpf::test
