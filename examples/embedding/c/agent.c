/* Loads a plugin, with a function for it to call and a policy that holds it; calls it, and ends it. Plain C99. */
#define _POSIX_C_SOURCE 200809L
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <wasm_bpf.h>

/* Ends the program where a call failed; the error tells why. */
static void check(int code, wasm_bpf_error *error)
{
	if (code == 0)
		return;
	fprintf(stderr, "agent: %s\n", wasm_bpf_error_message(error));
	exit(1);
}

/* What the plugin writes, with a label. This one writes whole lines; a write may be a part of one. */
static void on_output(void *label, const char *text, size_t size)
{
	printf("[%s] %.*s", (const char *)label, (int)size, text);
}

/* agent.report(name, name_size, value), on the plugin's thread. */
static wasm_bpf_error *report(void *pipe_end, wasm_bpf_caller *plugin, const wasm_bpf_value *arguments, wasm_bpf_value *results)
{
	char name[32];
	uint32_t size = (uint32_t)arguments[1].of.i32;
	wasm_bpf_error *error = NULL;

	if (size > sizeof(name)) {
		results[0].of.i32 = -1;
		return NULL;
	}
	if (wasm_bpf_caller_read(plugin, (uint32_t)arguments[0].of.i32, name, size, &error) != 0)
		return error; /* it ends the plugin */
	printf("[agent] %.*s: %s\n", (int)size, name, arguments[2].of.i64 > 0 ? "some" : "none");
	if (write(*(int *)pipe_end, "!", 1) != 1)
		perror("agent");
	return NULL;
}

int main(int argc, char **argv)
{
	static const char *const allowed[] = {"programs=tracepoint", "attach.kinds=tracepoint",
					      "attach.tracepoints=sched/sched_process_exec", "maps.types=array"};
	int reported[2];
	wasm_bpf_function function = {.size = sizeof(function), .module = "agent", .name = "report",
				      .type = "i32 i32 i64 -> i32", .call = report, .context = &reported[1]};
	wasm_bpf_guest_options options = {.size = sizeof(options), .functions = &function, .function_count = 1};
	wasm_bpf_runtime *runtime;
	wasm_bpf_policy *policy;
	wasm_bpf_module *module;
	wasm_bpf_guest *plugin;
	wasm_bpf_ending *ending;
	wasm_bpf_value started;
	wasm_bpf_error *error;
	char byte;

	if (argc != 2 || pipe(reported) != 0)
		return 2;
	check(wasm_bpf_runtime_create(NULL, &runtime, &error), error);
	check(wasm_bpf_module_compile_file(runtime, argv[1], &module, &error), error);
	check(wasm_bpf_policy_create(&policy, &error), error);
	for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
		check(wasm_bpf_policy_allow(policy, allowed[i], &error), error);
	options.policy = policy;
	options.output.kind = options.error_output.kind = WASM_BPF_OUTPUT_CALLBACK;
	options.output.write = options.error_output.write = on_output;
	options.output.context = options.error_output.context = (void *)wasm_bpf_module_name(module);
	check(wasm_bpf_guest_create(module, &options, &plugin, &error), error);

	check(wasm_bpf_guest_start(plugin, &error), error);
	/* A program is started until the plugin, which may not be attached yet, has told of one. */
	do {
		if (system("true") != 0)
			return 1;
		check(wasm_bpf_guest_call(plugin, "started", NULL, 0, &started, 1, NULL, &error), error);
	} while (started.of.i64 == 0);
	if (read(reported[0], &byte, 1) != 1)
		return 1;
	printf("[agent] asked, it says: %s\n", started.of.i64 > 0 ? "some" : "none");

	wasm_bpf_guest_signal(plugin, SIGTERM);
	check(wasm_bpf_guest_wait(plugin, 5000, &ending, &error), error);
	if (wasm_bpf_ending_error(ending))
		printf("[agent] ended: %s\n", wasm_bpf_error_message(wasm_bpf_ending_error(ending)));
	else
		printf("[agent] ended: %d\n", wasm_bpf_ending_exit_code(ending));

	wasm_bpf_ending_free(ending);
	wasm_bpf_guest_free(plugin);
	wasm_bpf_policy_free(policy);
	wasm_bpf_module_free(module);
	wasm_bpf_runtime_free(runtime);
	return 0;
}
