#pragma once
// A folder of answers on disk, each with the whole of its question.

#include <filesystem>
#include <optional>
#include <string>

#include "bpf/btf_memory.hpp"
#include "bpf/fd.hpp"
#include "runtime/file.hpp"

namespace wasm_bpf::runtime {

// A folder that only its owner, who is this process's effective user, can write. An entry is used only where its
// question is the same, byte for byte; it is made whole under another name first. Thread-safe, and safe between
// processes.
class CacheFolder final : public bpf::AnswerStore {
public:
    // Makes the folder (0700) where it is missing. EPERM where others could write to it: native code is run from there.
    static Result<CacheFolder> open(const std::filesystem::path& folder);

    // `name` in user_cache_folder(); empty where there is none.
    static std::filesystem::path default_folder(std::string_view name);

    // An answer, mapped for the life of this object.
    class Entry {
    public:
        [[nodiscard]] std::span<const std::byte> answer() const { return answer_; }

    private:
        friend class CacheFolder;
        Entry(FileContent content, std::span<const std::byte> answer) : content_(std::move(content)), answer_(answer) {}
        FileContent content_;
        std::span<const std::byte> answer_;
    };
    // Nothing where there is no entry, and none of one that is broken, of another question, or that others can write.
    [[nodiscard]] std::optional<Entry> look_up(const Question& question) const;

    [[nodiscard]] std::optional<std::vector<std::byte>> find(const Question& question) const override;
    // Replaces what is there; what cannot be written is not kept.
    void keep(const Question& question, std::span<const std::byte> answer) const override;

private:
    explicit CacheFolder(bpf::Fd folder) : folder_(std::move(folder)) {}
    bpf::Fd folder_;  // what was checked stays what is used, whatever is renamed
};

}  // namespace wasm_bpf::runtime
