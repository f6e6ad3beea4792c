// Global variables of every kind whose layout a skeleton has to get right. skeleton_test.cpp compiles it.
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

enum color { RED, GREEN = 7, BLUE = -3 };
enum __attribute__((packed)) tiny { TINY_ONE = 1 };
enum wide { WIDE = 1ull << 40 };

struct nested {
	char letter;
	long number;
	struct {
		short x;
		int y;
	} point;
	union {
		int whole;
		char parts[6];
	};
	enum color color;
};

struct bits {
	unsigned a : 3;
	unsigned : 2;
	int b : 7;
	unsigned long c : 33;
	_Bool d : 1;
	unsigned char e;
	enum color f : 4;
	unsigned long g : 40;
};

struct __attribute__((packed)) squeezed {
	char first;
	long second;
	unsigned crossing : 30;
	unsigned across : 30;
	struct bits bits;
};

struct over_aligned {
	int a;
	int b __attribute__((aligned(32)));
};

struct flexible {
	int count;
	int items[];
};

typedef struct {
	__u64 id;
	void *where;
	int (*call)(int);
} named_by_typedef;

long number = -5;
void *pointer = (void *)0x1234567890ull;
struct nested nested = {'n', -7, {-2, 3}, {0x01020304}, GREEN};
struct nested grid[2][3] = {[1][2] = {.number = 99}};
struct bits bits = {5, -9, 0x123456789ull, 1, 0xee, GREEN, 0xabcdef0123ull};
struct squeezed squeezed = {1, -2, 0x2aaaaaaa, 0x15555555, {.b = -1, .g = 77}};
struct over_aligned over_aligned[2] = {{1, 2}, {3, 4}};
struct flexible flexible = {2, {10, 20}};
named_by_typedef by_typedef = {42, (void *)8, (void *)0};
enum color color = BLUE;
enum tiny tiny = TINY_ONE;
enum wide wide = WIDE;
_Bool yes = 1;
char text[5] = "four";
float single = 1.5f;
double twice = 2.25;
__int128 huge = (__int128)1 << 100;
struct {
	int inner;
	long array[2];
} unnamed[2] = {{1, {2, 3}}, {4, {5, 6}}};
int custom SEC(".data.my-own") = 11;

const volatile long limit = 1000;
int zeroed[3];
long zeroed_long;
static volatile int hidden = 3;

extern int LINUX_KERNEL_VERSION __kconfig;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, int);
	__type(value, struct nested);
} a_map SEC(".maps");

SEC("tp/sched/sched_switch")
int on_switch(void *context)
{
	zeroed[0] = LINUX_KERNEL_VERSION + hidden++;
	zeroed_long = limit + custom;
	return 0;
}

char LICENSE[] SEC("license") = "GPL";
