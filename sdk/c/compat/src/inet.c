/* ../arpa/inet.h */
#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

static char *write_number(char *end, unsigned number, unsigned base)
{
	char digits[5], *digit = digits;

	do {
		*digit++ = "0123456789abcdef"[number % base];
	} while (number /= base);
	while (digit > digits)
		*end++ = *--digit;
	return end;
}

static char *write_ipv4(char *end, const uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		if (i)
			*end++ = '.';
		end = write_number(end, bytes[i], 10);
	}
	return end;
}

/* The longest row of zeros, of at least two groups, becomes "::" (RFC 5952). */
static void find_zeros(const uint8_t *bytes, int *first, int *last)
{
	*first = *last = -1;
	for (int i = 0; i < 8; i++) {
		int end = i;

		while (end < 8 && !bytes[2 * end] && !bytes[2 * end + 1])
			end++;
		if (end - i > 1 && end - i > *last - *first) {
			*first = i;
			*last = end;
		}
		i = end > i ? end : i;
	}
}

static char *write_ipv6(char *end, const uint8_t *bytes)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	int first, last;
	int groups = !memcmp(bytes, mapped, sizeof(mapped)) ? 6 : 8;

	find_zeros(bytes, &first, &last);
	/* ::1.2.3.4, but for :: and ::1 */
	if (first == 0 && last == 6)
		groups = 6;
	for (int i = 0; i < groups; i++) {
		if (i == first) {
			*end++ = ':';
			i = last - 1;
			if (last >= groups)
				*end++ = ':';
			continue;
		}
		if (i)
			*end++ = ':';
		end = write_number(end, bytes[2 * i] << 8 | bytes[2 * i + 1], 16);
	}
	if (groups == 6) {
		if (end[-1] != ':')
			*end++ = ':';
		end = write_ipv4(end, bytes + 12);
	}
	return end;
}

const char *inet_ntop(int family, const void *address, char *text, socklen_t size)
{
	char room[INET6_ADDRSTRLEN];
	char *end;

	if (family != AF_INET && family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return NULL;
	}
	end = family == AF_INET ? write_ipv4(room, address) : write_ipv6(room, address);
	*end++ = 0;
	if ((size_t)(end - room) > size) {
		errno = ENOSPC;
		return NULL;
	}
	return memcpy(text, room, end - room);
}

static bool read_ipv4(const char *text, uint8_t *bytes)
{
	for (int i = 0; i < 4; i++) {
		unsigned number = 0, digits = 0;

		for (; *text >= '0' && *text <= '9' && digits < 4; digits++)
			number = 10 * number + (unsigned)(*text++ - '0');
		if (!digits || number > 255 || (digits > 1 && text[-(int)digits] == '0') || *text++ != (i < 3 ? '.' : 0))
			return false;
		bytes[i] = (uint8_t)number;
	}
	return true;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool read_ipv6(const char *text, uint8_t *bytes)
{
	int count = 0, zeros = -1; /* bytes; where "::" stands */

	memset(bytes, 0, 16);
	if (*text == ':' && *++text != ':')
		return false;
	while (*text) {
		const char *start = text;
		unsigned number = 0;

		if (*text == ':') {
			if (zeros >= 0)
				return false;
			zeros = count;
			text++;
			continue;
		}
		while (digit_of(*text) >= 0 && text - start < 5)
			number = number << 4 | (unsigned)digit_of(*text++);
		if (*text == '.') {
			if (count > 12 || !read_ipv4(start, bytes + count))
				return false;
			count += 4;
			break;
		}
		if (text == start || text - start > 4 || count > 14 || (*text && *text != ':') ||
		    (*text == ':' && !text[1]))
			return false;
		bytes[count++] = (uint8_t)(number >> 8);
		bytes[count++] = (uint8_t)number;
		text += *text == ':';
	}
	if (zeros < 0)
		return count == 16;
	if (count == 16)
		return false;
	memmove(bytes + 16 - (count - zeros), bytes + zeros, count - zeros);
	memset(bytes + zeros, 0, 16 - count);
	return true;
}

int inet_pton(int family, const char *text, void *address)
{
	uint8_t bytes[16];

	if (family != AF_INET && family != AF_INET6) {
		errno = EAFNOSUPPORT;
		return -1;
	}
	if (!(family == AF_INET ? read_ipv4(text, bytes) : read_ipv6(text, bytes)))
		return 0;
	memcpy(address, bytes, family == AF_INET ? 4 : 16);
	return 1;
}

char *inet_ntoa(struct in_addr address)
{
	static char text[INET_ADDRSTRLEN];

	return (char *)inet_ntop(AF_INET, &address, text, sizeof(text));
}

/* Of four numbers; the forms with fewer are not there. */
int inet_aton(const char *text, struct in_addr *address)
{
	return inet_pton(AF_INET, text, address);
}

in_addr_t inet_addr(const char *text)
{
	struct in_addr address;

	return inet_aton(text, &address) ? address.s_addr : INADDR_NONE;
}
