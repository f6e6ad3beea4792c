// What is asked of a program that is in the kernel.

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <linux/bpf.h>

#include <cerrno>

#include <fmt/format.h>

#include "api/printable.hpp"
#include "bpf/libbpf_messages.hpp"
#include "bpf/program.hpp"

namespace wasm_bpf::bpf {
namespace {

// Of the result of one of libbpf's low-level calls.
Result<> outcome(int result, std::string_view what, const std::string& name) {
    if (result >= 0) return {};
    return std::unexpected(errno_error(plain_errno(result), fmt::format("{} program \"{}\"", what, printable(name))));
}

}  // namespace

// libbpf keeps the counts where it has no records: after unload, and where the object's are of another size.
std::span<const std::byte> Program::function_info() const {
    const bpf_func_info* records = bpf_program__func_info(program_);
    return std::as_bytes(std::span(records, records != nullptr ? bpf_program__func_info_cnt(program_) : 0));
}

std::span<const std::byte> Program::line_info() const {
    const bpf_line_info* records = bpf_program__line_info(program_);
    return std::as_bytes(std::span(records, records != nullptr ? bpf_program__line_info_cnt(program_) : 0));
}

Result<> Program::must_be_loaded(std::string_view what) const {
    if (fd() >= 0) return {};
    return fail(EINVAL, fmt::format("{} program \"{}\": it is not loaded", what, printable(name_)));
}

Result<> Program::read_kernel_info(bpf_prog_info& info) const {
    constexpr std::string_view what = "ask about";
    if (auto loaded = must_be_loaded(what); !loaded) return loaded;
    info = {};
    std::uint32_t size = sizeof(info);
    if (auto done = outcome(bpf_prog_get_info_by_fd(fd(), &info, &size), what, name_); !done) return done;
    info.xlated_prog_insns = info.jited_prog_insns = info.map_ids = info.jited_ksyms = info.jited_func_lens = 0;
    info.func_info = info.line_info = info.jited_line_info = info.prog_tags = 0;
    return {};
}

Result<> Program::bind(const Map& map, std::uint32_t flags) const {
    constexpr std::string_view what = "bind a map to";
    if (auto loaded = must_be_loaded(what); !loaded) return loaded;
    bpf_prog_bind_opts options{};
    options.sz = sizeof options;
    options.flags = flags;
    return outcome(bpf_prog_bind_map(fd(), map.fd(), &options), what, name_);
}

Result<> Program::use_struct_ops(const Map& map, std::uint32_t flags) const {
    constexpr std::string_view what = "associate a struct_ops map with";
    if (auto loaded = must_be_loaded(what); !loaded) return loaded;
    bpf_prog_assoc_struct_ops_opts options{};
    options.sz = sizeof options;
    options.flags = flags;
    return outcome(bpf_prog_assoc_struct_ops(fd(), map.fd(), &options), what, name_);
}

Result<std::uint32_t> Program::read_stream(std::uint32_t stream, std::span<std::byte> room) const {
    constexpr std::string_view what = "read a stream of";
    if (auto loaded = must_be_loaded(what); !loaded) return std::unexpected(loaded.error());
    bpf_prog_stream_read_opts options{};
    options.sz = sizeof options;
    const int count =
        bpf_prog_stream_read(fd(), stream, room.data(), static_cast<std::uint32_t>(room.size()), &options);
    if (auto done = outcome(count, what, name_); !done) return std::unexpected(done.error());
    return static_cast<std::uint32_t>(count);
}

void Program::unload() {
    bpf_program__unload(program_);
    id_ = 0;
}

}  // namespace wasm_bpf::bpf
