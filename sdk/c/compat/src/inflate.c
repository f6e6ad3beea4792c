/* ../zlib.h: RFC 1950 to 1952. Codes are decoded bit by bit, which is short, not fast. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct wasm_bpf__inflated {
	int window_bits;
	bool is_done;
	unsigned char *bytes;
	size_t size, room, given;
};

struct input {
	const unsigned char *bytes;
	size_t size, at;
	uint32_t bits; /* read and not yet used: bit_count of them */
	int bit_count;
	int error; /* the first one; from then on all reads give 0 */
};

enum { MAX_BITS = 15, MAX_LITERALS = 288, MAX_DISTANCES = 30, END_OF_BLOCK = 256 };

struct codes {
	uint16_t count[MAX_BITS + 1]; /* of each length */
	uint16_t symbol[MAX_LITERALS]; /* by code */
};

static unsigned failed(struct input *input, int error)
{
	if (!input->error)
		input->error = error;
	return 0;
}

static unsigned take_bits(struct input *input, int count)
{
	unsigned value;

	while (input->bit_count < count) {
		if (input->error || input->at == input->size)
			return failed(input, Z_BUF_ERROR);
		input->bits |= (uint32_t)input->bytes[input->at++] << input->bit_count;
		input->bit_count += 8;
	}
	value = input->bits & ((1u << count) - 1);
	input->bits >>= count;
	input->bit_count -= count;
	return value;
}

static unsigned take_bytes(struct input *input, int count, bool is_big_endian)
{
	unsigned value = 0;

	input->bits = input->bit_count = 0; /* what is left of the last byte is padding */
	for (int i = 0; i < count; i++) {
		unsigned byte = take_bits(input, 8);

		value = is_big_endian ? value << 8 | byte : value | byte << (8 * i);
	}
	return value;
}

static void put(struct wasm_bpf__inflated *out, struct input *input, unsigned char byte)
{
	if (out->size == out->room) {
		size_t room = out->room ? out->room * 2 : 65536;
		unsigned char *bytes = room > out->room ? realloc(out->bytes, room) : NULL;

		if (!bytes) {
			failed(input, Z_MEM_ERROR);
			return;
		}
		out->bytes = bytes;
		out->room = room;
	}
	out->bytes[out->size++] = byte;
}

/* False where there are more codes of some length than fit. */
static bool build_codes(struct codes *codes, const uint8_t *lengths, int count)
{
	uint16_t offsets[MAX_BITS + 2] = {0};
	int left = 1;

	memset(codes, 0, sizeof(*codes));
	for (int i = 0; i < count; i++)
		codes->count[lengths[i]]++;
	codes->count[0] = 0;
	for (int length = 1; length <= MAX_BITS; length++) {
		left = left * 2 - codes->count[length];
		if (left < 0)
			return false;
		offsets[length + 1] = offsets[length] + codes->count[length];
	}
	for (int i = 0; i < count; i++)
		if (lengths[i])
			codes->symbol[offsets[lengths[i]]++] = (uint16_t)i;
	return true;
}

static unsigned decode(struct input *input, const struct codes *codes)
{
	int code = 0, first = 0, index = 0;

	for (int length = 1; length <= MAX_BITS && !input->error; length++) {
		int count = codes->count[length];

		code |= (int)take_bits(input, 1);
		if (code - first < count)
			return codes->symbol[index + code - first];
		index += count;
		first = (first + count) * 2;
		code *= 2;
	}
	return failed(input, Z_DATA_ERROR);
}

