#pragma once
// How programs attach to the network: interfaces, cgroups, namespaces, sockets, routes.

#include <string>

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

// Removes the route of such a record (left_overs.hpp): says what it was, empty where it is not there any more.
std::string remove_left_route(const std::string& record);

}  // namespace wasm_bpf::bpf
