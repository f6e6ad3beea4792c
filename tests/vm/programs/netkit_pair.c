// netkit_pair NAME: makes a netkit interface of that name, and its peer, which busybox cannot; prints its index.
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static struct {
    struct nlmsghdr header;
    struct ifinfomsg interface;
    char attributes[128];
} request;

static struct rtattr *add(int type, const void *data, unsigned short size) {
    struct rtattr *attribute = (struct rtattr *)((char *)&request + request.header.nlmsg_len);
    attribute->rta_type = (unsigned short)type;
    attribute->rta_len = (unsigned short)RTA_LENGTH(size);
    if (size) memcpy(RTA_DATA(attribute), data, size);
    request.header.nlmsg_len += RTA_ALIGN(attribute->rta_len);
    return attribute;
}

int main(int argc, char **argv) {
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char more[512];
    } answer;
    struct rtattr *info;
    int socket_fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);

    if (argc != 2) return 2;
    request.header.nlmsg_len = NLMSG_LENGTH(sizeof(request.interface));
    request.header.nlmsg_type = RTM_NEWLINK;
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    add(IFLA_IFNAME, argv[1], (unsigned short)(strlen(argv[1]) + 1));
    info = add(IFLA_LINKINFO, NULL, 0);
    add(IFLA_INFO_KIND, "netkit", sizeof("netkit"));
    info->rta_len = (unsigned short)((char *)&request + request.header.nlmsg_len - (char *)info);
    if (send(socket_fd, &request, request.header.nlmsg_len, 0) < 0 || recv(socket_fd, &answer, sizeof(answer), 0) < 0) {
        perror("netkit_pair");
        return 1;
    }
    if (answer.error.error != 0) {
        fprintf(stderr, "netkit_pair: %s\n", strerror(-answer.error.error));
        return 1;
    }
    printf("%u\n", if_nametoindex(argv[1]));
    return 0;
}
