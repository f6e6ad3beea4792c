/* Argp's parser: ../argp.h. */
#include "argp_options.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define WEAK __attribute__((weak))

/* A program's own definitions win. */
WEAK const char *argp_program_version;
WEAK void (*argp_program_version_hook)(FILE *stream, struct argp_state *state);
WEAK error_t argp_err_exit_status = 64; /* EX_USAGE */

/* One argp of the tree. They stand in the order in which parsers are asked: a parent, then its children. */
struct group {
	const struct argp *argp;
	struct group *parent;
	unsigned child_index;
	unsigned args_processed;
	void *input, *hook;
	void **child_inputs;
};

struct parser {
	struct argp_state state;
	struct group *groups;
	unsigned count;
	bool at_args;        /* behind the options */
	const char *cluster; /* what is left of "-abc" */
	int first, last;     /* arguments passed over on the way to options: argv[first … last-1] */
};

/* What an option in argv turned out to be. */
struct match {
	struct group *group;
	const struct argp_option *option;
	char *argument;
	bool is_short;
};

static const char *short_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Writes texts up to a null pointer. */
static void say(FILE *stream, ...)
{
	va_list texts;

	va_start(texts, stream);
	for (const char *text; (text = va_arg(texts, const char *));)
		fputs(text, stream);
	va_end(texts);
}

static FILE *errors(const struct parser *parser)
{
	return parser->state.flags & ARGP_NO_ERRS ? NULL : parser->state.err_stream;
}

/* The parsers */

static error_t call(struct parser *parser, struct group *group, int key, char *arg)
{
	struct argp_state *state = &parser->state;

	if (!group->argp->parser)
		return ARGP_ERR_UNKNOWN;
	state->hook = group->hook;
	state->input = group->input;
	state->child_inputs = group->child_inputs;
	state->arg_num = group->args_processed;
	error_t error = group->argp->parser(key, arg, state);
	group->hook = state->hook;
	return error;
}

static error_t call_all_backwards(struct parser *parser, int key)
{
	error_t error = 0;

	for (unsigned i = parser->count; i-- > 0 && (!error || error == ARGP_ERR_UNKNOWN);)
		error = call(parser, &parser->groups[i], key, NULL);
	return error == ARGP_ERR_UNKNOWN ? 0 : error;
}

/* Gives the groups their argps (none yet: only counts) and returns how many there are. */
static unsigned add_groups(const struct argp *argp, struct group *groups, unsigned at, unsigned parent, unsigned index)
{
	unsigned next = at + 1, i = 0;

	if (groups)
		groups[at] = (struct group){.argp = argp, .parent = at ? &groups[parent] : NULL, .child_index = index};
	for (; argp->children && argp->children[i].argp; i++)
		next = add_groups(argp->children[i].argp, groups, next, at, i);
	if (groups && i)
		groups[at].child_inputs = calloc(i, sizeof(void *));
	return next;
}

static error_t initialize(struct parser *parser, void *input)
{
	error_t error = 0;

	parser->groups[0].input = input;
	for (unsigned i = 0; i < parser->count && (!error || error == ARGP_ERR_UNKNOWN); i++) {
		struct group *group = &parser->groups[i];

		if (group->parent)
			group->input = group->parent->child_inputs[group->child_index];
		if (!group->argp->parser && group->child_inputs)
			group->child_inputs[0] = group->input; /* the first child stands for it */
		error = call(parser, group, ARGP_KEY_INIT, NULL);
	}
	return error == ARGP_ERR_UNKNOWN ? 0 : error;
}

void *argp_input(const struct argp *argp, const struct argp_state *state)
{
	const struct parser *parser = state->pstate;

	for (unsigned i = 0; i < parser->count; i++)
		if (parser->groups[i].argp == argp)
			return parser->groups[i].input;
	return NULL;
}

/* Options */

