// Lays the generated structs over the bytes that BPF's own compiler wrote, and lets the optimizer prove that every member
// is found: a call to wrong() that is left is a compile error. skeleton_test.cpp compiles it for wasm32 and natively.
#include <string.h>

// What a user's own header may declare beside a skeleton.
enum color { RED, GREEN = 7, BLUE = -3 };
struct nested {
	int something_else;
};

#include "skeleton_globals.skel.h"
#include "data_bytes.h" // DATA_BYTES: the initial value of .data

void wrong(void) __attribute__((error("a member is not where BPF has it")));

#define EXPECT(condition) \
	if (!(condition)) \
	wrong()

void check_scalars(void)
{
	static const unsigned char bytes[] = {DATA_BYTES};
	struct skeleton_globals_bpf__data data;
	memcpy(&data, bytes, sizeof(bytes));

	EXPECT(data.number == -5);
	EXPECT(data.pointer == 0x1234567890ull);
	EXPECT(data.color == skeleton_globals_bpf__BLUE);
	EXPECT(data.color == (int)BLUE);
	EXPECT(data.tiny == 1);
	EXPECT(data.wide == 1ull << 40);
	EXPECT(data.yes);
	EXPECT(data.text[3] == 'r' && data.text[4] == 0);
	EXPECT(data.single == 1.5f);
	EXPECT(data.twice == 2.25);
	EXPECT(data.huge >> 100 == 1);
}

void check_structs(void)
{
	static const unsigned char bytes[] = {DATA_BYTES};
	struct skeleton_globals_bpf__data data;
	memcpy(&data, bytes, sizeof(bytes));

	EXPECT(data.nested.letter == 'n' && data.nested.number == -7);
	EXPECT(data.nested.point.x == -2 && data.nested.point.y == 3);
	EXPECT(data.nested.whole == 0x01020304 && data.nested.parts[1] == 3);
	EXPECT(data.nested.color == skeleton_globals_bpf__GREEN);
	EXPECT(data.grid[1][2].number == 99);
	EXPECT(data.over_aligned[1].a == 3 && data.over_aligned[1].b == 4);
	EXPECT(data.flexible.count == 2);
	EXPECT(data.by_typedef.id == 42 && data.by_typedef.where == 8 && data.by_typedef.call == 0);
	EXPECT(data.unnamed[1].inner == 4 && data.unnamed[1].array[1] == 6);
}

void check_bitfields(void)
{
	static const unsigned char bytes[] = {DATA_BYTES};
	struct skeleton_globals_bpf__data data;
	memcpy(&data, bytes, sizeof(bytes));

	EXPECT(data.bits.a == 5 && data.bits.b == -9 && data.bits.c == 0x123456789ull && data.bits.d);
	EXPECT(data.bits.e == 0xee && data.bits.f == 7 && data.bits.g == 0xabcdef0123ull);
	EXPECT(data.squeezed.first == 1 && data.squeezed.second == -2);
	EXPECT(data.squeezed.crossing == 0x2aaaaaaa && data.squeezed.across == 0x15555555);
	EXPECT(data.squeezed.bits.b == -1 && data.squeezed.bits.g == 77);
}
