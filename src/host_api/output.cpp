#include "host_api/output.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <string>

namespace wasm_bpf::host_api {
namespace {

// By write(2) where it can be, as the native C library does it: tools trace that, their own too.
ssize_t write_whole(int fd, std::span<const iovec> parts) {
    std::array<char, 4096> whole;
    std::size_t size = 0;
    const iovec* only = nullptr;
    for (const iovec& part : parts) {
        if (part.iov_len == 0) continue;
        only = size == 0 ? &part : nullptr;
        if (part.iov_len <= whole.size() - std::min(size, whole.size()))
            std::memcpy(whole.data() + size, part.iov_base, part.iov_len);
        size += part.iov_len;
    }
    if (only != nullptr) return ::write(fd, only->iov_base, only->iov_len);
    if (size <= whole.size()) return ::write(fd, whole.data(), size);
    return ::writev(fd, parts.data(), static_cast<int>(parts.size()));
}

// A native tool would be ended by SIGPIPE; many never look at what printf returns.
Result<ssize_t> broken_pipe(Host& host) {
    if (host.interrupts.action(SIGPIPE).kind == SignalAction::Kind::by_default)
        return fail(EPIPE, "nobody reads the output", ErrorKind::stopped);
    host.interrupts.signal(SIGPIPE);
    if (auto ran = host.run_handlers(); !ran) return std::unexpected(std::move(ran).error());
    return -EPIPE;
}

ssize_t hand_over(const Stdio::Sink& sink, std::span<const iovec> parts) {
    std::string whole;
    for (const iovec& part : parts) whole.append(static_cast<const char*>(part.iov_base), part.iov_len);
    if (!whole.empty()) sink(std::as_bytes(std::span(whole)));
    return static_cast<ssize_t>(whole.size());
}

bool has_room(int fd) {
    pollfd watched{fd, POLLOUT, 0};
    return ::poll(&watched, 1, 0) != 0;
}

// No more than `most` of it.
std::span<const iovec> first_of(std::span<const iovec> parts, std::size_t most, iovec& first) {
    for (; !parts.empty(); parts = parts.subspan(1)) {
        if (parts.front().iov_len == 0) continue;
        first = {parts.front().iov_base, std::min(parts.front().iov_len, most)};
        return {&first, 1};
    }
    return parts;
}

// A write that gives EAGAIN where it would wait for a reader. A named pipe's does not, by the kernel's rules for
// RWF_NOWAIT, but takes PIPE_BUF bytes at once where poll(2) finds room. Files do not wait for anybody; nor do
// terminals, whose user can let them go on.
ssize_t write_now(Host& host, int fd, std::span<const iovec> parts) {
    if (const Stdio::Sink& sink = host.options.stdio.sink(fd)) return hand_over(sink, parts);
    const auto count = static_cast<int>(parts.size());
    if (host.output_waits[fd] == OutputWaits::told_by_write) {
        const ssize_t written = ::pwritev2(fd, parts.data(), count, -1, RWF_NOWAIT);
        if (written >= 0 || (errno != EOPNOTSUPP && errno != ENOSYS)) return written;
        struct stat about{};
        host.output_waits[fd] =
            ::fstat(fd, &about) == 0 && S_ISFIFO(about.st_mode) ? OutputWaits::told_by_poll : OutputWaits::untold;
    }
    if (host.output_waits[fd] == OutputWaits::untold) return write_whole(fd, parts);
    if (has_room(fd)) {
        iovec first{};
        std::size_t size = 0;
        for (const iovec& part : parts) size += part.iov_len;
        return write_whole(fd, size <= PIPE_BUF ? parts : first_of(parts, PIPE_BUF, first));
    }
    errno = EAGAIN;
    return -1;
}

// Takes what is written off the front.
std::span<iovec> rest_of(std::span<iovec> parts, std::size_t written) {
    while (!parts.empty() && written >= parts.front().iov_len) {
        written -= parts.front().iov_len;
        parts = parts.subspan(1);
    }
    if (written > 0)
        parts.front() = {static_cast<std::byte*>(parts.front().iov_base) + written, parts.front().iov_len - written};
    return parts;
}

// A handler may have made the guest's memory grow, for which engines move it: what lay in it lies there still.
void follow(std::span<iovec> parts, std::span<const std::byte> before, std::byte* now) {
    if (now == before.data()) return;
    for (iovec& part : parts) {
        const auto* at = static_cast<const std::byte*>(part.iov_base);
        if (std::greater_equal<>()(at, before.data()) && std::less<>()(at, before.data() + before.size()))
            part.iov_base = now + (at - before.data());
    }
}

// Until somebody reads, or the guest is interrupted.
Result<Host::Resumption> wait_for_reader(Host& host, int fd) {
    pollfd watched[] = {{fd, POLLOUT, 0}, {host.interrupts.fd(), POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0 || watched[1].revents == 0) return Host::Resumption::restart;
    return host.handle_interruption();
}

}  // namespace

Result<ssize_t> write_output(Host& host, int fd, std::span<iovec> parts) {
    ssize_t all = 0;
    for (;;) {
        const ssize_t written = write_now(host, fd, parts);
        if (written >= 0) {
            all += written;
            parts = rest_of(parts, static_cast<std::size_t>(written));
            if (parts.empty() || written == 0) return all;
            continue;
        }
        if (errno == EPIPE && fd == 1) return broken_pipe(host);
        if (errno != EAGAIN) return all > 0 ? all : -errno;
        const std::span<const std::byte> before = host.memory.all();
        auto resumption = wait_for_reader(host, fd);
        if (!resumption) return std::unexpected(std::move(resumption).error());
        follow(parts, before, host.memory.all().data());
        // A handler may have closed it.
        if (*resumption == Host::Resumption::restart && host.own_stdio[fd]) continue;
        return all > 0 ? all : -EINTR;
    }
}

Result<int> write_all_output(Host& host, int fd, std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
        iovec part{const_cast<std::byte*>(bytes.data()), bytes.size()};  // which is not written to
        const auto written = write_output(host, fd, {&part, 1});
        if (!written) return std::unexpected(written.error());
        if (*written == 0) return EIO;
        if (*written < 0 && *written != -EINTR) return static_cast<int>(-*written);
        bytes = bytes.subspan(static_cast<std::size_t>(std::max<ssize_t>(*written, 0)));
    }
    return 0;
}

}  // namespace wasm_bpf::host_api
