#include "bpf/program_logs.hpp"

#include <bpf/libbpf.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace wasm_bpf::bpf {
namespace {

constexpr std::size_t max_log_bytes = 16 << 20;
constexpr std::size_t all_logs_bytes = 4 * max_log_bytes;
constexpr std::size_t min_log_bytes = 4096;

bool logged(const Program& program) { return program.autoload() && program.log_level() != 0; }

}  // namespace

ProgramLogs::ProgramLogs(std::deque<Program>& programs) : programs_(programs) {
    const auto count = static_cast<std::size_t>(std::ranges::count_if(programs, logged));
    const std::size_t size = std::clamp(all_logs_bytes / std::max<std::size_t>(1, count), min_log_bytes, max_log_bytes);
    const std::size_t all = max_log_bytes + count * size;
    void* memory = ::mmap(nullptr, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) return;  // libbpf takes its own
    mapping_ = {static_cast<char*>(memory), all};
    shared_ = mapping_.first(max_log_bytes);
    std::span<char> rest = mapping_.subspan(max_log_bytes);
    for (const Program& program : programs) {
        std::span<char> log = shared_;
        if (logged(program)) {
            own_[&program] = log = rest.first(size);
            rest = rest.subspan(size);
        }
        bpf_program__set_log_buf(program.raw(), log.data(), log.size() - 1);
    }
}

ProgramLogs::~ProgramLogs() {
    // A load that ended before the first program may be tried again.
    for (const Program& program : programs_) bpf_program__set_log_buf(program.raw(), nullptr, 0);
    if (!mapping_.empty()) ::munmap(mapping_.data(), mapping_.size());
}

std::string ProgramLogs::take(const Program& program, bool failed) const {
    const auto own = own_.find(&program);
    if (own == own_.end() && !failed) return {};
    const std::span<char> log = own == own_.end() ? shared_ : own->second;
    return {log.data(), ::strnlen(log.data(), log.size())};
}

}  // namespace wasm_bpf::bpf
