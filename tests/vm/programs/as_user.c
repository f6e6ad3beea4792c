// as_user CAPABILITY[,CAPABILITY…] COMMAND [ARG…]: runs the command as the user 65534 with these capabilities alone, given by
// number, as a service has them by AmbientCapabilities.
#define _GNU_SOURCE
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void check(int ok, const char *what) {
    if (ok) return;
    perror(what);
    exit(2);
}

int main(int argc, char **argv) {
    const unsigned nobody = 65534;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {{0}};
    char *list = argv[1], *number;
    int capabilities[64], count = 0;

    if (argc < 3) return 2;
    while ((number = strsep(&list, ",")) != NULL && count < 64) capabilities[count++] = atoi(number);
    check(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0, "keep capabilities");
    check(setresgid(nobody, nobody, nobody) == 0 && setresuid(nobody, nobody, nobody) == 0, "become another user");
    for (int i = 0; i < count; i++) sets[CAP_TO_INDEX(capabilities[i])].permitted |= CAP_TO_MASK(capabilities[i]);
    for (int i = 0; i < 2; i++) sets[i].inheritable = sets[i].effective = sets[i].permitted;
    check(syscall(SYS_capset, &header, sets) == 0, "capset");
    for (int i = 0; i < count; i++)
        check(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capabilities[i], 0, 0) == 0, "ambient capability");
    execvp(argv[2], argv + 2);
    check(0, argv[2]);
}
