/* ioctl() of perf events: PERF_EVENT_IOC_ENABLE, DISABLE, RESET, SET_BPF; and of the terminal's size, which is not known. */
#ifndef WASM_BPF_COMPAT_SYS_IOCTL_H
#define WASM_BPF_COMPAT_SYS_IOCTL_H

#include <asm/ioctls.h>
#include <linux/ioctl.h>

#ifdef __cplusplus
extern "C" {
#endif

struct winsize {
	unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel;
};

int ioctl(int fd, int request, ...);

#ifdef __cplusplus
}
#endif

#endif
