#include "bpf/record_reader.hpp"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <utility>

#include "api/printable.hpp"
#include "bpf/fd.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/map.hpp"
#include "bpf/mapping.hpp"
#include "bpf/ring_pages.hpp"
#include "bpf/ring_window.hpp"

namespace wasm_bpf::bpf {
namespace {

// Not by libbpf's ring_buffer: it follows the consumer's position, which a guest with a window of the same ring may
// have moved into the middle of a record, to a header that the guest made up.
class RingReader final : public RecordReader {
public:
    static Result<std::unique_ptr<RecordReader>> open(const Map& map) {
        auto memory = Mapping::reserve(ring_window_bytes(map));
        if (!memory) return std::unexpected(std::move(memory).error());
        if (auto mapped = map_ring_window(map, memory->memory()); !mapped)
            return std::unexpected(std::move(mapped).error());
        Fd fd(::fcntl(map.fd(), F_DUPFD_CLOEXEC, 0));
        if (!fd.valid()) return std::unexpected(errno_error(errno, "open buffer \"" + printable(map.name()) + "\""));
        return std::unique_ptr<RecordReader>(new RingReader(std::move(fd), std::move(*memory)));
    }

    [[nodiscard]] int poll_fd() const override { return map_.get(); }
    std::int64_t consume(const RecordCallback& callback) override { return pages_.consume(callback); }

private:
    RingReader(Fd map, Mapping memory) : map_(std::move(map)), memory_(std::move(memory)), pages_(memory_.memory()) {}

    Fd map_;
    Mapping memory_;
    RingPages pages_;
};

// One buffer for each CPU. The kernel reports each wake-up of a perf buffer once, even if records stay; so a batch that
// was cut short raises `rest_`, and whoever polls sees both.
class PerfReader final : public RecordReader {
public:
    PerfReader(const Map& map, LostCallback lost)
        : lost_(std::move(lost)),
          map_(::fcntl(map.fd(), F_DUPFD_CLOEXEC, 0)),
          buffer_(new_buffer(map_.get(), this), perf_buffer__free),
          rest_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
          poll_(::epoll_create1(EPOLL_CLOEXEC)) {}

    [[nodiscard]] bool opened() const {
        return buffer_ && rest_.valid() && watch(perf_buffer__epoll_fd(buffer_.get())) && watch(rest_.get());
    }
    [[nodiscard]] int poll_fd() const override { return poll_.get(); }

    std::int64_t consume(const RecordCallback& callback) override {
        eventfd_t raised = 0;
        ::eventfd_read(rest_.get(), &raised);
        callback_ = &callback;
        records_ = 0;
        stopped_ = 0;
        for (std::size_t cpu = 0; cpu < perf_buffer__buffer_cnt(buffer_.get()); ++cpu) {
            // Reads the producer's position once, so it is bounded. A CPU that is offline has no buffer: -ENOENT.
            const int error = perf_buffer__consume_buffer(buffer_.get(), cpu);
            if (stopped_ == 0 && error < 0 && error != -ENOENT) stopped_ = -ENOMEM;  // libbpf's one other reason
            if (stopped_ == 0) continue;
            ::eventfd_write(rest_.get(), 1);
            return stopped_;
        }
        return records_;
    }

private:
    static constexpr std::size_t pages_per_cpu = 64;

    // As the kernel writes them (perf_event_open(2)).
    struct Sample {
        perf_event_header header;
        std::uint32_t size;
        std::byte data[];
    };
    struct Lost {
        perf_event_header header;
        std::uint64_t id;
        std::uint64_t samples;
    };

    static perf_buffer* new_buffer(int map_fd, PerfReader* self) {
        perf_event_attr attributes{};
        attributes.size = sizeof(attributes);
        attributes.type = PERF_TYPE_SOFTWARE;
        attributes.config = PERF_COUNT_SW_BPF_OUTPUT;
        attributes.sample_type = PERF_SAMPLE_RAW;
        attributes.sample_period = 1;
        attributes.wakeup_events = 1;
        return perf_buffer__new_raw(map_fd, pages_per_cpu, &attributes, receive, self, nullptr);
    }

    bool watch(int fd) const {
        epoll_event event{};
        event.events = EPOLLIN;
        return ::epoll_ctl(poll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
    }

    static bpf_perf_event_ret receive(void* context, int cpu, perf_event_header* event) {
        auto* self = static_cast<PerfReader*>(context);
        if (event->type == PERF_RECORD_LOST && self->lost_)
            self->lost_(cpu, reinterpret_cast<const Lost*>(event)->samples);
        if (event->type != PERF_RECORD_SAMPLE) return LIBBPF_PERF_EVENT_CONT;
        const auto* sample = reinterpret_cast<const Sample*>(event);
        self->records_ += 1;
        const int result = (*self->callback_)({sample->data, sample->size});
        if (result >= 0) return LIBBPF_PERF_EVENT_CONT;
        self->stopped_ = result;
        return LIBBPF_PERF_EVENT_DONE;
    }

    LostCallback lost_;
    const RecordCallback* callback_ = nullptr;
    std::int64_t records_ = 0;
    int stopped_ = 0;
    Fd map_;  // perf_buffer__free() empties the map, which its object may have closed by then
    std::unique_ptr<perf_buffer, void (*)(perf_buffer*)> buffer_;
    Fd rest_;
    Fd poll_;
};

template <typename Reader, typename... Arguments>
Result<std::unique_ptr<RecordReader>> open_reader(const Map& map, Arguments... arguments) {
    const LibbpfMessages messages;
    auto reader = std::make_unique<Reader>(map, std::move(arguments)...);
    const int error = errno;
    if (reader->opened()) return reader;
    const std::string what = "open buffer \"" + printable(map.name()) + "\": ";
    return fail(plain_errno(error), messages.explain(what + error_text(error)));
}

}  // namespace

Result<std::unique_ptr<RecordReader>> RecordReader::open(const Map& map, LostCallback lost) {
    if (map.shape().type == BPF_MAP_TYPE_RINGBUF) return RingReader::open(map);
    if (map.shape().type == BPF_MAP_TYPE_PERF_EVENT_ARRAY) return open_reader<PerfReader>(map, std::move(lost));
    return fail(EINVAL, "map \"" + printable(map.name()) + "\" is neither a ring buffer nor a perf buffer");
}

}  // namespace wasm_bpf::bpf
