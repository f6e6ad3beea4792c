// Scenarios of polling. Arguments: SCENARIO PID [BUFFER]: the process whose getpgid() makes a batch of records, and the
// buffer to poll.
#include "v0.h"

#include <unistd.h>

static const unsigned char elf[] = {
#embed "rings.bpf.o"
};

struct config {
	uint32_t pid, records, size;
};

static uint64_t object;
static uint32_t zero;

// Loads and attaches; from "ready" on, each getpgid() makes a batch.
static void start(char **arguments, uint32_t records, uint32_t size)
{
	struct config config = { strtoul(arguments[0], NULL, 10), records, size };
	object = wasm_load_bpf_object(elf, sizeof(elf));
	wasm_bpf_map_operate(wasm_bpf_map_fd_by_name(object, "config"), UPDATE, &zero, &config, NULL, 0);
	wasm_attach_bpf_program(object, "produce", NULL);
}

static void wait_for_batches(uint64_t count)
{
	const int fd = wasm_bpf_map_fd_by_name(object, "batches");
	for (uint64_t done = 0; done < count;)
		wasm_bpf_map_operate(fd, LOOKUP, &zero, &done, NULL, 0);
}

static char buffer[2048];
static int buffer_size = sizeof(buffer);

static int poll_for(const char *map, sample_fn callback, int timeout_ms)
{
	return wasm_bpf_buffer_poll(object, wasm_bpf_map_fd_by_name(object, map), (int)callback, (uint32_t)&object, buffer, buffer_size,
				    timeout_ms);
}

static uint64_t number_of(const void *data)
{
	uint64_t number;
	memcpy(&number, data, sizeof(number));
	return number;
}

static int print_record(void *context, void *data, size_t size)
{
	printf("record %llu size %zu%s\n", number_of(data), size, context == &object && data == buffer ? "" : " misplaced");
	return 0;
}

static void batch(char **arguments)
{
	start(arguments, 5, 8);
	poll_for(arguments[1], print_record, 0);  // the first call opens the buffer
	puts("ready");
	wait_for_batches(1);
	printf("poll %d\n", poll_for(arguments[1], print_record, 5000));
	printf("then %d\n", poll_for(arguments[1], print_record, 0));
}

static volatile unsigned work;

static int read_slowly(void *context, void *data, size_t size)
{
	for (int i = 0; i < 20000; i++)
		work += i;
	return 0;
}

static void busy(char **arguments)
{
	start(arguments, 1, 8);
	poll_for(arguments[1], read_slowly, 0);
	puts("ready");
	wait_for_batches(100);
	printf("poll %s\n", poll_for(arguments[1], read_slowly, -1) > 0 ? "returned records" : "failed");
}

static void two(char **arguments)
{
	start(arguments, 2, 8);
	puts("ready");
	wait_for_batches(1);
	printf("first %d\n", poll_for("first", print_record, 5000));
	printf("second %d\n", poll_for("second", print_record, 5000));
}

static void short_buffer(char **arguments)
{
	start(arguments, 3, 64);
	buffer_size = 16;
	memset(buffer, 'x', sizeof(buffer));
	poll_for(arguments[1], print_record, 0);
	puts("ready");
	wait_for_batches(1);
	printf("poll %d\n", poll_for(arguments[1], print_record, 5000));
	for (size_t i = buffer_size; i < sizeof(buffer); i++)
		if (buffer[i] != 'x')
			printf("byte %zu was written\n", i);
}

static int stop_at_101(void *context, void *data, size_t size)
{
	print_record(context, data, size);
	return number_of(data) == 101 ? -7 : 0;
}

static void stop(char **arguments)
{
	start(arguments, 5, 8);
	poll_for(arguments[1], stop_at_101, 0);
	puts("ready");
	wait_for_batches(1);
	printf("poll %d\n", poll_for(arguments[1], stop_at_101, 5000));
	printf("then %d\n", poll_for(arguments[1], stop_at_101, 5000));
}

static const char *polled;

static int poll_again(void *context, void *data, size_t size)
{
	print_record(context, data, size);
	const int again = poll_for(polled, print_record, 0);
	if (again >= 0)
		printf("again %d\n", again);
	return 0;
}

static void reenter(char **arguments)
{
	start(arguments, 3, 8);
	polled = arguments[1];
	poll_for(polled, poll_again, 0);
	puts("ready");
	wait_for_batches(1);
	printf("poll %d\n", poll_for(polled, poll_again, 5000));
}

