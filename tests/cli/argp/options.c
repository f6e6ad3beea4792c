/* Every kind of option, and a parser that tells what it gets. Compiled for the host and for Wasm: argp_test.cpp. */
#include <argp.h>
#include <stdlib.h>

const char *argp_program_version = "options 0.1";
const char *argp_program_bug_address = "<someone@example.org>";

static const struct argp_option options[] = {
	{"pid", 'p', "PID", 0, "Trace this process only"},
	{"apple", 0x100, 0, 0, "only a long name"},
	{"out", 'o', "FILE", OPTION_ARG_OPTIONAL,
	 "Output to FILE and a long text that must be wrapped because it goes beyond of the right margin of the terminal"},
	{"output", 0, 0, OPTION_ALIAS},
	{"zout", 'z', 0, OPTION_ALIAS},
	{0, 'x', "N", 0, "only a short name"},
	{0, 'B', 0, 0, "capital letter"},
	{0, 'b', 0, 0, "small letter"},
	{"a-rather-long-option-name", 'r', "ARGUMENT", 0, "on a line of its own"},
	{"a-rather-long-optX", 'R', "1234", 0, "doc"},
	{"a-rather-long-opt", 'S', "1234", 0, "doc\nsecond line"},
	{"a-rather-longop", 'T', "1234", 0, "doc"},
	{"hidden", 'H', 0, OPTION_HIDDEN, "hidden"},
	{0, 0, 0, 0, "A header:", 0},
	{"grouped", 'g', 0, 0, "in a group"},
	{"no-doc", 'n'},
	{0, 0, 0, 0, "Another header:", -2},
	{"negative", 'N', 0, 0, "in a negative group"},
	{"  -doc", 0, 0, OPTION_DOC, "text that looks like an option"},
	{"doc", 0, 0, OPTION_DOC | OPTION_NO_USAGE, "text"},
	{"no-usage", 'u', "X", OPTION_NO_USAGE, "not in --usage"},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	printf("%x %s next=%d arg_num=%u quoted=%d\n", (unsigned)key, arg ? arg : "-", state->next, state->arg_num,
	       state->quoted);
	fflush(stdout);
	switch (key) {
	case 'b':
		argp_error(state, "bad %d", 5);
		break;
	case 'B':
		argp_usage(state);
		break;
	case 'x':
		argp_failure(state, 3, EINVAL, "failure %d", 5);
		break;
	case 'g':
		return 17;
	case 'p':
	case 'r':
	case 'o':
	case 0x100:
	case ARGP_KEY_END:
		return 0;
	case ARGP_KEY_ARG:
		return arg[0] == '1' ? 0 : ARGP_ERR_UNKNOWN;
	}
	return ARGP_ERR_UNKNOWN;
}

int main(int argc, char **argv)
{
	static const struct argp argp = {
		options, parse, "A B\nC [D]",
		"Text before.\n\nA long text that must be wrapped because it goes beyond of the right margin of the "
		"terminal\n  indented\vText after."};
	unsigned flags = argc > 1 ? (unsigned)atoi(argv[1]) : 0;

	argv[1] = argv[0];

	int result = argp_parse(&argp, argc - 1, argv + 1, flags, 0, 0);

	if (result == EINVAL) /* whose number differs */
		puts("invalid");
	else
		printf("result %d\n", result);
	return 0;
}
