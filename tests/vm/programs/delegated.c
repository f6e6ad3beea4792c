/* delegated FOLDER OPTIONS COMMAND [ARG…]: runs the command as a user of its own namespace, where it has every capability,
 * and nowhere else any. On FOLDER it has a BPF file system that gives tokens by OPTIONS: delegate_cmds and so on,
 * separated by commas, or `none`. In the way of the kernel's tools/testing/selftests/bpf/prog_tests/token.c: the file system
 * is of the child's namespace, and the parent, who may, says what it delegates. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(2);
}

static void write_file(const char *path, const char *text) {
    int file = open(path, O_WRONLY);
    check(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text), path);
    close(file);
}

/* One fd over a socket: sent where it is not -1, else received. */
static int pass_fd(int socket, int fd) {
    char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control)};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);

    if (fd < 0) {
        check(recvmsg(socket, &message, 0) == 1 && message.msg_controllen != 0, "receive a file system");
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
        return fd;
    }
    header->cmsg_level = SOL_SOCKET, header->cmsg_type = SCM_RIGHTS, header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &fd, sizeof(fd));
    check(sendmsg(socket, &message, 0) == 1, "send a file system");
    return fd;
}

static void run_delegated(int socket, const char *folder, char **command) {
    const unsigned nobody = 65534;
    char map[32], created;
    int file_system, mount;

    check(setresgid(nobody, nobody, nobody) == 0 && setresuid(nobody, nobody, nobody) == 0, "become another user");
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); /* its files in /proc are its own again */
    check(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET) == 0, "unshare");
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", nobody);
    write_file("/proc/self/uid_map", map);
    write_file("/proc/self/gid_map", map);

    file_system = fsopen("bpf", FSOPEN_CLOEXEC);
    check(file_system >= 0, "fsopen bpf");
    pass_fd(socket, file_system);
    check(read(socket, &created, 1) == 1, "wait for the delegation");
    if (created) {
        mount = fsmount(file_system, FSMOUNT_CLOEXEC, 0);
        check(mount >= 0, "fsmount");
        check(move_mount(mount, "", AT_FDCWD, folder, MOVE_MOUNT_F_EMPTY_PATH) == 0, "move_mount");
    }
    execvp(command[0], command);
    check(0, command[0]);
}

int main(int argc, char **argv) {
    int sockets[2], file_system, status;
    char *option, *rest, created;
    pid_t child;

    if (argc < 4) return 2;
    check(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) == 0, "socketpair");
    child = fork();
    check(child >= 0, "fork");
    if (child == 0) {
        close(sockets[0]);
        run_delegated(sockets[1], argv[1], argv + 3);
    }
    close(sockets[1]);
    file_system = pass_fd(sockets[0], -1);
    rest = strcmp(argv[2], "none") == 0 ? NULL : argv[2];
    while ((option = strsep(&rest, ",")) != NULL) {
        char *name = strsep(&option, "=");
        check(option && fsconfig(file_system, FSCONFIG_SET_STRING, name, option, 0) == 0, name);
    }
    /* Before Linux 6.9 there is no delegation, and no BPF file system of another namespace. */
    created = fsconfig(file_system, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0;
    close(file_system);
    check(write(sockets[0], &created, 1) == 1, "say so");
    check(waitpid(child, &status, 0) == child, "wait");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
