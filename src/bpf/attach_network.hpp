#pragma once
// How programs attach to the network: interfaces, cgroups, namespaces, sockets, routes.

#include "bpf/attach_error.hpp"

namespace wasm_bpf::bpf {

Result<Link> attach_cgroup(const Attempt& attempt);
Result<Link> attach_xdp(const Attempt& attempt);
Result<Link> attach_tcx(const Attempt& attempt);
Result<Link> attach_netkit(const Attempt& attempt);
Result<Link> attach_tc(const Attempt& attempt);
Result<Link> attach_netfilter(const Attempt& attempt);
Result<Link> attach_network_namespace(const Attempt& attempt);
Result<Link> attach_sockmap(const Attempt& attempt);
Result<Link> attach_socket(const Attempt& attempt);
Result<Link> attach_lirc(const Attempt& attempt);
Result<Link> attach_route(const Attempt& attempt);

}  // namespace wasm_bpf::bpf
