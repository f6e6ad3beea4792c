#pragma once
// What outlives a process that is killed: legacy traffic control filters and routes, which no fd holds. A record on
// disk, written before the attach and removed after the detach, lets the next start of the command remove them.

#include <cstdint>
#include <filesystem>
#include <string>

#include "wasm_bpf/log.hpp"

namespace wasm_bpf::bpf {

// The folder of this user's records: $WASM_BPF_RUN, /run/wasm-bpf for root, else $XDG_RUNTIME_DIR/wasm-bpf. Empty where
// there is none.
[[nodiscard]] std::filesystem::path left_overs_folder();

// From here on this process keeps records there. The folder is made (0700) for the first one. Where that or a record
// cannot be written, a warning says so once, and attaching goes on.
void keep_left_over_records(std::filesystem::path folder, LogSink log);

// Removes what processes that have ended left in this network namespace, and their records. A living process holds a
// lock on its file. What is not found as it is recorded, is not touched. Files that are no records are left alone, with
// a warning.
void remove_left_overs(const std::filesystem::path& folder, const LogSink& log);

// Removes what this process would leave if it ended now, as far as it has records. Thread-safe: for an end that cannot
// wait for the guest's thread.
void remove_own_left_overs();

// One attachment's record: there while this object lives. `what` is a line, its first word the row of left_overs.cpp.
class LeftOver {
public:
    explicit LeftOver(std::string what);
    LeftOver(const LeftOver&) = delete;
    LeftOver& operator=(const LeftOver&) = delete;
    ~LeftOver();
    void update(std::string what);

private:
    int slot_;
};

}  // namespace wasm_bpf::bpf
