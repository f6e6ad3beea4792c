// The same programs as the C guest's, and the record's type.
#include "../drain/drain.bpf.c"

const struct event *const event_type __attribute__((unused));
