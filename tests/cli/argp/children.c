/* Argps with children, headers and a filter. Compiled for the host and for Wasm: argp_test.cpp. */
#define _GNU_SOURCE
#include <argp.h>
#include <string.h>

static error_t parse(int key, char *arg, struct argp_state *state)
{
	printf("%s: %x %s next=%d arg_num=%u\n", (const char *)state->input, (unsigned)key, arg ? arg : "-",
	       state->next, state->arg_num);
	if (key == ARGP_KEY_INIT && state->child_inputs)
		state->child_inputs[0] = "child";
	if (key == ARGP_KEY_ARG)
		return *(const char *)state->input == *arg ? 0 : ARGP_ERR_UNKNOWN;
	return key > 0 && key < 128 ? 0 : ARGP_ERR_UNKNOWN;
}

static const struct argp_option inner_options[] = {{"inner", 'd', "X", 0, "of the grandchild"}, {0}};
static const struct argp inner = {inner_options, 0, "INNER", "not shown\vafter the grandchild"};
static const struct argp_child grandchildren[] = {{&inner, 0, "Grandchild", 0}, {0}};

static const struct argp_option child_options[] = {
	{"calf", 'c', "X", 0, "of the child"},
	{0, 0, 0, 0, "inner header", 3},
	{"alf", 'A', 0, 0, "behind a header"},
	{"hidden", 'x', 0, 0, "whose letter is taken"},
	{0},
};
static const struct argp child = {child_options, parse, "CHILD\nCHILD2 ARG", "not shown\vafter the child",
				  grandchildren};
static const struct argp merged = {inner_options, 0, 0, 0};
static const struct argp apart = {child_options, 0, 0, 0};

static const struct argp_child children[] = {
	{&child, 0, "Child:", 2}, {&apart, 0, "", 0}, {&merged, 0, 0, 0}, {&inner, 0, 0, -1}, {0}};

static const struct argp_option options[] = {
	{"pid", 'p', "PID", 0, "a process"},
	{"version", 'V', 0, 0, "its own -V", 5},
	{"pid", 'P', 0, 0, "the same name"},
	{"secret", 'x', 0, OPTION_HIDDEN, "hidden"},
	{"help", 'h', 0, 0, "its own --help", 7},
	{0},
};

static char *filter(int key, const char *text, void *input)
{
	if (key == ARGP_KEY_HELP_EXTRA)
		return strdup("text of the filter");
	if (key == 'p')
		return strdup("changed by the filter");
	if (key == ARGP_KEY_HELP_HEADER)
		return 0;
	(void)input;
	return (char *)text;
}

int main(int argc, char **argv)
{
	struct argp argp = {options, parse, "ARG1\nARG2", "before\vafter", children};

	if (argc > 1 && !strcmp(argv[1], "filter")) {
		argp.help_filter = filter;
		argv[1] = argv[0];
		argc--, argv++;
	}
	int result = argp_parse(&argp, argc, argv, 0, 0, "parent");

	printf("result %d\n", result);
	return 0;
}
