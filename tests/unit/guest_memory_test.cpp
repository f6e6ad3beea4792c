#include "host_api/guest_memory.hpp"

#include <cstring>
#include <stop_token>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace wasm_bpf::host_api {
namespace {

// An instance that is nothing but its memory.
struct MemoryOnly final : engine::Instance {
    explicit MemoryOnly(std::size_t size) : bytes(size, std::byte{'x'}) {}
    engine::Ending run(std::string_view) override { return {}; }
    Result<std::int32_t> call_table(std::uint32_t, std::span<const std::int32_t, 3>) override { return 0; }
    Result<std::int32_t> call_export(std::string_view, std::span<const std::int32_t>) override { return 0; }
    std::span<std::byte> memory() const override { return bytes; }
    mutable std::vector<std::byte> bytes;
};

struct GuestMemoryTest : testing::Test {
    explicit GuestMemoryTest(std::size_t size = 65536) : instance(size) { memory.bind(instance); }
    void put(std::size_t offset, std::string_view text) {
        std::memcpy(instance.bytes.data() + offset, text.data(), text.size());
    }
    void put(std::size_t offset, std::vector<std::uint32_t> words) {
        std::memcpy(instance.bytes.data() + offset, words.data(), words.size() * 4);
    }
    template <typename T>
    static int code(const Result<T>& result) {
        return result ? 0 : result.error().errno_code;
    }
    MemoryOnly instance;
    GuestMemory memory;
};

TEST_F(GuestMemoryTest, GivesOnlyWhatIsAllInside) {
    EXPECT_EQ(memory.at(0, 65536), instance.bytes.data());
    EXPECT_EQ(memory.at(65535, 1), instance.bytes.data() + 65535);
    EXPECT_EQ(memory.at(65536, 0), instance.bytes.data() + 65536);
    EXPECT_EQ(memory.at(65536, 1), nullptr);
    EXPECT_EQ(memory.at(65535, 2), nullptr);
    EXPECT_EQ(memory.at(65537, 0), nullptr);
    EXPECT_EQ(memory.at(0, 65537), nullptr);
}

TEST_F(GuestMemoryTest, OffsetsDoNotWrap) {
    EXPECT_EQ(memory.at(0xffffffff, 2), nullptr);
    EXPECT_EQ(memory.at(1, 0xffffffff), nullptr);
    EXPECT_EQ(memory.at(1, UINT64_MAX), nullptr);
    EXPECT_EQ(memory.at(UINT64_MAX, 1), nullptr);
    EXPECT_EQ(memory.at(UINT64_MAX, UINT64_MAX), nullptr);
    EXPECT_EQ(code(memory.bytes(UINT64_MAX - 3, 8, "it")), EFAULT);
}

TEST_F(GuestMemoryTest, SaysWhatWasOutside) {
    EXPECT_EQ(memory.bytes(65530, 16, "name").error().message,
              "name: 16 bytes at 0xfffa are outside the guest's memory");
}

TEST_F(GuestMemoryTest, ReadsText) {
    put(100, "hello");
    EXPECT_EQ(memory.text(100, 5, "it").value(), "hello");
    EXPECT_EQ(memory.text(65536, 0, "it").value(), "");
    EXPECT_EQ(code(memory.text(65535, 2, "it")), EFAULT);
    EXPECT_EQ(code(memory.text(0, 4097, "it")), ENAMETOOLONG);
}

TEST_F(GuestMemoryTest, ReadsTerminatedText) {
    put(100, std::string_view("hello\0", 6));
    put(65535, std::string_view("\0", 1));
    EXPECT_EQ(memory.terminated_text(100, "it").value(), "hello");
    EXPECT_EQ(memory.terminated_text(65535, "it").value(), "");
    EXPECT_EQ(code(memory.terminated_text(65536, "it")), EFAULT);
    EXPECT_EQ(code(memory.terminated_text(0xffffffff, "it")), EFAULT);
    EXPECT_EQ(code(memory.terminated_text(200, "it")), ENAMETOOLONG);
    instance.bytes.back() = std::byte{'x'};
    EXPECT_EQ(code(memory.terminated_text(65530, "it")), EFAULT);
}

TEST_F(GuestMemoryTest, WritesWhatFits) {
    const std::uint64_t value = 0x1122334455667788;
    EXPECT_TRUE(memory.write(0, 4, value, "it"));
    EXPECT_EQ(instance.bytes[3], std::byte{0x55});
    EXPECT_EQ(instance.bytes[4], std::byte{'x'});
    EXPECT_TRUE(memory.write(16, 32, value, "it")) << "room for more than the value";
    EXPECT_EQ(code(memory.write(65530, 8, value, "it")), EFAULT);
}

struct Sized {
    std::uint32_t size, first, second, third;
};

TEST_F(GuestMemoryTest, SizedStructThatIsShortEndsInZeros) {
    put(0, std::vector<std::uint32_t>{8, 7, 99, 99});
    const auto read = memory.sized_struct<Sized>(0, "it").value();
    EXPECT_EQ(read.first, 7u);
    EXPECT_EQ(read.second, 0u);
    EXPECT_EQ(read.third, 0u);
}

TEST_F(GuestMemoryTest, SizedStructMayBeLongWhereTheRestIsZero) {
    put(0, std::vector<std::uint32_t>{24, 1, 2, 3, 0, 0});
    EXPECT_EQ(memory.sized_struct<Sized>(0, "it").value().third, 3u);
    put(0, std::vector<std::uint32_t>{24, 1, 2, 3, 0, 1});
    EXPECT_EQ(code(memory.sized_struct<Sized>(0, "it")), E2BIG);
}

TEST_F(GuestMemoryTest, SizedStructMustLieInside) {
    EXPECT_EQ(code(memory.sized_struct<Sized>(65533, "it")), EFAULT);
    put(65520, std::vector<std::uint32_t>{17, 0, 0, 0});
    EXPECT_EQ(code(memory.sized_struct<Sized>(65520, "it")), EFAULT);
    put(0, std::vector<std::uint32_t>{0xffffffff});
    EXPECT_EQ(code(memory.sized_struct<Sized>(0, "it")), EFAULT);
    for (const std::uint32_t size : {0u, 3u}) {
        put(0, std::vector<std::uint32_t>{size});
        EXPECT_EQ(code(memory.sized_struct<Sized>(0, "it")), EINVAL);
    }
}

struct NoMemory : GuestMemoryTest {
    NoMemory() : GuestMemoryTest(0) {}
};

TEST_F(NoMemory, GivesNothing) {
    EXPECT_EQ(memory.at(0, 1), nullptr);
    EXPECT_EQ(code(memory.terminated_text(0, "it")), EFAULT);
    EXPECT_EQ(code(memory.sized_struct<Sized>(0, "it")), EFAULT);
}

// A BPF program of the guest's writes to a window while the host reads a text there.
TEST_F(GuestMemoryTest, ReadsEachTextOnce) {
    const std::jthread writer([&](const std::stop_token& stop) {
        volatile auto* letter = reinterpret_cast<volatile char*>(&instance.bytes[103]);
        while (!stop.stop_requested()) {
            *letter = '\0';
            *letter = 'x';
        }
    });
    put(120, std::string_view("\0", 1));
    for (int i = 0; i < 200000; i++) {
        const auto text = memory.text(100, 20, "it");
        ASSERT_TRUE(!text || text->find('\0') == text->npos);
        const auto terminated = memory.terminated_text(100, "it");
        ASSERT_TRUE(terminated->size() == 3 || terminated->size() == 20) << *terminated;
    }
}

}  // namespace
}  // namespace wasm_bpf::host_api
