// Ring sets without a guest: what is copied, who is told, and what happens where someone writes over the positions.

#include "host_api/ring_set.hpp"

#include <linux/bpf.h>
#include <sys/mman.h>

#include <cstring>
#include <vector>

#include <gtest/gtest.h>

#include "bpf/ring_window.hpp"
#include "host_api/host.hpp"
#include "kernel/bpf/fixture.hpp"

namespace wasm_bpf::host_api {
namespace {

constexpr std::size_t record_bytes = 16;  // header and one number
constexpr std::size_t ring_bytes = 4096;
constexpr std::size_t window_bytes = 2 * page_size + 2 * ring_bytes;

// A guest's memory, as far as windows are concerned.
class Memory {
public:
    Memory()
        : start_(static_cast<std::byte*>(
              mmap(nullptr, window_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {}
    ~Memory() { munmap(start_, window_bytes); }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    [[nodiscard]] RingMemory window() { return {{start_, window_bytes}, window_bytes, &faults_}; }
    [[nodiscard]] std::uint64_t& consumer() const { return at<std::uint64_t>(0); }
    [[nodiscard]] std::uint64_t& producer() const { return at<std::uint64_t>(page_size); }
    [[nodiscard]] std::uint32_t& first_header() const { return at<std::uint32_t>(2 * page_size); }

private:
    template <typename T>
    [[nodiscard]] T& at(std::size_t offset) const {
        return *reinterpret_cast<T*>(start_ + offset);
    }
    std::byte* start_;
    WindowFaults faults_;
};

struct RingSetTest : testing::Test {
    void emit(const char* program, std::uint64_t count, std::uint64_t first = 0) {
        const std::array<std::uint64_t, 2> arguments{count, first};
        bpf::TestRun run;
        run.context_in = std::as_bytes(std::span(arguments));
        ASSERT_TRUE(object->find_program(program)->test_run(run));
    }
    [[nodiscard]] bpf::Map& map(const char* name) const { return *object->find_map(name); }
    inline static const RingMemory own{{}, window_bytes, nullptr};
    Result<std::int32_t> read(std::uint32_t index, std::span<std::byte> target) {
        return set->read(index, target, counts);
    }

    bpf::ReadCounts counts;

    Interrupts interrupts;
    std::unique_ptr<bpf::Object> object = bpf::test::load_object("rings");
    std::unique_ptr<RingSet> set = RingSet::open(interrupts).value();
    std::vector<std::byte> buffer = std::vector<std::byte>(2 * ring_bytes);
};

int errno_of(const Result<std::int32_t>& result) { return result ? *result : -result.error().errno_code; }

std::uint64_t number_at(std::span<const std::byte> records, std::size_t index) {
    std::uint64_t number;
    std::memcpy(&number, records.data() + index * record_bytes + BPF_RINGBUF_HDR_SZ, sizeof(number));
    return number;
}

TEST_F(RingSetTest, CopiesWholeRecordsThatFitAndGivesTheirRoomBack) {
    ASSERT_EQ(set->add(map("first"), own), 0);
    EXPECT_EQ(read(0, buffer), 0);
    for (std::uint64_t round = 0; round < 100; round++) {
        emit("emit_first", 20, 20 * round);
        EXPECT_EQ(read(0, std::span(buffer).first(record_bytes - 1)), -ENOSPC);
        EXPECT_EQ(read(0, std::span(buffer).first(3 * record_bytes + 15)), 3 * record_bytes);
        EXPECT_EQ(number_at(buffer, 2), 20 * round + 2);
        EXPECT_EQ(read(0, buffer), 17 * record_bytes);
        EXPECT_EQ(number_at(buffer, 16), 20 * round + 19);
        EXPECT_EQ(read(0, buffer), 0);
        EXPECT_EQ(read(0, {}), 0);
    }
    EXPECT_EQ(counts.events, 2000u);
    EXPECT_EQ(counts.lost_samples, 0u);
}

TEST_F(RingSetTest, TellsOfRecordsUntilTheyAreRead) {
    ASSERT_EQ(set->add(map("first"), own), 0);
    ASSERT_EQ(set->add(map("second"), own), 1);
    EXPECT_EQ(set->wait(0), 0);
    emit("emit_first", 2);
    EXPECT_EQ(set->wait(-1), 1);
    EXPECT_EQ(read(0, std::span(buffer).first(record_bytes)), record_bytes);
    EXPECT_EQ(set->wait(-1), 1) << "one is left";
    emit("emit_second", 1);
    EXPECT_EQ(set->wait(-1), 2);
    EXPECT_EQ(read(0, buffer), record_bytes);
    EXPECT_EQ(read(1, buffer), record_bytes);
    EXPECT_EQ(set->wait(0), 0);
    EXPECT_EQ(set->wait(1), 0);
}

TEST_F(RingSetTest, AStopIsSeenBehindRecordsToo) {
    ASSERT_EQ(set->add(map("first"), own), 0);
    emit("emit_first", 1);
    interrupts.stop();
    for (int i = 0; i < 2; i++) EXPECT_EQ(set->wait(-1), -EINTR);
}

TEST_F(RingSetTest, AMapThatEndsLeavesItsPlaceEmpty) {
    ASSERT_EQ(set->add(map("first"), own), 0);
    ASSERT_EQ(set->add(map("second"), own), 1);
    set->forget(map("first"));
    EXPECT_EQ(errno_of(read(0, buffer)), -ENOENT);
    EXPECT_EQ(read(1, buffer), 0);
    EXPECT_EQ(set->wait(0), 0);
    EXPECT_EQ(errno_of(read(2, buffer)), -ENOENT);
    EXPECT_EQ(errno_of(read(UINT32_MAX, buffer)), -ENOENT);
    EXPECT_EQ(set->add(map("first"), own), 2) << "may come again, at a place of its own";
}

TEST_F(RingSetTest, EachWayIsForItsOwnKind) {
    Memory memory;
    const auto other = RingSet::open(interrupts).value();
    ASSERT_EQ(other->add(map("first"), memory.window()), 0);
    ASSERT_EQ(set->add(map("first"), own), 0);
    ASSERT_EQ(set->add(map("user"), own), 1);
    EXPECT_EQ(errno_of(other->read(0, buffer, counts)), -EINVAL) << "a window is read in place";
    EXPECT_EQ(errno_of(set->write(0, buffer)), -EINVAL);
    EXPECT_EQ(errno_of(read(1, buffer)), -EINVAL);
    EXPECT_EQ(errno_of(set->add(map("first"), own)), -EEXIST);
    EXPECT_EQ(errno_of(set->add(map("perf"), own)), -EINVAL);
}

// The guest has a window and a copy of the same map, and writes nonsense to the window.
TEST_F(RingSetTest, NonsenseInAConsumerPositionHarmsTheGuestAlone) {
    Memory memory;
    const auto other = RingSet::open(interrupts).value();
    ASSERT_EQ(other->add(map("first"), memory.window()), 0);
    ASSERT_EQ(set->add(map("first"), own), 0);
    for (const std::uint64_t nonsense : {~0ULL, 1ULL << 63, 1ULL << 40, 4ULL, 1'000'000ULL, 0x5a5a5a5a5a5a5a58ULL}) {
        emit("emit_first", 300);
        memory.consumer() = nonsense;
        EXPECT_GE(set->wait(0), 0);
        EXPECT_EQ(errno_of(read(0, buffer)), -EBADMSG) << nonsense;
        EXPECT_EQ(memory.consumer(), memory.producer()) << "put right";
        emit("emit_first", 2);
        EXPECT_EQ(set->wait(-1), 1);
        EXPECT_EQ(read(0, buffer), 2 * record_bytes);
    }
    // In the middle of a record: what is read there is no header, but bounded.
    emit("emit_first", 2, 0x3fff'ffff'3fff'ffff);
    memory.consumer() += 8;
    EXPECT_EQ(errno_of(read(0, buffer)), -EBADMSG);
}

std::vector<std::byte> records_of(std::initializer_list<std::uint32_t> headers) {
    std::vector<std::byte> records;
    for (const std::uint32_t header : headers) {
        const std::size_t start = records.size();
        const std::size_t length = header & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
        records.resize(start + (length + BPF_RINGBUF_HDR_SZ + 7) / 8 * 8, std::byte{0xee});
        std::memcpy(records.data() + start, &header, sizeof(header));
    }
    return records;
}

TEST_F(RingSetTest, TakesWholeCompleteRecordsWhileThereIsRoom) {
    ASSERT_EQ(set->add(map("user"), own), 0);
    EXPECT_EQ(set->write(0, records_of({8, 9, BPF_RINGBUF_DISCARD_BIT | 1})), 16 + 24 + 16);
    EXPECT_EQ(set->write(0, records_of({8, BPF_RINGBUF_BUSY_BIT | 8})), 16) << "up to the busy one";
    EXPECT_EQ(errno_of(set->write(0, records_of({BPF_RINGBUF_BUSY_BIT | 8}))), -EINVAL);
    auto cut = records_of({8, 100});
    EXPECT_EQ(set->write(0, std::span(cut).first(cut.size() - 1)), 16) << "whole records alone";
    EXPECT_EQ(errno_of(set->write(0, std::span(cut).subspan(16).first(100))), -EINVAL);
    EXPECT_EQ(errno_of(set->write(0, {})), -EINVAL);
    EXPECT_EQ(errno_of(set->write(0, std::span(cut).first(7))), -EINVAL);
    EXPECT_EQ(errno_of(set->write(0, records_of({ring_bytes}))), -EINVAL) << "never fits";
    EXPECT_EQ(set->write(0, records_of({ring_bytes - 8})), 0) << "does not fit now";
    const auto used = set->positions(0)->producer;
    EXPECT_EQ(used, 16 + 24 + 16 + 16 + 16U);
    EXPECT_EQ(set->write(0, std::vector<std::byte>(2 * ring_bytes)), ring_bytes - used) << "empty records fill it";
    EXPECT_EQ(set->write(0, records_of({0})), 0);
}

TEST_F(RingSetTest, NonsenseInAProducerPositionHarmsTheGuestAlone) {
    Memory memory;
    const auto other = RingSet::open(interrupts).value();
    ASSERT_EQ(other->add(map("user"), memory.window()), 0);
    ASSERT_EQ(set->add(map("user"), own), 0);
    for (const std::uint64_t nonsense : {~0ULL, 1ULL << 63, 4ULL, ring_bytes + 8ULL}) {
        memory.producer() = nonsense;
        EXPECT_EQ(errno_of(set->write(0, records_of({8}))), -EBADMSG) << nonsense;
    }
    memory.producer() = 0;
    EXPECT_EQ(set->write(0, records_of({8})), 16);
    EXPECT_EQ(memory.first_header(), 8U);
}

TEST_F(RingSetTest, EndsWithOrdinaryMemory) {
    Memory memory;
    ASSERT_EQ(set->add(map("first"), memory.window()), 0);
    emit("emit_first", 1);
    EXPECT_NE(memory.producer(), 0U);
    EXPECT_TRUE(set->overlaps(memory.window().window.last(1)));
    set.reset();
    EXPECT_EQ(memory.producer(), 0U);
    memory.producer() = 1;
}

TEST_F(RingSetTest, PerfBuffersAreCopiedInOnePiece) {
    perf_event_attr attr = bpf::bpf_output_attr(1, 1);
    cpu_set_t before, one;
    sched_getaffinity(0, sizeof(before), &before);
    CPU_ZERO(&one);
    CPU_SET(sched_getcpu(), &one);
    sched_setaffinity(0, sizeof(one), &one);
    const int cpu = sched_getcpu();
    ASSERT_EQ(set->add_perf(map("perf"), {static_cast<std::uint32_t>(cpu), cpu, attr}, {{}, 2 * page_size, nullptr}),
              0);
    std::uint64_t next = 0;
    for (int round = 0; round < 50; round++) {
        emit("emit_perf", 30, next);
        EXPECT_EQ(set->wait(-1), 1);
        EXPECT_EQ(read(0, std::span(buffer).first(8)), -ENOSPC);
        const std::int32_t bytes = read(0, buffer).value();
        for (std::int32_t at = 0; at < bytes;) {
            perf_event_header header;
            std::memcpy(&header, buffer.data() + at, sizeof(header));
            ASSERT_EQ(header.type, PERF_RECORD_SAMPLE);
            std::uint64_t number;
            std::memcpy(&number, buffer.data() + at + 12, sizeof(number));
            ASSERT_EQ(number, next++);
            at += header.size;
        }
        EXPECT_EQ(next % 30, 0U);
        EXPECT_EQ(read(0, buffer), 0);
        EXPECT_EQ(set->wait(0), 0);
    }
    EXPECT_EQ(errno_of(set->add_perf(map("first"), {0, cpu, attr}, {{}, 2 * page_size, nullptr})), -EINVAL);
    EXPECT_EQ(errno_of(set->add_perf(map("perf"), {0, cpu, attr}, {{}, 4 * page_size, nullptr})), -EINVAL);
    EXPECT_EQ(errno_of(set->add_perf(map("perf"), {1U << 30, cpu, attr}, {{}, 2 * page_size, nullptr})), -E2BIG);
    sched_setaffinity(0, sizeof(before), &before);
}

// An instance that is nothing but its memory.
struct MemoryOnly final : engine::Instance {
    engine::Ending run(std::string_view) override { return {}; }
    Result<std::int32_t> call_table(std::uint32_t, std::span<const std::int32_t, 3>) override { return 0; }
    Result<std::int32_t> call_export(std::string_view, std::span<const std::int32_t>) override { return 0; }
    std::span<std::byte> memory() const override { return {}; }
};

TEST(WindowsRefused, AreNotToBeHad) {
    const MemoryOnly instance;
    HostOptions options;
    options.windows = Windows::refused;
    Host host(std::move(options));
    host.memory.bind(instance);
    const auto window = host.window_memory(0, page_size, "ring");
    ASSERT_FALSE(window);
    EXPECT_EQ(window.error().errno_code, EOPNOTSUPP);
    EXPECT_NE(window.error().message.find("offers no windows"), std::string::npos);
}

}  // namespace
}  // namespace wasm_bpf::host_api
