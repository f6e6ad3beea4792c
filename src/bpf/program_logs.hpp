#pragma once
// Room for the verifier's logs of one object's load.

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <unordered_map>

#include "bpf/program.hpp"

namespace wasm_bpf::bpf {

// libbpf's own buffers grow to gigabytes where a program makes the verifier talk so much; these are bounded. Memory is
// taken as the kernel writes to it. Lives for one call of bpf_object__load.
class ProgramLogs {
public:
    explicit ProgramLogs(std::deque<Program>& programs);
    ~ProgramLogs();
    ProgramLogs(const ProgramLogs&) = delete;
    ProgramLogs& operator=(const ProgramLogs&) = delete;

    // What the kernel wrote for this program; empty where it was not asked to and did not refuse it (`failed`).
    [[nodiscard]] std::string take(const Program& program, bool failed) const;

private:
    std::deque<Program>& programs_;
    std::span<char> mapping_;
    // Programs without a log level have no log but that of the one that fails, which ends the load: they share one
    // room.
    std::span<char> shared_;
    std::unordered_map<const Program*, std::span<char>> own_;
};

}  // namespace wasm_bpf::bpf