/* The next option with a name that begins so, after `match`. */
static bool next_long(struct parser *parser, const char *name, size_t size, struct match *match)
{
	struct group *end = &parser->groups[parser->count];

	for (; match->group < end; match->group++, match->option = NULL) {
		const struct argp_option *option = match->option ? match->option + 1 : match->group->argp->options;

		for (; option && !argp_is_end(option); option++)
			if (option->name && !(option->flags & OPTION_DOC) && !strncmp(option->name, name, size)) {
				match->option = option;
				return true;
			}
	}
	return false;
}

static bool is_same(const struct match *one, const struct match *other)
{
	const struct argp_option *a = argp_real(one->option), *b = argp_real(other->option);

	return (one->group == other->group && a == b) || !strcmp(one->option->name, other->option->name);
}

/* By a whole name or an unambiguous beginning: 1. 0: there is none such. -1: many, which `dashes` writes. */
static int find_long(struct parser *parser, const char *text, const char *dashes, struct match *found)
{
	struct match match = {.group = parser->groups};
	size_t size = strcspn(text, "=");
	int result = 0;

	while (next_long(parser, text, size, &match)) {
		if (!result || !match.option->name[size])
			*found = match;
		if (!match.option->name[size])
			return 1;
		result = result && (result < 0 || !is_same(found, &match)) ? -1 : 1;
	}
	if (result < 0 && errors(parser)) {
		FILE *stream = errors(parser);

		say(stream, parser->state.argv[0], ": option '", dashes, text, "' is ambiguous; possibilities:", NULL);
		match = (struct match){.group = parser->groups};
		while (next_long(parser, text, size, &match))
			say(stream, " '", dashes, match.option->name, "'", NULL);
		fputc('\n', stream);
	}
	return result;
}

static bool find_short(struct parser *parser, char key, struct match *found)
{
	struct group *end = &parser->groups[parser->count];

	for (found->group = parser->groups; found->group < end; found->group++) {
		found->option = found->group->argp->options;
		for (; found->option && !argp_is_end(found->option); found->option++)
			if (argp_is_short(found->option) && found->option->key == key)
				return true;
	}
	return false;
}

/* "name", "name=argument" or "name argument" behind the dashes. */
static bool take_long(struct parser *parser, const char *text, const char *dashes, struct match *match)
{
	struct argp_state *state = &parser->state;
	FILE *stream = errors(parser);
	int found = find_long(parser, text, dashes, match);

	if (found <= 0) {
		if (!found && stream)
			say(stream, state->argv[0], ": unrecognized option '", dashes, text, "'\n", NULL);
		return false;
	}

	const char *equals = strchr(text, '=');
	const struct argp_option *real = argp_real(match->option);
	const char *wrong = NULL;

	match->argument = equals ? (char *)equals + 1 : NULL;
	if (equals && !real->arg)
		wrong = "' doesn't allow an argument\n";
	else if (!equals && real->arg && !(real->flags & OPTION_ARG_OPTIONAL)) {
		if (state->next < state->argc)
			match->argument = state->argv[state->next++];
		else
			wrong = "' requires an argument\n";
	}
	if (wrong && stream)
		say(stream, state->argv[0], ": option '", dashes, match->option->name, wrong, NULL);
	return !wrong;
}

/* The next of a cluster of short options. */
static bool take_short(struct parser *parser, struct match *match)
{
	struct argp_state *state = &parser->state;
	FILE *stream = errors(parser);
	char name[2] = {*parser->cluster++};

	const char *rest = *parser->cluster ? parser->cluster : NULL;
	bool found = find_short(parser, name[0], match);
	const struct argp_option *real = found ? argp_real(match->option) : NULL;

	match->is_short = true;
	if (!rest || (found && real->arg)) {
		parser->cluster = NULL;
		state->next++;
	}
	if (!found) {
		if (stream)
			say(stream, state->argv[0], ": invalid option -- '", name, "'\n", NULL);
		return false;
	}
	if (!real->arg)
		return true;
	match->argument = (char *)rest;
	if (rest || (real->flags & OPTION_ARG_OPTIONAL))
		return true;
	if (state->next < state->argc) {
		match->argument = state->argv[state->next++];
		return true;
	}
	if (stream)
		say(stream, state->argv[0], ": option requires an argument -- '", name, "'\n", NULL);
	return false;
}

