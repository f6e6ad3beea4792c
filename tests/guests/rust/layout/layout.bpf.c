// The global variables of the skeletons' own test, and names that are Rust's own words.
#include "../../../unit/skeleton_globals.bpf.c"

enum fn { MOVE = 2, dyn };

struct match {
	int type;
	enum fn self;
	unsigned impl : 5;
};

struct match let = {1, MOVE, 21};

const struct over_aligned *const over_aligned_type __attribute__((unused));
