// Programs of one socket: its filter, and who of its SO_REUSEPORT group gets what arrives.

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bpf/attach_attempt.hpp"
#include "bpf/attach_network.hpp"
#include "bpf/fd.hpp"

namespace wasm_bpf::bpf {

Result<Link> attach_socket(const Attempt& attempt) {
    const int program = bpf_program__fd(attempt.program);
    const bool chooses = bpf_program__type(attempt.program) == BPF_PROG_TYPE_SK_REUSEPORT;
    // A descriptor of its own: the guest may close its socket before the link.
    Fd socket(::fcntl(attempt.target.fd, F_DUPFD_CLOEXEC, 0));
    if (!socket.valid()) return refused(attempt, errno);
    const int option = chooses ? SO_ATTACH_REUSEPORT_EBPF : SO_ATTACH_BPF;
    if (::setsockopt(socket.get(), SOL_SOCKET, option, &program, sizeof(program)) != 0) return refused(attempt, errno);
    return Link([fd = socket.release(), undo = chooses ? SO_DETACH_REUSEPORT_BPF : SO_DETACH_BPF] {
        const int unused = 0;
        ::setsockopt(fd, SOL_SOCKET, undo, &unused, sizeof(unused));
        ::close(fd);
    });
}

}  // namespace wasm_bpf::bpf
