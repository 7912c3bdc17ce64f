// main() for a fuzz target without libFuzzer:
//
//	NAME-replay [-m MUTANTS] FILE|FOLDER...
//
// runs the target over each file, and over MUTANTS (default 0) small changes of it made
// by a fixed generator, so that two runs do the same. The inputs run in a child; when it
// dies or an input takes longer than ten seconds, the input is named and left in
// ./crash-NAME, and the exit status is 1.
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LIMIT = 1 << 20, SECONDS = 10 };

// What the child works on, seen by the parent.
struct shared {
	char file[4096];
	unsigned mutant;
	unsigned long inputs;
	size_t size;
	uint8_t data[LIMIT];
};

static struct shared *now;

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static size_t below(uint32_t *state, size_t n)
{
	return n ? next_random(state) % n : 0;
}

// One small change: cut, flip a bit, set a byte, double a piece or drop one.
static void change(uint32_t *rnd)
{
	static const uint8_t bytes[] = {
		0, 1, 0x7f, 0x80, 0xff, '\n', '"', '\\', '/', '.'
	};
	size_t at = below(rnd, now->size), n = 1 + below(rnd, 16);

	if (n > now->size - at)
		n = now->size - at;
	switch (below(rnd, 5)) {
	case 0:
		now->size = at;
		break;
	case 1:
		if (now->size)
			now->data[at] ^= (uint8_t)(1u << below(rnd, 8));
		break;
	case 2:
		if (now->size)
			now->data[at] = bytes[below(rnd, sizeof(bytes))];
		break;
	case 3:
		if (now->size + n > LIMIT)
			break;
		memmove(now->data + at + n, now->data + at, now->size - at);
		now->size += n;
		break;
	case 4:
		memmove(now->data + at, now->data + at + n, now->size - at - n);
		now->size -= n;
		break;
	}
}

// The target gets memory of exactly the input's size, so that a sanitizer sees one byte
// too many.
static void run_one(void)
{
	uint8_t *copy = malloc(now->size ? now->size : 1);

	if (!copy)
		abort();
	memcpy(copy, now->data, now->size);
	now->inputs++;
	alarm(SECONDS);
	LLVMFuzzerTestOneInput(copy, now->size);
	alarm(0);
	free(copy);
}

static int run_file(const char *path, unsigned mutants)
{
	uint8_t *data;
	FILE *f = fopen(path, "rb");
	size_t size;

	if (!f || !(data = malloc(LIMIT)))
		return -1;
	size = fread(data, 1, LIMIT, f);
	fclose(f);
	snprintf(now->file, sizeof(now->file), "%s", path);
	for (now->mutant = 0; now->mutant <= mutants; now->mutant++) {
		uint32_t rnd = 2463534242u + now->mutant * 2654435761u;

		memcpy(now->data, data, size);
		now->size = size;
		for (unsigned i = now->mutant ? 1 + now->mutant % 4 : 0; i; i--)
			change(&rnd);
		run_one();
	}
	free(data);
	return 0;
}

static int run_path(const char *path, unsigned mutants)
{
	struct dirent **names;
	char file[4096];
	struct stat st;
	int n, r = 0;

	if (stat(path, &st) < 0)
		return -1;
	if (!S_ISDIR(st.st_mode))
		return run_file(path, mutants);
	n = scandir(path, &names, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, names[i]->d_name);
		if (names[i]->d_name[0] != '.' && run_path(file, mutants) < 0)
			r = -1;
		free(names[i]);
	}
	if (n >= 0)
		free(names);
	return n < 0 ? -1 : r;
}

static int child(char *paths[], unsigned mutants)
{
	for (; *paths; paths++)
		if (run_path(*paths, mutants) < 0) {
			fprintf(stderr, "%s: %s\n", *paths, strerror(errno));
			return 2;
		}
	return 0;
}

static int died(const char *name, int status)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "crash-%s", name);
	f = fopen(path, "wb");
	if (f) {
		fwrite(now->data, 1, now->size, f);
		fclose(f);
	}
	fprintf(stderr, "%s: %s %d on %s, mutant %u: input left in %s\n", name,
	        WIFSIGNALED(status) ? "signal" : "status",
	        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), now->file,
	        now->mutant, path);
	return 1;
}

int main(int argc, char *argv[])
{
	const char *slash = strrchr(argv[0], '/'), *name = slash ? slash + 1 : argv[0];
	unsigned mutants = 0;
	int opt, status;
	pid_t pid;

	while ((opt = getopt(argc, argv, "m:")) == 'm')
		mutants = (unsigned)strtoul(optarg, NULL, 10);
	if (opt != -1)
		return 2;
	now = mmap(NULL, sizeof(*now), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	           -1, 0);
	if (now == MAP_FAILED)
		return 2;
	pid = fork();
	if (pid < 0)
		return 2;
	if (pid == 0)
		exit(child(argv + optind, mutants));
	waitpid(pid, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return died(name, status);
	if (!now->inputs) {
		fprintf(stderr, "%s: no input\n", name);
		return 1;
	}
	printf("# %s: %lu inputs\n", name, now->inputs);
	return 0;
}
