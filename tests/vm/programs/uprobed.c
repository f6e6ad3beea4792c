// A program with a function to put a uprobe on: prints uprobed_add(3, 4).
#include <stdio.h>

__attribute__((noinline)) int uprobed_add(int left, int right) {
    return left + right;
}

int main(int argc, char **argv) {
    (void)argv;
    printf("%d\n", uprobed_add(argc + 2, argc + 3));
    return 0;
}
