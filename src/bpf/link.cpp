#include "bpf/link.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "bpf/libbpf_messages.hpp"
#include "bpf/pin.hpp"

namespace wasm_bpf::bpf {
namespace {

std::unexpected<Error> no_kernel_link(std::string_view what) {
    return fail(EOPNOTSUPP, std::string(what) + ": this attachment is no link of the kernel's");
}

std::unexpected<Error> refused(std::string_view what, int error) {
    const int code = plain_errno(error);
    if (code == EOPNOTSUPP)
        return fail(code, std::string(what) + ": the kernel's links of this kind cannot; close it, and attach anew");
    return std::unexpected(errno_error(code, what));
}

constexpr int AttachTarget::* fds_of_target[] = {&AttachTarget::fd, &AttachTarget::relative_fd, &AttachTarget::map_fd,
                                                 &AttachTarget::cgroup_fd};

// Whether both are none, or lead to one file. BPF objects and perf events have no file of their own to tell them by.
bool are_same_file(int a, int b) {
    if (a < 0 || b < 0) return a < 0 && b < 0;
    struct stat of_a{}, of_b{};
    return fstat(a, &of_a) == 0 && fstat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev && of_a.st_ino == of_b.st_ino &&
           !kind_of_fd(a).starts_with("anon_inode:");
}

// libbpf's struct bpf_link_perf, which it has no accessor for.
struct PerfLink {
    int (*detach)(bpf_link*);
    void (*dealloc)(bpf_link*);
    char* pin_path;
    int fd;
    bool disconnected;
    int perf_event_fd;
};

// Makes bpf_link__destroy free the memory alone, after closing the fds that it would close. Of its own it would disable
// a link's perf event too, although what is pinned still uses it.
void leave_attached(bpf_link* link) {
    const int fd = bpf_link__fd(link);
    bpf_link_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_link_get_info_by_fd(fd, &info, &size) == 0 && info.type == BPF_LINK_TYPE_PERF_EVENT) {
        PerfLink perf;
        std::memcpy(&perf, link, sizeof(perf));
        if (perf.fd == fd && kind_of_fd(perf.perf_event_fd) == "anon_inode:[perf_event]") ::close(perf.perf_event_fd);
    }
    bpf_link__disconnect(link);
    ::close(fd);
}

}  // namespace

Attachment::Attachment(std::string program_name, int program_file, const AttachTarget& where)
    : program(std::move(program_name)), program_fd(fcntl(program_file, F_DUPFD_CLOEXEC, 3)), target(where) {
    for (int AttachTarget::* fd : fds_of_target)
        if (target.*fd >= 0) target.*fd = files.emplace_back(fcntl(target.*fd, F_DUPFD_CLOEXEC, 3)).get();
}

bool Attachment::is_at(const AttachTarget& other) const {
    AttachTarget a = target, b = other;
    for (int AttachTarget::* fd : fds_of_target) {
        if (!are_same_file(a.*fd, b.*fd)) return false;
        a.*fd = b.*fd = -1;
    }
    return a == b;
}

Link::Link(Link&& other) noexcept
    : link_(std::exchange(other.link_, nullptr)),
      fd_(std::move(other.fd_)),
      detach_(std::exchange(other.detach_, nullptr)),
      replace_(std::exchange(other.replace_, nullptr)),
      kept_(std::move(other.kept_)),
      attachment_(std::move(other.attachment_)),
      program_(std::move(other.program_)),
      pins_(std::exchange(other.pins_, 0)),
      detached_(other.detached_),
      suspended_(other.suspended_) {}

Link& Link::operator=(Link&& other) noexcept {
    if (this == &other) return *this;
    end();
    link_ = std::exchange(other.link_, nullptr);
    fd_ = std::move(other.fd_);
    detach_ = std::exchange(other.detach_, nullptr);
    replace_ = std::exchange(other.replace_, nullptr);
    kept_ = std::move(other.kept_);
    attachment_ = std::move(other.attachment_);
    program_ = std::move(other.program_);
    pins_ = std::exchange(other.pins_, 0);
    detached_ = other.detached_;
    suspended_ = other.suspended_;
    return *this;
}

