// Ring and perf buffers: read by the host, and as windows.

#include <linux/bpf.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <thread>

#include "bpf/fixture.hpp"
#include "bpf/map_window.hpp"
#include "bpf/record_reader.hpp"
#include "bpf/ring_window.hpp"

namespace wasm_bpf::bpf::test {
namespace {

constexpr std::size_t ring_bytes = 4096;
constexpr std::size_t record_bytes = 16;  // header and one number
// The kernel never fills the last byte (kernel/bpf/ringbuf.c: bpf_ringbuf_has_space).
constexpr std::size_t ring_records = (ring_bytes - 1) / record_bytes;

void emit(Object& object, std::string_view program, std::uint64_t count, std::uint64_t first = 0) {
    const std::array<std::uint64_t, 2> arguments{count, first};
    TestRun run;
    run.context_in = std::as_bytes(std::span(arguments));
    const auto done = object.find_program(program)->test_run(run);
    ASSERT_TRUE(done) << done.error().message;
}

std::uint64_t number_in(std::span<const std::byte> record) {
    std::uint64_t number = 0;
    EXPECT_GE(record.size(), sizeof(number));
    std::memcpy(&number, record.data(), sizeof(number));
    return number;
}

std::unique_ptr<RecordReader> open_reader(Object& object, std::string_view map, LostCallback lost = nullptr) {
    auto reader = RecordReader::open(*object.find_map(map), std::move(lost));
    if (reader) return std::move(*reader);
    ADD_FAILURE() << reader.error().message;
    return nullptr;
}

std::vector<std::uint64_t> drain(RecordReader& reader) {
    std::vector<std::uint64_t> numbers;
    const auto records = reader.consume([&](auto record) {
        numbers.push_back(number_in(record));
        return 0;
    });
    EXPECT_EQ(records, static_cast<std::int64_t>(numbers.size()));
    return numbers;
}

bool readable(const RecordReader& reader, int timeout_ms) {
    pollfd waiting{reader.poll_fd(), POLLIN, 0};
    return ::poll(&waiting, 1, timeout_ms) == 1;
}

// One CPU, so that a perf buffer's records have one order.
class OneCpu {
public:
    OneCpu() {
        ::sched_getaffinity(0, sizeof(before_), &before_);
        cpu_set_t one;
        CPU_ZERO(&one);
        CPU_SET(::sched_getcpu(), &one);
        EXPECT_EQ(::sched_setaffinity(0, sizeof(one), &one), 0);
    }
    ~OneCpu() { ::sched_setaffinity(0, sizeof(before_), &before_); }

private:
    cpu_set_t before_{};
};

class BpfRecordReader : public ::testing::TestWithParam<const char*> {
protected:
    void emit_numbers(std::uint64_t count, std::uint64_t first = 0) {
        emit(*object_, std::string("emit_") + GetParam(), count, first);
    }
    OneCpu one_cpu_;
    std::unique_ptr<Object> object_ = load_object("rings");
    std::unique_ptr<RecordReader> reader_ = open_reader(*object_, GetParam());
};

TEST_P(BpfRecordReader, HandsOverEveryRecordInOrder) {
    EXPECT_FALSE(readable(*reader_, 0));
    emit_numbers(100, 7);
    EXPECT_TRUE(readable(*reader_, 1000));
    const auto numbers = drain(*reader_);
    ASSERT_EQ(numbers.size(), 100U);
    for (std::size_t i = 0; i < numbers.size(); ++i) EXPECT_EQ(numbers[i], i + 7);
    EXPECT_FALSE(readable(*reader_, 0));
    EXPECT_TRUE(drain(*reader_).empty());
}

TEST_P(BpfRecordReader, ANegativeResultEndsTheBatchAndTheRestStays) {
    emit_numbers(10);
    EXPECT_TRUE(readable(*reader_, 1000));
    int calls = 0;
    // -2 is also a number of libbpf's own for "go on".
    EXPECT_EQ(reader_->consume([&](auto) { return ++calls == 3 ? -2 : 0; }), -2);
    EXPECT_EQ(calls, 3);
    EXPECT_TRUE(readable(*reader_, 1000)) << "records that stayed are not announced";
    const auto rest = drain(*reader_);
    ASSERT_EQ(rest.size(), 7U);
    EXPECT_EQ(rest.front(), 3U);
    EXPECT_FALSE(readable(*reader_, 0));
}

TEST_P(BpfRecordReader, ReturnsThoughEveryRecordBringsAnother) {
    emit_numbers(1);
    int calls = 0;
    const auto records = reader_->consume([&](auto) {
        emit_numbers(1);
        return ++calls < 100000 ? 0 : -1;
    });
    EXPECT_GT(records, 0);
    EXPECT_LE(records, static_cast<std::int64_t>(ring_bytes / 8));
}

INSTANTIATE_TEST_SUITE_P(Buffers, BpfRecordReader, ::testing::Values("first", "perf"));

TEST(BpfRecordReaderRing, HoldsAsManyRecordsAsTheTestsTakeItFor) {
    const auto object = load_object("rings");
    const auto reader = open_reader(*object, "first");
    for (const std::uint64_t emitted : {ring_records, ring_records + 1}) {
        emit(*object, "emit_first", emitted);
        EXPECT_EQ(drain(*reader).size(), ring_records) << "of " << emitted;
    }
}

TEST(BpfRecordReaderRing, NothingIsLostOrReorderedBesideAProducer) {
    const auto object = load_object("rings");
    const auto reader = open_reader(*object, "first");
    constexpr std::uint64_t rounds = 200, per_round = 50;  // a round fits the ring
    std::atomic<std::uint64_t> consumed = 0;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    std::thread producer([&] {
        for (std::uint64_t round = 0; round < rounds; ++round) {
            while (round * per_round - consumed > ring_records - per_round) {
                if (std::chrono::steady_clock::now() > deadline) return;
                std::this_thread::yield();
            }
            emit(*object, "emit_first", per_round, round * per_round);
        }
    });
    std::uint64_t next = 0;
    while (next < rounds * per_round && std::chrono::steady_clock::now() < deadline && readable(*reader, 5000)) {
        for (const std::uint64_t number : drain(*reader)) EXPECT_EQ(number, next++);
        consumed = next;
    }
    producer.join();
    EXPECT_EQ(next, rounds * per_round);
}

TEST(BpfRecordReaderRing, TwoRingsOfOneObjectAreReadApart) {
    const auto object = load_object("rings");
    const auto first = open_reader(*object, "first"), second = open_reader(*object, "second");
    emit(*object, "emit_first", 3, 100);
    emit(*object, "emit_second", 2, 200);
    EXPECT_EQ(drain(*second), (std::vector<std::uint64_t>{200, 201}));
    EXPECT_EQ(drain(*first), (std::vector<std::uint64_t>{100, 101, 102}));
}

TEST(BpfRecordReaderPerf, CountsWhatWasLost) {
    const OneCpu one_cpu;
    const auto object = load_object("rings");
    std::uint64_t lost = 0;
    const auto reader = open_reader(*object, "perf", [&](int cpu, std::uint64_t samples) {
        EXPECT_EQ(cpu, ::sched_getcpu());
        lost += samples;
    });
    // Far more than the buffer holds, then one that fits again: the kernel tells what was lost before the next record.
    constexpr std::uint64_t batches = 50, batch = 1000;
    for (std::uint64_t i = 0; i < batches; ++i) emit(*object, "emit_perf", batch);
    std::uint64_t received = drain(*reader).size();
    emit(*object, "emit_perf", 1);
    received += drain(*reader).size();
    EXPECT_GT(lost, 0U);
    EXPECT_EQ(received + lost, batches * batch + 1);
}

TEST(BpfRecordReaderOpen, RefusesOtherMapsAndUnloadedOnes) {
    const auto maps = load_object("maps");
    const auto table = RecordReader::open(*maps->find_map("table"), nullptr);
    ASSERT_FALSE(table);
    EXPECT_EQ(table.error().errno_code, EINVAL);
    const auto rings = open_object("rings");
    EXPECT_FALSE(RecordReader::open(*rings->find_map("first"), nullptr));
    EXPECT_FALSE(RecordReader::open(*rings->find_map("perf"), nullptr));
}

// Page-aligned memory as a guest's.
class Memory {
public:
    explicit Memory(std::size_t bytes)
        : bytes_(bytes),
          begin_(static_cast<std::byte*>(
              ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {
        std::memset(begin_, 0x5a, bytes_);
    }
    ~Memory() { ::munmap(begin_, bytes_); }
    [[nodiscard]] std::span<std::byte> span() const { return {begin_, bytes_}; }

private:
    std::size_t bytes_;
    std::byte* begin_;
};

template <typename T>
T& at(std::span<std::byte> memory, std::size_t offset) {
    return *reinterpret_cast<T*>(memory.data() + offset);
}

// Without the handler of a sanitizer, which would exit instead.
void expect_store_faults(volatile std::uint32_t& place) {
    EXPECT_EXIT(
        {
            ::signal(SIGSEGV, SIG_DFL);
            place = 1;
        },
        ::testing::KilledBySignal(SIGSEGV), "");
}

TEST(BpfWindow, RingIsReadByLoadsAndEndsAsOrdinaryMemory) {
    const std::size_t page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const auto object = load_object("rings");
    const Map& ring = *object->find_map("first");
    ASSERT_EQ(ring_window_bytes(ring), 2 * page + 2 * ring_bytes);
    const Memory memory(ring_window_bytes(ring));
    const auto window = memory.span();
    const auto mapped = map_ring_window(ring, window);
    ASSERT_TRUE(mapped) << mapped.error().message;

    emit(*object, "emit_first", 3, 40);
    EXPECT_EQ(at<volatile std::uint64_t>(window, page), 3 * record_bytes) << "producer position";
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(at<volatile std::uint32_t>(window, 2 * page + i * record_bytes), 8U);
        EXPECT_EQ(at<volatile std::uint64_t>(window, 2 * page + i * record_bytes + 8), 40 + i);
        EXPECT_EQ(at<volatile std::uint64_t>(window, 2 * page + ring_bytes + i * record_bytes + 8), 40 + i);
    }
    at<std::atomic<std::uint64_t>>(window, 0) = 3 * record_bytes;
    emit(*object, "emit_first", ring_bytes / record_bytes - 1, 0);
    EXPECT_EQ(at<volatile std::uint64_t>(window, page), 3 * record_bytes + ring_bytes - record_bytes)
        << "the kernel did not see the consumer position";

    unmap_window(window);
    for (const std::byte byte : window) ASSERT_EQ(byte, std::byte{0});
    std::memset(window.data(), 1, window.size());
    emit(*object, "emit_second", 1);
    EXPECT_EQ(window[page], std::byte{1});
}

TEST(BpfWindow, OnlyARingBufferTakesAWindowOfARing) {
    const auto object = load_object("maps");
    for (const Map& map : object->maps()) EXPECT_EQ(ring_window_bytes(map), 0U) << map.name();
}

TEST(BpfWindow, StoresToTheReadOnlyPartFault) {
    const auto object = load_object("rings");
    const Memory memory(ring_window_bytes(*object->find_map("first")));
    ASSERT_TRUE(map_ring_window(*object->find_map("first"), memory.span()));
    expect_store_faults(at<volatile std::uint32_t>(memory.span(), memory.span().size() - 8));
}

TEST(BpfWindow, RefusesWrongMemoryAndLeavesItAlone) {
    const auto object = load_object("rings");
    const Map& ring = *object->find_map("first");
    const Memory memory(ring_window_bytes(ring) + 4096);
    for (const auto bad : {memory.span(), memory.span().subspan(8, ring_window_bytes(ring))}) {
        const auto mapped = map_ring_window(ring, bad);
        ASSERT_FALSE(mapped);
        EXPECT_EQ(mapped.error().errno_code, EINVAL);
    }
    EXPECT_FALSE(map_ring_window(*object->find_map("perf"), memory.span()));
    EXPECT_EQ(memory.span().front(), std::byte{0x5a});
    EXPECT_EQ(memory.span().back(), std::byte{0x5a});
}

TEST(BpfWindow, GlobalDataIsShared) {
    const auto object = load_object("maps");
    const Map& data = *object->find_map(".data");
    const Memory memory(data.mapping_bytes());
    const auto mapped = map_content_window(data, memory.span());
    ASSERT_TRUE(mapped) << mapped.error().message;
    EXPECT_EQ(at<volatile std::uint32_t>(memory.span(), 0), 5U);
    at<volatile std::uint32_t>(memory.span(), 0) = 20;
    TestRun run;
    ASSERT_TRUE(object->find_program("add_limit")->test_run(run));
    EXPECT_EQ(run.return_value, 27U);
    EXPECT_EQ(at<volatile std::uint32_t>(memory.span(), 0), 27U);
    unmap_window(memory.span());
    EXPECT_EQ(at<volatile std::uint32_t>(memory.span(), 0), 0U);
}

TEST(BpfWindow, ReadOnlyDataIsMappedReadOnly) {
    const auto object = load_object("maps");
    const Map& rodata = *object->find_map(".rodata");
    const Memory memory(rodata.mapping_bytes());
    ASSERT_TRUE(map_content_window(rodata, memory.span()));
    EXPECT_EQ(at<volatile std::uint32_t>(memory.span(), 0), 7U);
    expect_store_faults(at<volatile std::uint32_t>(memory.span(), 0));
    EXPECT_FALSE(map_content_window(*object->find_map("table"), memory.span()));
}

}  // namespace
}  // namespace wasm_bpf::bpf::test
