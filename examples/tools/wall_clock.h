/* The time of day, in the local time zone, as lines of a trace show it. */
#ifndef WALL_CLOCK_H
#define WALL_CLOCK_H

#include <time.h>

static inline const char *wall_clock(void)
{
	static char text[sizeof("HH:MM:SS")];
	time_t now = time(NULL);
	struct tm *local = localtime(&now);

	if (!local || !strftime(text, sizeof(text), "%H:%M:%S", local))
		return "--:--:--";
	return text;
}

#endif
