#include "bpf/uprobe_link.hpp"

#include <bpf/libbpf.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "bpf/attach_attempt.hpp"
#include "bpf/elf_function.hpp"
#include "bpf/privilege.hpp"

namespace wasm_bpf::bpf {
namespace {

bool is_uprobe(const bpf_program* program) {
    const std::string_view section = bpf_program__section_name(program);
    const std::string_view word = section.substr(0, section.find('/'));
    return word == "uprobe" || word == "uprobe.s" || word == "uretprobe" || word == "uretprobe.s";
}

void add_folders(std::vector<std::string>& folders, const char* list) {
    if (list == nullptr) return;
    for (std::string_view rest = list; !rest.empty();) {
        const std::size_t colon = rest.find(':');
        if (colon != 0) folders.emplace_back(rest.substr(0, colon));
        rest.remove_prefix(colon == rest.npos ? rest.size() : colon + 1);
    }
}

// libbpf's resolve_full_path, which it has for uprobes by perf events alone: a bare name is looked up as the loader and
// the shell would.
std::string full_path(const std::string& path) {
    if (path.find('/') != path.npos) return path;
    const bool library = path.ends_with(".so") || path.find(".so.") != path.npos;
    std::vector<std::string> folders;
    add_folders(folders, std::getenv(library ? "LD_LIBRARY_PATH" : "PATH"));
    add_folders(folders,
                library ? "/usr/lib64:/usr/lib:/lib/x86_64-linux-gnu:/lib/aarch64-linux-gnu" : "/usr/bin:/usr/sbin");
    for (const std::string& folder : folders) {
        std::string file = folder + "/" + path;
        if (::faccessat(AT_FDCWD, file.c_str(), library ? R_OK : R_OK | X_OK, AT_EACCESS) == 0) return file;
    }
    return path;
}

}  // namespace

bool kernel_has_uprobe_multi() {
    utsname name{};
    int major = 0, minor = 0;
    if (::uname(&name) != 0 || std::sscanf(name.release, "%d.%d", &major, &minor) != 2) return false;
    return major > 6 || (major == 6 && minor >= 6);
}

void prepare_uprobe_links(bpf_object* object) {
    const bool sys_admin = has_capability(CAP_SYS_ADMIN) && in_initial_user_namespace();
    if (sys_admin || !kernel_has_uprobe_multi()) return;
    bpf_program* program = nullptr;
    bpf_object__for_each_program(program, object) {
        if (bpf_program__type(program) == BPF_PROG_TYPE_KPROBE && bpf_program__expected_attach_type(program) == 0 &&
            is_uprobe(program))
            bpf_program__set_expected_attach_type(program, BPF_TRACE_UPROBE_MULTI);
    }
}

bool takes_uprobe_link(const bpf_program* program) {
    return bpf_program__expected_attach_type(program) == BPF_TRACE_UPROBE_MULTI;
}

Result<Link> attach_uprobe_link(const Attempt& attempt) {
    const AttachTarget& target = attempt.target;
    const std::string path = full_path(target.path);
    unsigned long offset = target.offset;
    if (!target.name.empty()) {
        const auto function = function_offset(path, target.name);
        if (!function) {
            const int error = function.error().errno_code;
            return fail(error, function.error().message +
                                   (error == EACCES ? would_help(CAP_DAC_READ_SEARCH, "CAP_DAC_READ_SEARCH") : ""));
        }
        offset += *function;
    }
    const unsigned long counter = target.ref_ctr_offset;
    const __u64 cookie = target.cookie;
    auto options = sized<bpf_uprobe_multi_opts>();
    options.offsets = &offset;
    options.ref_ctr_offsets = counter != 0 ? &counter : nullptr;
    options.cookies = &cookie;
    options.cnt = 1;
    options.retprobe = target.return_probe;
    return linked(attempt,
                  bpf_program__attach_uprobe_multi(attempt.program, target.pid, path.c_str(), nullptr, &options));
}

}  // namespace wasm_bpf::bpf
