#pragma once
// A BPF object file: opened, set up, loaded, closed.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/btf_memory.hpp"
#include "bpf/fd.hpp"
#include "bpf/map.hpp"
#include "bpf/program.hpp"
#include "wasm_bpf/error.hpp"

struct bpf_object;
struct btf;

namespace wasm_bpf::bpf {

struct ObjectOptions {
    std::string name;                        // empty: "object"
    std::filesystem::path btf_path;          // empty: the running kernel's /sys/kernel/btf/vmlinux
    std::shared_ptr<const Fd> btf_file;      // kept open for btf_path, where that is ours
    std::string no_btf_reason;               // why there is no BTF for a kernel without; empty: nobody looked
    std::filesystem::path verifier_log_dir;  // where the log of a refused program goes; empty: the temporary folder
    std::filesystem::path pin_root;          // folder of maps that are pinned by name; empty: /sys/fs/bpf
    std::filesystem::path token_path;        // BPF file system that gives tokens; empty: /sys/fs/bpf if it does
    std::string kconfig;                     // lines of kernel configuration beside the kernel's own: "CONFIG_HZ=100"
    std::uint32_t kernel_log_level = 0;      // of every program (bits of BPF_LOG_*); 0: none
    std::shared_ptr<const AnswerStore> btf_store;  // remembers what the running kernel's BTF said; null: nothing
    enum class UnknownMapAttributes { refused, ignored } unknown_map_attributes = UnknownMapAttributes::refused;
};

// Owns libbpf's object with its maps and programs; closing it invalidates both. Links live on (link.hpp).
// Not thread-safe; different objects may be used by different threads.
class Object {
public:
    // Takes a copy of what it needs from `elf`. EINVAL with libbpf's reason where it is no BPF object. Maps may ask to
    // be pinned: whether they may is the caller's to decide (Map::pin_path).
    static Result<std::unique_ptr<Object>> open(std::span<const std::byte> elf, ObjectOptions options = {});
    ~Object();
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;

    // Relocates against the kernel's BTF, creates the maps and loads the programs. The error's text says, as the case
    // may be: the last lines of the verifier's log and the file that has all of it; the capability that is missing
    // (kind missing_privilege); the kernel feature (program, map or helper type) that the running kernel lacks; that
    // the kernel has no BTF and that one can be given.
    Result<> load();
    [[nodiscard]] bool loaded() const { return loaded_; }

    // Null where there is none of that name.
    [[nodiscard]] Map* find_map(std::string_view name);
    [[nodiscard]] Program* find_program(std::string_view name);
    // In the object's order; addresses are stable.
    [[nodiscard]] std::deque<Map>& maps() { return maps_; }
    [[nodiscard]] std::deque<Program>& programs() { return programs_; }
    [[nodiscard]] std::string name() const;
    [[nodiscard]] const std::filesystem::path& token_path() const { return options_.token_path; }
    // Kernel functions that its programs may call, by name; weak ones too. Known before load.
    [[nodiscard]] const std::vector<std::string>& kfuncs() const { return kfuncs_; }
    // Its BTF as the file has it; empty where it has none.
    [[nodiscard]] std::span<const std::byte> btf() const;
    // libbpf's own of it; null where it has none.
    [[nodiscard]] const ::btf* libbpf_btf() const;
    // The kernel's fd of its BTF; -1 before load, or where it has none.
    [[nodiscard]] int btf_fd() const;

private:
    Object(std::shared_ptr<bpf_object> object, ObjectOptions options, const std::vector<std::uint32_t>& text_helpers);
    // All that asked for it, or none.
    Result<> pin_maps();
    std::shared_ptr<bpf_object> object_;
    ObjectOptions options_;
    std::deque<Map> maps_;
    std::deque<Program> programs_;
    std::vector<std::string> kfuncs_;
    std::vector<std::byte> btf_ext_;  // where the store wants it
    bool loaded_ = false;
};

}  // namespace wasm_bpf::bpf
