/* default_signals COMMAND…: runs it with SIGINT and SIGQUIT as a terminal's foreground program has them: a shell ignores them
 * for what it starts in the background. */
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
