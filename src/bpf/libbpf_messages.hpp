#pragma once
// What libbpf says while it works: kept for the text of an Error, never printed.

#include <deque>
#include <optional>
#include <string>
#include <string_view>

namespace wasm_bpf::bpf {

// Collects libbpf's warnings of the calling thread for as long as it lives. libbpf has one print callback for the
// whole process, so each thread collects its own; the innermost of nested ones gets them.
class LibbpfMessages {
public:
    LibbpfMessages();
    ~LibbpfMessages();
    LibbpfMessages(const LibbpfMessages&) = delete;
    LibbpfMessages& operator=(const LibbpfMessages&) = delete;

    [[nodiscard]] const std::string& text() const { return text_; }
    // The line that says why, without libbpf's prefix; empty where libbpf said nothing.
    [[nodiscard]] std::string reason() const;
    // `what: reason`, or `what` alone.
    [[nodiscard]] std::string explain(std::string_view what) const;

    void add(std::string_view message) { text_ += message; }

private:
    std::string text_;
    LibbpfMessages* outer_;
};

// Keeps what libbpf says to a thread, for a guest that has a print function of its own (libbpf_set_print).
class MessageKeeper {
public:
    struct Message {
        unsigned level;  // libbpf_print_level
        std::string text;
    };
    // All of one keeper's; what comes once they are full is dropped.
    static constexpr std::size_t most_bytes = 4 << 20;

    MessageKeeper() = default;
    // Of the thread that called keep().
    ~MessageKeeper();
    MessageKeeper(const MessageKeeper&) = delete;
    MessageKeeper& operator=(const MessageKeeper&) = delete;

    // From now on keeps what libbpf says to the calling thread, of up to this level; none: no more, and forgets the
    // rest. A thread has one keeper: the last that asked.
    void keep(std::optional<unsigned> level);
    // The oldest; null where there is none.
    [[nodiscard]] const Message* oldest() const { return messages_.empty() ? nullptr : &messages_.front(); }
    void drop_oldest();

    [[nodiscard]] bool wants(unsigned level) const { return level_ && level <= *level_ && bytes_ < most_bytes; }
    void add(unsigned level, std::string_view text);

private:
    std::optional<unsigned> level_;
    std::deque<Message> messages_;
    std::size_t bytes_ = 0;
};

// libbpf reports by errno values and by numbers of its own (from 4000 on), which mean nothing to a caller: the
// positive errno value for either sign, EINVAL for libbpf's own.
[[nodiscard]] int plain_errno(int error);
// The text of an errno value or of libbpf's own number.
[[nodiscard]] std::string error_text(int error);

}  // namespace wasm_bpf::bpf