static void copy_back(struct wasm_bpf__inflated *out, struct input *input, unsigned length, const struct codes *distances)
{
	static const uint16_t base[MAX_DISTANCES] = {1,	  2,   3,   4,	 5,   7,    9,	  13,	17,   25,
						     33,  49,  65,  97,	 129, 193,  257,  385,	513,  769,
						     1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
	unsigned symbol = decode(input, distances), distance = 0;

	if (symbol < MAX_DISTANCES)
		distance = base[symbol] + take_bits(input, symbol < 2 ? 0 : (int)symbol / 2 - 1);
	if (input->error || distance == 0 || distance > out->size) {
		failed(input, Z_DATA_ERROR);
		return;
	}
	while (length-- && !input->error)
		put(out, input, out->bytes[out->size - distance]);
}

static void inflate_codes(struct wasm_bpf__inflated *out, struct input *input, const struct codes *literals,
			  const struct codes *distances)
{
	static const uint16_t base[] = {3,  4,	5,  6,	7,  8,	9,  10, 11,  13,  15,  17,  19,	 23, 27,
					31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
	static const uint8_t extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};

	while (!input->error) {
		unsigned symbol = decode(input, literals);

		if (input->error || symbol == END_OF_BLOCK)
			return;
		if (symbol < END_OF_BLOCK)
			put(out, input, (unsigned char)symbol);
		else if (symbol - END_OF_BLOCK - 1 < sizeof(base) / sizeof(*base))
			copy_back(out, input, base[symbol - 257] + take_bits(input, extra[symbol - 257]), distances);
		else
			failed(input, Z_DATA_ERROR);
	}
}

static void inflate_stored(struct wasm_bpf__inflated *out, struct input *input)
{
	unsigned length = take_bytes(input, 2, false);

	if (take_bytes(input, 2, false) != (length ^ 0xffff))
		failed(input, Z_DATA_ERROR);
	while (length-- && !input->error)
		put(out, input, (unsigned char)take_bits(input, 8));
}

static void inflate_fixed(struct wasm_bpf__inflated *out, struct input *input)
{
	struct codes literals, distances;
	uint8_t lengths[MAX_LITERALS];

	for (int i = 0; i < MAX_LITERALS; i++)
		lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	build_codes(&literals, lengths, MAX_LITERALS);
	memset(lengths, 5, MAX_DISTANCES);
	build_codes(&distances, lengths, MAX_DISTANCES);
	inflate_codes(out, input, &literals, &distances);
}

/* The lengths of a block's codes, themselves in a code. */
static void inflate_dynamic(struct wasm_bpf__inflated *out, struct input *input)
{
	static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
	unsigned literal_count = take_bits(input, 5) + 257, distance_count = take_bits(input, 5) + 1;
	unsigned code_count = take_bits(input, 4) + 4, at = 0;
	uint8_t lengths[MAX_LITERALS + 32] = {0};
	struct codes codes, distances;

	for (unsigned i = 0; i < code_count; i++)
		lengths[order[i]] = (uint8_t)take_bits(input, 3);
	if (literal_count > 286 || distance_count > MAX_DISTANCES || !build_codes(&codes, lengths, 19))
		failed(input, Z_DATA_ERROR);
	memset(lengths, 0, sizeof(lengths));
	while (!input->error && at < literal_count + distance_count) {
		unsigned symbol = decode(input, &codes), times = 1;
		uint8_t length = (uint8_t)symbol;

		if (symbol >= 16) {
			length = symbol == 16 && at ? lengths[at - 1] : 0;
			times = symbol == 16 ? 3 + take_bits(input, 2) : symbol == 17 ? 3 + take_bits(input, 3) : 11 + take_bits(input, 7);
		}
		if (times > literal_count + distance_count - at || (symbol == 16 && !at))
			failed(input, Z_DATA_ERROR);
		while (times-- && !input->error)
			lengths[at++] = length;
	}
	if (input->error)
		return;
	if (!lengths[END_OF_BLOCK] || !build_codes(&codes, lengths, (int)literal_count) ||
	    !build_codes(&distances, lengths + literal_count, (int)distance_count)) {
		failed(input, Z_DATA_ERROR);
		return;
	}
	inflate_codes(out, input, &codes, &distances);
}

static void inflate_blocks(struct wasm_bpf__inflated *out, struct input *input)
{
	bool is_last = false;

	while (!is_last && !input->error) {
		is_last = take_bits(input, 1);
		switch (take_bits(input, 2)) {
		case 0:
			inflate_stored(out, input);
			break;
		case 1:
			inflate_fixed(out, input);
			break;
		case 2:
			inflate_dynamic(out, input);
			break;
		default:
			failed(input, Z_DATA_ERROR);
		}
	}
}

static uint32_t crc32_of(const unsigned char *bytes, size_t size)
{
	uint32_t crc = ~0u;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static uint32_t adler32_of(const unsigned char *bytes, size_t size)
{
	uint32_t a = 1, b = 0;

	for (size_t i = 0; i < size; i++) {
		a = (a + bytes[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

static void skip_text(struct input *input)
{
	while (!input->error && take_bits(input, 8))
		;
}

static void inflate_gzip(struct wasm_bpf__inflated *out, struct input *input)
{
	enum { HEADER_CRC = 2, EXTRA = 4, NAME = 8, COMMENT = 16 };
	unsigned flags;

	if (take_bytes(input, 3, false) != 0x088b1f)
		failed(input, Z_DATA_ERROR);
	flags = take_bytes(input, 1, false);
	take_bytes(input, 4, false); /* when, by whom */
	take_bytes(input, 2, false);
	if (flags & EXTRA)
		for (unsigned left = take_bytes(input, 2, false); left && !input->error; left--)
			take_bits(input, 8);
	if (flags & NAME)
		skip_text(input);
	if (flags & COMMENT)
		skip_text(input);
	if (flags & HEADER_CRC)
		take_bytes(input, 2, false);
	inflate_blocks(out, input);
	if (take_bytes(input, 4, false) != crc32_of(out->bytes, out->size) || take_bytes(input, 4, false) != (uint32_t)out->size)
		failed(input, Z_DATA_ERROR);
}

static void inflate_zlib(struct wasm_bpf__inflated *out, struct input *input)
{
	unsigned header = take_bytes(input, 2, true);

	if (header % 31 || (header >> 8 & 15) != 8 || (header & 32))
		failed(input, Z_DATA_ERROR);
	inflate_blocks(out, input);
	if (take_bytes(input, 4, true) != adler32_of(out->bytes, out->size))
		failed(input, Z_DATA_ERROR);
}

static int inflate_all(struct wasm_bpf__inflated *out, struct z_stream_s *stream)
{
	struct input input = {.bytes = stream->next_in, .size = stream->avail_in};
	bool either = out->window_bits >= 40, is_gzip = input.size > 1 && input.bytes[0] == 0x1f && input.bytes[1] == 0x8b;

	if (out->window_bits < 0)
		inflate_blocks(out, &input);
	else if (either ? is_gzip : out->window_bits >= 24)
		inflate_gzip(out, &input);
	else
		inflate_zlib(out, &input);
	if (input.error)
		return input.error;
	stream->next_in += input.at;
	stream->avail_in -= input.at;
	stream->total_in += input.at;
	out->is_done = true;
	return Z_OK;
}

int inflateInit2(z_streamp stream, int window_bits)
{
	if (!stream)
		return Z_STREAM_ERROR;
	stream->total_in = stream->total_out = 0;
	stream->msg = NULL;
	stream->state = calloc(1, sizeof(*stream->state));
	if (!stream->state)
		return Z_MEM_ERROR;
	stream->state->window_bits = window_bits;
	return Z_OK;
}

int inflateInit(z_streamp stream)
{
	return inflateInit2(stream, MAX_WBITS);
}

int inflate(z_streamp stream, int flush)
{
	struct wasm_bpf__inflated *out = stream ? stream->state : NULL;
	size_t count;
	int error;

	if (!out || (!stream->next_out && stream->avail_out) || (!stream->next_in && stream->avail_in))
		return Z_STREAM_ERROR;
	error = out->is_done ? Z_OK : inflate_all(out, stream);
	if (error) {
		out->size = 0;
		stream->msg = error == Z_DATA_ERROR ? "no such data, or damaged" : NULL;
		return error;
	}
	count = out->size - out->given;
	if (count > stream->avail_out)
		count = stream->avail_out;
	if (count)
		memcpy(stream->next_out, out->bytes + out->given, count);
	out->given += count;
	stream->next_out += count;
	stream->avail_out -= count;
	stream->total_out += count;
	if (out->given == out->size)
		return Z_STREAM_END;
	return flush == Z_FINISH || !count ? Z_BUF_ERROR : Z_OK;
}

int inflateEnd(z_streamp stream)
{
	if (!stream || !stream->state)
		return Z_STREAM_ERROR;
	free(stream->state->bytes);
	free(stream->state);
	stream->state = NULL;
	return Z_OK;
}