Link::~Link() { end(); }

void Link::end() noexcept {
    if (bpf_link* link = std::exchange(link_, nullptr)) {
        if (pins_ > 0) leave_attached(link);
        bpf_link__destroy(link);
    }
    fd_.reset();
    if (const auto detach = std::exchange(detach_, nullptr)) detach();
    kept_.reset();
    pins_ = 0;
}

void Link::suspend() {
    if (!attachment_ || pins_ > 0 || detached_ || suspended_) return;
    end();
    suspended_ = true;
}

void Link::set_suspended(std::shared_ptr<const Attachment> attachment) {
    *this = Link(Fd());
    attachment_ = std::move(attachment);
    suspended_ = true;
}

Fd Link::program() const {
    const int fd = program_.valid() ? program_.get() : attachment_->program_fd.get();
    return Fd(fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

Result<> Link::resume() {
    if (!suspended_) return {};
    auto link = attachment_->again();
    if (!link) return std::unexpected(std::move(link).error().in("attach again"));
    link->attachment_ = attachment_;
    if (program_.valid())
        if (auto updated = link->update_program(program_.get()); !updated)
            return std::unexpected(std::move(updated).error().in("attach again"));
    *this = std::move(*link);
    return {};
}

int Link::fd() const {
    if (!link_) return fd_.get();
    // A link of libbpf's own making (USDT) has 0 there; those of the kernel's that libbpf opens are above 2.
    const int fd = bpf_link__fd(link_);
    return fd > STDERR_FILENO ? fd : -1;
}

Result<> Link::update_program(int program_fd) {
    if (detach_ && replace_) {
        if (auto replaced = replace_(program_fd); !replaced) return replaced;
    } else {
        if (fd() < 0) return no_kernel_link("update a link");
        const int error = bpf_link_update(fd(), program_fd, nullptr);
        if (error != 0) return refused("update a link", error);
    }
    if (attachment_) program_.reset(fcntl(program_fd, F_DUPFD_CLOEXEC, 3));
    return {};
}

Result<> Link::update_map(const bpf_map* map) {
    // libbpf knows what else to write to the map only for links that it made.
    if (!link_) return fail(EOPNOTSUPP, "update a link: it was not made by attaching a struct_ops map");
    bpf_link_info info{};
    std::uint32_t size = sizeof(info);
    if (bpf_link_get_info_by_fd(fd(), &info, &size) != 0 || info.type != BPF_LINK_TYPE_STRUCT_OPS)
        return fail(EINVAL, "update a link: it is no link of a struct_ops map");
    const LibbpfMessages messages;
    if (const int error = bpf_link__update_map(link_, map); error != 0)
        return fail(plain_errno(error), messages.explain("update a link: " + error_text(error)));
    return {};
}

Result<> Link::detach() {
    if (detach_) {
        std::exchange(detach_, nullptr)();
        detached_ = true;
        return {};
    }
    if (fd() < 0) return no_kernel_link("detach a link");
    if (const int error = bpf_link_detach(fd()); error != 0) return refused("detach a link", error);
    detached_ = true;
    return {};
}

Result<> Link::pin(const std::string& path) {
    if (fd() < 0) return no_kernel_link("pin a link");
    Result<> pinned = pin_fd(fd(), path);
    if (pinned) pins_++;
    return pinned;
}

Result<> Link::unpin(const std::string& path) {
    if (fd() < 0) return no_kernel_link("unpin a link");
    Result<> unpinned = unpin_fd(fd(), path);
    if (unpinned && pins_ > 0) pins_--;  // it may have been pinned by another handle
    return unpinned;
}

}  // namespace wasm_bpf::bpf
