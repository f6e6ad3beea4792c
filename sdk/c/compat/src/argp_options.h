/* What argp's parser and its help both know about options. */
#ifndef WASM_BPF_ARGP_OPTIONS_H
#define WASM_BPF_ARGP_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

static inline bool argp_is_end(const struct argp_option *option)
{
	return !option->name && !option->key && !option->doc && !option->group;
}

/* Whether its key is a short option too. */
static inline bool argp_is_short(const struct argp_option *option)
{
	return !(option->flags & OPTION_DOC) && option->key > 0 && option->key < 128 && isprint(option->key);
}

/* Of an alias, the option before, which has its argument and, where it has none itself, its key. */
static inline const struct argp_option *argp_real(const struct argp_option *option)
{
	while (option->flags & OPTION_ALIAS)
		option--;
	return option;
}

/* What the parser of that argp gets. */
void *argp_input(const struct argp *argp, const struct argp_state *state);

/* argp_help() for a program that is being parsed (`state`, or null). */
void argp_print_help(const struct argp *argp, const struct argp_state *state, FILE *stream, unsigned flags,
		     const char *name);

#endif
