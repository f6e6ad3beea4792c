/* Shared by both halves of vfscount. */
#ifndef VFSCOUNT_H
#define VFSCOUNT_H

enum operation { OPEN, READ, WRITE, FSYNC, UNLINK, RENAME, MKDIR, RMDIR, OPERATIONS };

/* How many of each kind there were; each CPU counts in its own. */
struct counters {
	__u64 counts[OPERATIONS];
};

#endif
