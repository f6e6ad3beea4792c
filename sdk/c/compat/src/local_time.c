/* The host's time zone: wasi-libc knows UTC alone. */
#include <string.h>
#include <time.h>

#include <wasm_bpf/abi.h>

static struct wasm_bpf_local_time zone_at(time_t time)
{
	struct wasm_bpf_local_time zone = {.abbreviation = "UTC"};

	wasm_bpf_local_time(time, &zone);
	return zone;
}

struct tm *localtime_r(const time_t *restrict time, struct tm *restrict result)
{
	static char abbreviation[sizeof(((struct wasm_bpf_local_time *)0)->abbreviation)];
	struct wasm_bpf_local_time zone = zone_at(*time);
	time_t shifted = *time + zone.utc_offset;

	if (!gmtime_r(&shifted, result))
		return NULL;
	memcpy(abbreviation, zone.abbreviation, sizeof(abbreviation));
	result->tm_isdst = (int)zone.is_summer;
	result->__tm_gmtoff = zone.utc_offset;
	result->__tm_zone = abbreviation;
	return result;
}

struct tm *localtime(const time_t *time)
{
	static struct tm result;

	return localtime_r(time, &result);
}

/* The offset depends on the time, which depends on it: near a change the second answer is the right one. */
time_t mktime(struct tm *local)
{
	time_t wall = timegm(local);
	time_t time = wall - zone_at(wall).utc_offset;

	time = wall - zone_at(time).utc_offset;
	localtime_r(&time, local);
	return time;
}

void tzset(void)
{
}
