#include "metrics/registry.hpp"

#include <fcntl.h>
#include <pthread.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include "bpf/ring_positions.hpp"
#include "metrics/families.hpp"

namespace wasm_bpf::metrics {
namespace {

std::chrono::nanoseconds time_of(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

bool same_shape(const Declaration& a, const Declaration& b) {
    return a.kind == b.kind && a.unit == b.unit && a.exponent == b.exponent && a.slots == b.slots &&
           upper_bounds(a) == upper_bounds(b) && a.sum.has_value() == b.sum.has_value();
}

template <typename T>
void forget_ended(std::vector<std::weak_ptr<T>>& watched) {
    std::erase_if(watched, [](const auto& each) { return each.expired(); });
}

}  // namespace

Publication::~Publication() {
    if (registry_) registry_->withdraw(id_);
}

Result<> Registry::admit(const Declaration& declaration) const {
    if (metrics_.size() >= max_metrics)
        return fail(ENOSPC, fmt::format("metric \"{}\": a guest publishes {} at most", declaration.name, max_metrics));
    for (const auto& [id, metric] : metrics_)
        if (metric.declaration.name == declaration.name && !same_shape(metric.declaration, declaration))
            return fail(EEXIST,
                        fmt::format("metric \"{}\": there is one of another kind, unit or bounds", declaration.name));
    return {};
}

Result<std::uint64_t> Registry::publish(Declaration declaration, Source source, const std::byte* memory) {
    const std::lock_guard lock(mutex_);
    if (auto admitted = admit(declaration); !admitted) return std::unexpected(std::move(admitted).error());
    Metric metric{std::move(declaration), MemorySource(0, 0, MemorySource::Copied::no), memory};
    if (auto* map = std::get_if<MapSource>(&source)) {
        metric.source = std::make_shared<const MapSource>(std::move(*map));
    } else {
        auto& own = std::get<MemorySource>(source);
        if (own.copied()) own.copy(metric.declaration, memory);
        has_copied_ |= own.copied();
        metric.source = std::move(own);
    }
    metrics_.emplace_back(next_id_, std::move(metric));
    return next_id_++;
}

void Registry::withdraw(std::uint64_t id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(metrics_, [&](const auto& each) { return each.first == id; });
}

void Registry::copy_memory(const std::byte* memory) {
    if (!has_copied_) return;
    const std::lock_guard lock(mutex_);
    for (auto& [id, metric] : metrics_)
        if (auto* own = std::get_if<MemorySource>(&metric.source); own != nullptr && own->copied())
            own->copy(metric.declaration, memory);
}

void Registry::enter_thread() {
    const std::lock_guard lock(mutex_);
    clockid_t clock;
    if (::pthread_getcpuclockid(::pthread_self(), &clock) == 0) {
        cpu_clock_ = clock;
        // What the thread did before is not the guest's.
        cpu_before_ -= time_of(clock);
    }
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    started_ = static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void Registry::leave_thread() {
    const std::lock_guard lock(mutex_);
    if (cpu_clock_) cpu_before_ += time_of(*cpu_clock_);
    cpu_clock_.reset();
}

void Registry::end_run() {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, metric] : metrics_) {
        const auto* own = std::get_if<MemorySource>(&metric.source);
        if (own == nullptr || !is_shared_name(metric.declaration.name)) continue;
        auto& count = metric.declaration.name == events_name ? counts.events : counts.lost_samples;
        count += static_cast<std::uint64_t>(own->read(metric.declaration, metric.memory).values.front());
    }
    metrics_.clear();
    counts.memory_bytes = 0;
}

double Registry::cpu_seconds() const {
    auto time = cpu_before_;
    if (cpu_clock_) time += time_of(*cpu_clock_);
    return std::chrono::duration<double>(time).count();
}

Result<std::shared_ptr<const bpf::Map>> Registry::open_map(const bpf::Map& map) {
    const std::uint32_t id = map.details().id;
    const std::lock_guard lock(mutex_);
    forget_ended(maps_);
    for (const auto& each : maps_)
        if (auto known = each.lock(); known && known->details().id == id) return known;
    if (map.fd() < 0) return fail(EINVAL, fmt::format("map \"{}\" is not loaded yet", map.name()));
    bpf::Fd fd(::fcntl(map.fd(), F_DUPFD_CLOEXEC, 3));
    if (!fd.valid()) return std::unexpected(errno_error(errno, fmt::format("open map \"{}\" again", map.name())));
    auto opened = bpf::Map::adopt(std::move(fd));
    if (!opened) return std::unexpected(std::move(opened).error());
    std::shared_ptr<const bpf::Map> shared = std::move(*opened);
    maps_.push_back(shared);
    return shared;
}

Result<std::shared_ptr<void>> Registry::watch_ring(const bpf::Map& map) {
    bpf::Fd fd(::fcntl(map.fd(), F_DUPFD_CLOEXEC, 3));
    if (!fd.valid()) return std::unexpected(errno_error(errno, fmt::format("open map \"{}\" again", map.name())));
    auto ring = std::make_shared<WatchedRing>(map.name(), std::move(fd));
    const std::lock_guard lock(mutex_);
    forget_ended(rings_);
    rings_.push_back(ring);
    return ring;
}

void Registry::watch_maps(std::shared_ptr<const MapTotals> totals) {
    const std::lock_guard lock(mutex_);
    map_totals_ = std::move(totals);
}

struct Registry::Snapshot {
    struct Item {
        Declaration declaration;
        std::variant<Numbers, std::shared_ptr<const MapSource>> source;
    };
    std::vector<Item> items;
    std::vector<std::shared_ptr<const WatchedRing>> rings;
    std::shared_ptr<const MapTotals> map_totals;
    double cpu_seconds = 0, started = 0;
};

Registry::Snapshot Registry::snapshot() const {
    Snapshot result;
    const std::lock_guard lock(mutex_);
    for (const auto& [id, metric] : metrics_) {
        if (const auto* own = std::get_if<MemorySource>(&metric.source))
            result.items.push_back({metric.declaration, own->read(metric.declaration, metric.memory)});
        else
            result.items.push_back({metric.declaration, std::get<std::shared_ptr<const MapSource>>(metric.source)});
    }
    for (const auto& each : rings_)
        if (auto ring = each.lock()) result.rings.push_back(std::move(ring));
    result.map_totals = map_totals_;
    result.cpu_seconds = cpu_seconds();
    result.started = started_;
    return result;
}

namespace {

void add_counts(Families& families, const Counts& counts) {
    families.counter(events_name, "Records that the guest's readers took from its buffers.",
                     static_cast<double>(counts.events));
    families.counter(lost_name, "Samples that perf buffers had no room for.", static_cast<double>(counts.lost_samples));
    families.counter("wasm_bpf_restarts", "How often the guest was started again.",
                     static_cast<double>(counts.restarts));
    families.gauge("wasm_bpf_memory_bytes", "bytes", "The guest's linear memory.",
                   static_cast<double>(counts.memory_bytes));
}

}  // namespace

std::vector<MetricFamily> Registry::read() const {
    const Snapshot now = snapshot();
    Families families;
    add_counts(families, counts);
    families.counter("wasm_bpf_cpu_seconds", "Processor time of the guest's thread, the host's calls included.",
                     now.cpu_seconds, "seconds");
    if (now.started > 0)
        families.gauge("wasm_bpf_start_time_seconds", "seconds", "When the guest was started, since 1970.",
                       now.started);
    if (now.map_totals) {
        families.gauge("wasm_bpf_maps", "", "BPF maps that the guest has.", static_cast<double>(now.map_totals->maps));
        families.gauge("wasm_bpf_map_bytes", "bytes", "Memory of the guest's BPF maps, were they full.",
                       static_cast<double>(now.map_totals->bytes));
    }
    for (const auto& ring : now.rings) {
        const auto positions = bpf::ring_positions(ring->fd);
        if (!positions) continue;
        const MetricLabels labels{{"map", valid_utf8(ring->name)}};
        families.counter("wasm_bpf_ring_consumed_bytes", "Bytes of records that were taken from a ring buffer.",
                         static_cast<double>(positions->consumer), "bytes", labels);
        families.gauge("wasm_bpf_ring_waiting_bytes", "bytes", "Bytes of records that wait in a ring buffer.",
                       static_cast<double>(positions->producer - std::min(positions->consumer, positions->producer)),
                       labels);
    }
    // Maps last: a large one leaves room for the others.
    bool complete = true;
    for (const auto& [declaration, source] : now.items)
        if (const auto* numbers = std::get_if<Numbers>(&source))
            complete &= families.add(declaration, {{{}, *numbers}});
    for (const auto& [declaration, source] : now.items) {
        const auto* map = std::get_if<std::shared_ptr<const MapSource>>(&source);
        if (map == nullptr) continue;
        Readings readings;
        complete &= (*map)->read(declaration, readings);
        complete &= families.add(declaration, readings);
    }
    families.gauge("wasm_bpf_metrics_complete", "", "1; 0 where the guest has more series or elements than are read.",
                   complete ? 1 : 0);
    return std::move(families).all();
}

}  // namespace wasm_bpf::metrics