/* Of ARGP_LONG_ONLY, whether "-text" is a long option: a short one alone is not, nor what is none and begins with one. */
static bool is_long_only(struct parser *parser, const char *text)
{
	struct match match = {.group = parser->groups};

	if (!find_short(parser, text[0], &match))
		return true;
	match = (struct match){.group = parser->groups};
	return text[1] && next_long(parser, text, strcspn(text, "="), &match);
}

static void reverse(char **from, char **to)
{
	for (; from < --to; from++) {
		char *kept = *from;

		*from = *to;
		*to = kept;
	}
}

/* Puts the arguments that were passed over behind the options that came after them. */
static void move_arguments_back(struct parser *parser)
{
	char **argv = parser->state.argv;
	int next = parser->state.next;

	if (parser->first == parser->last) {
		parser->first = parser->last = next;
		return;
	}
	reverse(argv + parser->first, argv + parser->last);
	reverse(argv + parser->last, argv + next);
	reverse(argv + parser->first, argv + next);
	parser->first += next - parser->last;
	parser->last = next;
}

enum found { ARGUMENT, OPTION, WRONG, NO_OPTION };

/* The next option of argv, arguments before it passed over. */
static enum found next_option(struct parser *parser, struct match *match)
{
	struct argp_state *state = &parser->state;

	if (parser->cluster)
		return take_short(parser, match) ? OPTION : WRONG;

	move_arguments_back(parser);
	for (; state->next < state->argc; state->next++) {
		const char *text = state->argv[state->next];

		if (text[0] != '-' || !text[1]) {
			if (state->flags & ARGP_IN_ORDER)
				return ARGUMENT;
			if (state->flags & ARGP_NO_ARGS)
				return NO_OPTION;
			parser->last = state->next + 1;
			continue;
		}
		if (!strcmp(text, "--")) {
			state->next++;
			move_arguments_back(parser);
			state->quoted = state->next = parser->first;
			return NO_OPTION;
		}
		bool two_dashes = text[1] == '-';

		if (two_dashes || ((state->flags & ARGP_LONG_ONLY) && is_long_only(parser, text + 1))) {
			state->next++;
			return take_long(parser, text + 1 + two_dashes, two_dashes ? "--" : "-", match) ? OPTION : WRONG;
		}
		parser->cluster = text + 1;
		return take_short(parser, match) ? OPTION : WRONG;
	}
	state->next = parser->first;
	return NO_OPTION;
}

/* The steps of argp_parse() */

static error_t parse_option(struct parser *parser, const struct match *match)
{
	const struct argp_option *option = match->option;
	int key = option->key ? option->key : argp_real(option)->key;
	error_t error = call(parser, match->group, key, match->argument);

	if (error != ARGP_ERR_UNKNOWN)
		return error;

	char name[2] = {(char)key};

	argp_error(&parser->state, "%s%s: (PROGRAM ERROR) Option should have been recognized!?",
		   match->is_short ? "-" : "--", match->is_short ? name : option->name);
	return error;
}

/* Asks each parser for the next argument, then for all the rest. */
static error_t parse_argument(struct parser *parser)
{
	struct argp_state *state = &parser->state;
	int index = state->next;
	struct group *group = parser->groups, *end = &parser->groups[parser->count];
	error_t error = ARGP_ERR_UNKNOWN;
	bool all = false;

	for (; group < end; group++) {
		state->next = index + 1;
		all = false;
		error = call(parser, group, ARGP_KEY_ARG, state->argv[index]);
		if (error != ARGP_ERR_UNKNOWN)
			break;
		state->next = index;
		all = true;
		error = call(parser, group, ARGP_KEY_ARGS, NULL);
		if (error != ARGP_ERR_UNKNOWN)
			break;
	}
	if (error)
		return error;
	if (all)
		state->next = state->argc;
	if (state->next > index)
		group->args_processed += state->next - index;
	else
		parser->at_args = false; /* it wants to see what is there as options */
	return 0;
}

