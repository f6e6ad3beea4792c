/* Numbers among the arguments of a command. */
#ifndef ARGUMENT_NUMBER_H
#define ARGUMENT_NUMBER_H

#include <argp.h>
#include <errno.h>
#include <stdlib.h>

/* Ends the command with a message where the text is no number from `least` to `most`. */
static inline unsigned long argument_number(const char *text, const char *what, unsigned long least, unsigned long most,
					    struct argp_state *state)
{
	char *end;
	unsigned long number;

	errno = 0;
	number = strtoul(text, &end, 10);
	if (errno || *end || end == text || *text == '-' || number < least || number > most)
		argp_error(state, "invalid %s \"%s\": it must be a number from %lu to %lu", what, text, least, most);
	return number;
}

#endif
