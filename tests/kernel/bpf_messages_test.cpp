// What libbpf says reaches a guest that asked for it.

#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "bpf/libbpf_messages.hpp"
#include "bpf/object.hpp"

namespace wasm_bpf::bpf {
namespace {

std::string messages_of_an_opened_object(MessageKeeper& keeper) {
    std::ifstream file(TEST_BPF_DIR "/hostile.bpf.o", std::ios::binary);
    const std::string elf{std::istreambuf_iterator(file), {}};
    EXPECT_TRUE(Object::open(std::as_bytes(std::span(elf)), ObjectOptions{}));
    std::string all;
    while (const auto* message = keeper.oldest()) {
        all += fmt::format("{}:{}", message->level, message->text);
        keeper.drop_oldest();
    }
    return all;
}

TEST(MessageKeeper, KeepsMessagesUpToTheLevel) {
    MessageKeeper keeper;
    EXPECT_EQ(messages_of_an_opened_object(keeper), "") << "nobody asked";
    keeper.keep(2);
    EXPECT_NE(messages_of_an_opened_object(keeper).find("2:libbpf: loading object"), std::string::npos);
    keeper.keep(1);
    EXPECT_EQ(messages_of_an_opened_object(keeper).find("2:"), std::string::npos);
    keeper.keep(std::nullopt);
    EXPECT_EQ(messages_of_an_opened_object(keeper), "");
}

TEST(MessageKeeper, IsBounded) {
    MessageKeeper keeper;
    keeper.keep(2);
    const std::string text(MessageKeeper::most_bytes / 2 + 1, 'x');
    std::size_t bytes = 0;
    for (int i = 0; i < 3; i++)
        if (keeper.wants(0)) keeper.add(0, text);
    while (const auto* message = keeper.oldest()) {
        bytes += message->text.size();
        keeper.drop_oldest();
    }
    EXPECT_EQ(bytes, MessageKeeper::most_bytes);
    EXPECT_TRUE(keeper.wants(0)) << "there is room again";
}

}  // namespace
}  // namespace wasm_bpf::bpf