/* One option or argument. ARGP_ERR_UNKNOWN where there is no more to do; `wrong` says whether that is an error. */
static error_t parse_next(struct parser *parser, bool *wrong)
{
	struct argp_state *state = &parser->state;
	struct match match = {0};
	enum found found = NO_OPTION;

	if (state->quoted && state->next < state->quoted)
		state->quoted = 0;
	if (!parser->at_args && !state->quoted)
		found = next_option(parser, &match);
	*wrong = found == WRONG;
	if (found == WRONG)
		return ARGP_ERR_UNKNOWN;
	if (found == OPTION) {
		error_t error = parse_option(parser, &match);

		*wrong = error == ARGP_ERR_UNKNOWN;
		return error;
	}
	parser->at_args = found == NO_OPTION;
	if (state->next >= state->argc || (found == NO_OPTION && (state->flags & ARGP_NO_ARGS)))
		return ARGP_ERR_UNKNOWN;
	return parse_argument(parser);
}

static error_t finish(struct parser *parser, error_t error, int *arg_index)
{
	struct argp_state *state = &parser->state;
	struct group *end = &parser->groups[parser->count];

	if (!error && state->next < state->argc && !arg_index) {
		if (errors(parser))
			say(state->err_stream, state->name, ": Too many arguments\n", NULL);
		error = ARGP_ERR_UNKNOWN;
	} else if (!error && state->next >= state->argc) {
		for (struct group *group = parser->groups; group < end && (!error || error == ARGP_ERR_UNKNOWN); group++)
			if (!group->args_processed)
				error = call(parser, group, ARGP_KEY_NO_ARGS, NULL);
		if (!error || error == ARGP_ERR_UNKNOWN)
			error = call_all_backwards(parser, ARGP_KEY_END);
	}
	if (!error) {
		if (arg_index)
			*arg_index = state->next;
		error = call_all_backwards(parser, ARGP_KEY_SUCCESS);
	} else {
		if (error == ARGP_ERR_UNKNOWN)
			argp_state_help(state, state->err_stream, ARGP_HELP_STD_ERR);
		for (struct group *group = parser->groups; group < end; group++)
			call(parser, group, ARGP_KEY_ERROR, NULL);
	}
	for (struct group *group = end; group-- > parser->groups;)
		call(parser, group, ARGP_KEY_FINI, NULL);
	return error == ARGP_ERR_UNKNOWN ? EINVAL : error;
}

static error_t parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *arg_index, void *input)
{
	struct parser parser = {.state = {.root_argp = argp,
					  .argc = argc,
					  .argv = argv,
					  .flags = flags,
					  .err_stream = stderr,
					  .out_stream = stdout},
				.count = add_groups(argp, NULL, 0, 0, 0)};

	parser.state.pstate = &parser;
	parser.state.name = (char *)(argc ? short_name(argv[0]) : "");
	parser.groups = calloc(parser.count, sizeof(*parser.groups));
	if (!parser.groups)
		return ENOMEM;
	add_groups(argp, parser.groups, 0, 0, 0);

	error_t error = initialize(&parser, input);

	if (!error) {
		bool wrong = false;

		/* As documented, argv[0] is parsed only where there are no messages, which name the program. */
		if (!parser.state.next && !((flags & ARGP_PARSE_ARGV0) && (flags & ARGP_NO_ERRS)))
			parser.state.next = 1;
		parser.first = parser.last = parser.state.next;
		while (!error)
			error = parse_next(&parser, &wrong);
		if (error == ARGP_ERR_UNKNOWN && !wrong)
			error = 0;
		error = finish(&parser, error, arg_index);
	}
	for (unsigned i = 0; i < parser.count; i++)
		free(parser.groups[i].child_inputs);
	free(parser.groups);
	return error;
}

/* What every program has: --help, --usage, --version. */

enum { KEY_USAGE = -3, KEY_NAME = -4 };

