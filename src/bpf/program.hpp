#pragma once
// A program of an object.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/fd.hpp"
#include "bpf/link.hpp"
#include "bpf/map.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_object;
struct bpf_prog_info;
struct bpf_program;

namespace wasm_bpf::bpf {

// One run of a program by BPF_PROG_TEST_RUN; spans may be empty. Output spans are filled, and cut to what was written.
// Where one is too small (ENOSPC), data_out_bytes says what there was to write.
struct TestRun {
    std::span<const std::byte> data_in;
    std::span<std::byte> data_out;
    std::span<const std::byte> context_in;
    std::span<std::byte> context_out;
    std::uint32_t repeat = 0;
    std::uint32_t flags = 0;
    std::uint32_t cpu = 0;           // with BPF_F_TEST_RUN_ON_CPU
    std::uint32_t batch_size = 0;    // with BPF_F_TEST_XDP_LIVE_FRAMES
    int stop_fd = -1;                // readable: ends a run of many repetitions early
    std::uint32_t return_value = 0;  // set by the run
    std::uint32_t duration_ns = 0;   // set by the run: the average of one repetition
    std::uint32_t data_out_bytes = 0;
    std::uint32_t context_out_bytes = 0;
};

// Owned by its Object and valid as long as that lives. Not thread-safe.
class Program {
public:
    // `text_helpers`: what the subprograms of its object call, any of which it may call in turn (known to libbpf only
    // at load).
    Program(bpf_program* program, std::shared_ptr<bpf_object> owner, std::vector<std::uint32_t> text_helpers);

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] const std::string& section() const { return section_; }
    [[nodiscard]] std::uint32_t type() const;                  // enum bpf_prog_type
    [[nodiscard]] std::uint32_t expected_attach_type() const;  // enum bpf_attach_type
    [[nodiscard]] std::uint32_t flags() const;
    [[nodiscard]] std::uint32_t log_level() const;
    [[nodiscard]] std::uint32_t instruction_count() const;
    // Its instructions, as bytes: from load on with the subprograms that it calls, relocated. Valid until load.
    [[nodiscard]] std::span<const std::byte> instructions() const;
    // struct bpf_func_info and struct bpf_line_info, as bytes. Valid until load or unload.
    [[nodiscard]] std::span<const std::byte> function_info() const;
    [[nodiscard]] std::span<const std::byte> line_info() const;
    [[nodiscard]] bool autoload() const;
    [[nodiscard]] bool autoattach() const;
    [[nodiscard]] int fd() const;            // negative until loaded
    [[nodiscard]] std::uint32_t id() const;  // the kernel's; 0 until loaded
    // Whether its section does not say where to attach it, so that attach() needs a target.
    [[nodiscard]] bool needs_target() const;
    // The verifier's log of the load: where a log level asked for it, or where the verifier refused the program.
    [[nodiscard]] const std::string& log() const { return log_; }

    // Before load only, else EBUSY. An error names the program and what was to be set.
    Result<> set_autoload(bool autoload);
    Result<> set_type(std::uint32_t type);
    Result<> set_expected_attach_type(std::uint32_t type);
    Result<> set_flags(std::uint32_t flags);
    Result<> set_log_level(std::uint32_t level);
    Result<> set_interface(std::uint32_t index);
    Result<> set_attach_target(int target_program_fd, const std::string& function);
    // At any time: whether what attaches a whole object attaches this program.
    void set_autoattach(bool autoattach);

    // Identifiers (enum bpf_func_id) of the helpers that its instructions call, those of its object's subprograms
    // included; each once, ascending. Known before load.
    [[nodiscard]] std::vector<std::uint32_t> helpers() const;

    // The function of the kernel or of another program that it was written for (fentry, lsm and kin), as its section or
    // set_attach_target() says; empty where neither does.
    [[nodiscard]] std::string attach_function() const;
    // What attach(target) attaches to, said in full: kinds `automatic` and `by_section` become those that they stand
    // for. A section that needs a target and has none is an error that says which kind of target it needs.
    [[nodiscard]] Result<AttachTarget> resolve(const AttachTarget& target) const;
    // Attaches as its section says, or as `target` says. An error names the program and what it was attached to.
    Result<Link> attach(const AttachTarget& target = {});

    // Error kind stopped where `run.stop_fd` ended it.
    Result<> test_run(TestRun& run) const;

    // Of a loaded program; EINVAL else. What the kernel says of it, without addresses: no pointer is followed.
    Result<> read_kernel_info(bpf_prog_info& info) const;
    Result<> bind(const Map& map, std::uint32_t flags) const;
    Result<> use_struct_ops(const Map& map, std::uint32_t flags) const;
    // What it wrote to a stream, as much as there is room for. The number of bytes.
    Result<std::uint32_t> read_stream(std::uint32_t stream, std::span<std::byte> room) const;
    // Its fd is gone afterwards; links keep what they hold.
    void unload();

    void set_log(std::string log) { log_ = std::move(log); }
    [[nodiscard]] bpf_program* raw() const { return program_; }

private:
    [[nodiscard]] Result<> setting(int error, std::string_view field) const;
    [[nodiscard]] bool settable() const;
    [[nodiscard]] Result<> must_be_loaded(std::string_view what) const;

    bpf_program* program_;
    std::shared_ptr<bpf_object> owner_;
    std::vector<std::uint32_t> text_helpers_;
    std::string name_;
    std::string section_;
    std::string attach_function_;  // what set_attach_target() was given
    Fd attach_target_;             // libbpf remembers its number until load
    std::string log_;
    mutable std::uint32_t id_ = 0;
};

}  // namespace wasm_bpf::bpf
