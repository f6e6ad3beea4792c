// Prints every BPF program, map and link that the kernel holds, one a line.
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
    const char *kind;
    enum bpf_cmd next_id, fd_by_id;
    size_t name_offset;  // in the info that the kernel gives; 0: it has none
} kinds[] = {
    {"program", BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, offsetof(struct bpf_prog_info, name)},
    {"map", BPF_MAP_GET_NEXT_ID, BPF_MAP_GET_FD_BY_ID, offsetof(struct bpf_map_info, name)},
    {"link", BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID, 0},
};

static long bpf(enum bpf_cmd command, union bpf_attr *attributes) {
    return syscall(SYS_bpf, command, attributes, sizeof *attributes);
}

static void print_object(size_t kind, uint32_t id) {
    char info[512] = {0};
    union bpf_attr attributes = {.prog_id = id};
    long fd = bpf(kinds[kind].fd_by_id, &attributes);
    if (fd >= 0) {
        attributes = (union bpf_attr){.info = {.bpf_fd = fd, .info_len = sizeof info, .info = (uintptr_t)info}};
        bpf(BPF_OBJ_GET_INFO_BY_FD, &attributes);
        close(fd);
    }
    printf("%s %u %s\n", kinds[kind].kind, id, kinds[kind].name_offset ? info + kinds[kind].name_offset : "");
}

int main(void) {
    for (size_t kind = 0; kind < sizeof kinds / sizeof *kinds; kind++) {
        union bpf_attr attributes = {.start_id = 0};
        while (bpf(kinds[kind].next_id, &attributes) == 0) {
            uint32_t id = attributes.next_id;
            print_object(kind, id);
            attributes = (union bpf_attr){.start_id = id};
        }
        if (errno != ENOENT) {
            fprintf(stderr, "bpf_objects: cannot list the %ss: %s\n", kinds[kind].kind, strerror(errno));
            return 1;
        }
    }
    return 0;
}