static error_t parse_default(int key, char *arg, struct argp_state *state)
{
	switch (key) {
	case '?':
		argp_state_help(state, state->out_stream, ARGP_HELP_STD_HELP);
		return 0;
	case KEY_USAGE:
		argp_state_help(state, state->out_stream, ARGP_HELP_USAGE | ARGP_HELP_EXIT_OK);
		return 0;
	case KEY_NAME:
		state->name = (char *)short_name(arg);
		return 0;
	}
	return ARGP_ERR_UNKNOWN;
}

static error_t parse_version(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	if (key != 'V')
		return ARGP_ERR_UNKNOWN;
	if (argp_program_version_hook)
		argp_program_version_hook(state->out_stream, state);
	else
		say(state->out_stream, argp_program_version, "\n", NULL);
	if (!(state->flags & ARGP_NO_EXIT))
		exit(0);
	return 0;
}

static const struct argp default_argp = {
	.options =
		(const struct argp_option[]){
			{"help", '?', NULL, 0, "Give this help list", -1},
			{"usage", KEY_USAGE, NULL, 0, "Give a short usage message", 0},
			{"program-name", KEY_NAME, "NAME", OPTION_HIDDEN, "Set the program name", 0},
			{0},
		},
	.parser = parse_default,
};

static const struct argp version_argp = {
	.options = (const struct argp_option[]){{"version", 'V', NULL, 0, "Print program version", -1}, {0}},
	.parser = parse_version,
};

error_t argp_parse(const struct argp *argp, int argc, char **argv, unsigned flags, int *arg_index, void *input)
{
	bool has_version = argp_program_version || argp_program_version_hook;
	const struct argp_child children[] = {
		{.argp = argp}, {.argp = &default_argp}, {.argp = has_version ? &version_argp : NULL}, {0}};
	const struct argp root = {.children = children};

	return parse(flags & ARGP_NO_HELP ? argp : &root, argc, argv, flags, arg_index, input);
}

/* Messages */

void argp_error(const struct argp_state *state, const char *format, ...)
{
	va_list arguments;

	if (state && (!state->err_stream || (state->flags & ARGP_NO_ERRS)))
		return;

	FILE *stream = state ? state->err_stream : stderr;

	say(stream, state ? state->name : "", ": ", NULL);
	va_start(arguments, format);
	vfprintf(stream, format, arguments);
	va_end(arguments);
	fputc('\n', stream);
	argp_state_help(state, stream, ARGP_HELP_STD_ERR);
}

void argp_failure(const struct argp_state *state, int status, int errnum, const char *format, ...)
{
	va_list arguments;
	FILE *stream = state ? state->err_stream : stderr;

	if (stream && !(state && (state->flags & ARGP_NO_ERRS))) {
		say(stream, state ? state->name : "", NULL);
		if (format) {
			fputs(": ", stream);
			va_start(arguments, format);
			vfprintf(stream, format, arguments);
			va_end(arguments);
		}
		if (errnum)
			say(stream, ": ", strerror(errnum), NULL);
		fputc('\n', stream);
	}
	if (status && !(state && (state->flags & (ARGP_NO_EXIT | ARGP_NO_ERRS))))
		exit(status);
}

void argp_usage(const struct argp_state *state)
{
	argp_state_help(state, stderr, ARGP_HELP_STD_USAGE);
}

void argp_state_help(const struct argp_state *state, FILE *stream, unsigned flags)
{
	if (!stream || (state && (state->flags & ARGP_NO_ERRS)))
		return;
	if (state && (state->flags & ARGP_LONG_ONLY))
		flags |= ARGP_HELP_LONG_ONLY;
	argp_print_help(state ? state->root_argp : NULL, state, stream, flags, state ? state->name : "");
	if (state && (state->flags & ARGP_NO_EXIT))
		return;
	if (flags & ARGP_HELP_EXIT_ERR)
		exit(argp_err_exit_status);
	if (flags & ARGP_HELP_EXIT_OK)
		exit(0);
}