static int close_object(void *context, void *data, size_t size)
{
	print_record(context, data, size);
	printf("close %s\n", wasm_close_bpf_object(object) == 0 ? "done" : "refused");
	return 0;
}

static void close_inside(char **arguments)
{
	start(arguments, 3, 8);
	poll_for(arguments[1], close_object, 0);
	puts("ready");
	wait_for_batches(1);
	printf("poll %d\n", poll_for(arguments[1], close_object, 5000));
	printf("then %s\n", poll_for(arguments[1], close_object, 0) < 0 ? "refused" : "accepted");
}

static int trap(void *context, void *data, size_t size) { __builtin_trap(); }

static int leave(void *context, void *data, size_t size) { exit(3); }

static int wrong_type(void) { return 0; }

// The third argument says what the callback does; the poll has no timeout.
static void forever(char **arguments)
{
	const char *how = arguments[2];
	const sample_fn callback = strcmp(how, "traps") == 0 ? trap
				 : strcmp(how, "exits") == 0 ? leave
				 : strcmp(how, "is-of-another-type") == 0 ? (sample_fn)(void *)wrong_type
				 : strcmp(how, "is-none") == 0 ? (sample_fn)99999
				 : print_record;
	start(arguments, 1, 8);
	poll_for(arguments[1], callback, 0);
	puts("ready");
	for (;;)
		printf("poll %d\n", poll_for(arguments[1], callback, -1));
}

static int ignore(void *context, void *data, size_t size) { return 0; }

static void lost(char **arguments)
{
	start(arguments, 64, 1024);
	poll_for("samples", ignore, 0);
	puts("ready");
	wait_for_batches(10);
	poll_for("samples", ignore, 5000);
	puts("drained");
	wait_for_batches(11);
	poll_for("samples", ignore, 5000);
}

// What no runtime should end over: each line has a result that must be a refusal.
static void mistakes(char **arguments)
{
	start(arguments, 1, 8);
	const int config = wasm_bpf_map_fd_by_name(object, "config"), ring = wasm_bpf_map_fd_by_name(object, "first");
	const uint64_t other = wasm_load_bpf_object(elf, sizeof(elf));
	const uint32_t memory_size = __builtin_wasm_memory_size(0) * 65536;
	char *outside = (char *)(memory_size - 3);
	const int callback = (int)(sample_fn)ignore;
	printf("load of garbage: %llu\n", wasm_load_bpf_object("garbage", 7));
	printf("load from outside: %llu\n", wasm_load_bpf_object(outside, 4));
	printf("load of a negative size: %llu\n", wasm_load_bpf_object(elf, -1));
	printf("attach of an unknown program: %d\n", wasm_attach_bpf_program(object, "nothing", NULL));
	printf("attach of an unknown object: %d\n", wasm_attach_bpf_program(1ull << 40, "produce", NULL));
	printf("attach of a name outside: %d\n", wasm_attach_bpf_program(object, (const char *)memory_size, NULL));
	printf("unknown map: %d\n", wasm_bpf_map_fd_by_name(object, "nothing"));
	printf("poll of an unknown fd: %d\n", wasm_bpf_buffer_poll(object, 77, callback, 0, buffer, 8, 0));
	printf("poll of an array: %d\n", wasm_bpf_buffer_poll(object, config, callback, 0, buffer, 8, 0));
	printf("poll of an object: %d\n", wasm_bpf_buffer_poll(object, (int)object, callback, 0, buffer, 8, 0));
	printf("poll of another object's ring: %d\n", wasm_bpf_buffer_poll(other, ring, callback, 0, buffer, 8, 0));
	printf("poll to outside: %d\n", wasm_bpf_buffer_poll(object, ring, callback, 0, outside, 4, 0));
	printf("poll of a negative size: %d\n", wasm_bpf_buffer_poll(object, ring, callback, 0, buffer, -1, 0));
	printf("close of an unknown object: %d\n", wasm_close_bpf_object(12345));
	printf("close: %s\n", wasm_close_bpf_object(other) == 0 ? "done" : "refused");
	printf("second close: %d\n", wasm_close_bpf_object(other));
	puts("alive");
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "batch", batch },     { "busy", busy },       { "two", two },         { "short", short_buffer }, { "stop", stop },
		{ "reenter", reenter }, { "close", close_inside }, { "forever", forever }, { "lost", lost }, { "mistakes", mistakes },
	};
	return RUN_SCENARIO(scenarios, argc, argv);
}
