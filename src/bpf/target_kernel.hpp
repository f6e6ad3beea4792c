#pragma once
// The kernel that a module is checked against: the running one, or one that a BTF file and a version describe.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wasm_bpf/error.hpp"

struct btf;

namespace wasm_bpf::bpf {

// Whether the kernel has something, as far as that can be told.
enum class Presence { no, yes, unknown };

class TargetKernel {
public:
    // Its BTF may be missing. `stand_in`, if any, is then what programs are relocated by, as in `wasm-bpf run --btf`;
    // `no_btf_reason` says why there is none.
    static Result<TargetKernel> running(const std::string& stand_in = {}, std::string no_btf_reason = {});
    // Of another kernel: either may be left out, as an empty path or 0. ENOENT and the like where the file is no BTF.
    static Result<TargetKernel> described(const std::string& btf_path, std::uint32_t version);

    TargetKernel(TargetKernel&&) noexcept;
    ~TargetKernel();

    [[nodiscard]] bool is_running() const;
    [[nodiscard]] bool has_btf() const;      // to relocate programs by
    [[nodiscard]] bool has_own_btf() const;  // and not one that stands in
    [[nodiscard]] const std::string& no_btf_reason() const;
    [[nodiscard]] std::uint32_t version() const;  // KERNEL_VERSION(major, minor, patch); 0: not known
    [[nodiscard]] std::string name() const;       // "this kernel (Linux 6.12.48)"

    // Types that a type of the object may stand for, by its name without a flavor: those of the kernel, else those of
    // its modules.
    struct Candidate {
        const btf* types;
        std::uint32_t id;
    };
    [[nodiscard]] std::vector<Candidate> candidates(std::string_view essential_name, std::uint32_t btf_kind) const;

    // By BTF.
    [[nodiscard]] Presence has_type(std::string_view name, std::uint32_t btf_kind) const;
    // The number in an enumeration of the kernel's ABI ("bpf_prog_type"); `since` says with which version it came.
    [[nodiscard]] Presence has_number(std::string_view enumeration, std::uint32_t number,
                                      const std::string& since) const;
    // A function that can be probed: by the kernel's own list of symbols, else by its BTF.
    [[nodiscard]] Presence has_function(std::string_view name) const;
    [[nodiscard]] Presence has_system_call(std::string_view name) const;
    // `category` is empty for a raw tracepoint.
    [[nodiscard]] Presence has_tracepoint(std::string_view category, std::string_view name) const;

private:
    struct State;
    explicit TargetKernel(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace wasm_bpf::bpf
