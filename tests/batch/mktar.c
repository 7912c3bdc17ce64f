// Write a tar archive that no tar program would write, to stdout:
//
//	mktar ENTRY... | gzip
//
// ENTRY is TYPE,NAME[,KEY=VALUE]...; the archive has them in this order, nothing is added.
//	TYPE   file dir link hard char block fifo cont
//	KEY    mode= (octal), size= (bytes of content: zeros when text= is missing; the head
//	       says this size), text= (content, then size= only goes into the head), to= (link
//	       target), uid=, count= (that many entries, "%d" in NAME is the number)
// The last argument may be cut=BYTES: the archive ends after that many bytes; or noend:
// without the two blocks of zeros at the end.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
	char type;
	char name[512], text[512], to[512];
	unsigned mode, uid;
	uint64_t size, count;
	int has_size;
};

static uint64_t left = UINT64_MAX; // bytes still to be written

static void put(const void *p, size_t n)
{
	if (n > left)
		n = (size_t)left;
	if (fwrite(p, 1, n, stdout) != n)
		exit(1);
	left -= n;
	if (!left)
		exit(fflush(stdout) != 0);
}

static void put_zeros(uint64_t n)
{
	static const char zeros[65536];

	for (; n; n -= n < sizeof(zeros) ? n : sizeof(zeros))
		put(zeros, n < sizeof(zeros) ? (size_t)n : sizeof(zeros));
}

// One head of 512 bytes, ustar.
static void put_head(const struct entry *e, const char *name, uint64_t size)
{
	char head[513] = { 0 };
	unsigned sum = 8 * ' ';

	memcpy(head, name, strnlen(name, 100));
	snprintf(head + 100, 9, "%07o", e->mode & 07777);
	snprintf(head + 108, 9, "%07o", e->uid & 07777777);
	snprintf(head + 116, 9, "%07o", 0U);
	snprintf(head + 124, 13, "%011llo", (unsigned long long)size & 077777777777);
	snprintf(head + 136, 13, "%011o", 1262304000U);
	head[156] = e->type;
	memcpy(head + 157, e->to, strnlen(e->to, 100));
	memcpy(head + 257, "ustar\00000", 8);
	if (e->type == '3' || e->type == '4') {
		snprintf(head + 329, 9, "%07o", 1U); // /dev/mem
		snprintf(head + 337, 9, "%07o", 1U);
	}
	for (int i = 0; i < 512; i++)
		if (i < 148 || i >= 156)
			sum += (unsigned char)head[i];
	snprintf(head + 148, 8, "%06o", sum);
	head[155] = ' ';
	put(head, 512);
}

static void put_entry(const struct entry *e)
{
	char name[1024];

	for (uint64_t i = 0; i < e->count; i++) {
		const char *at = strstr(e->name, "%d");
		uint64_t size = e->has_size ? e->size : strlen(e->text);
		uint64_t body = e->text[0] ? strlen(e->text) : size;

		snprintf(name, sizeof(name), "%s", e->name);
		if (at)
			snprintf(name, sizeof(name), "%.*s%llu%s", (int)(at - e->name),
			         e->name, (unsigned long long)i, at + 2);
		put_head(e, name, size);
		if (e->text[0])
			put(e->text, strlen(e->text));
		else
			put_zeros(size);
		put_zeros((512 - body % 512) % 512);
	}
}

static int key(struct entry *e, const char *word)
{
	const char *value = strchr(word, '=');
	size_t n = value ? (size_t)(value++ - word) : 0;

	if (n == 4 && !memcmp(word, "mode", n))
		e->mode = (unsigned)strtoul(value, NULL, 8);
	else if (n == 3 && !memcmp(word, "uid", n))
		e->uid = (unsigned)strtoul(value, NULL, 10);
	else if (n == 5 && !memcmp(word, "count", n))
		e->count = strtoull(value, NULL, 10);
	else if (n == 4 && !memcmp(word, "text", n))
		snprintf(e->text, sizeof(e->text), "%s", value);
	else if (n == 2 && !memcmp(word, "to", n))
		snprintf(e->to, sizeof(e->to), "%s", value);
	else if (n == 4 && !memcmp(word, "size", n)) {
		e->size = strtoull(value, NULL, 10);
		e->has_size = 1;
	} else {
		return -1;
	}
	return 0;
}

static int parse(struct entry *e, char *arg)
{
	static const struct {
		const char *name;
		char type;
	} types[] = {
		{ "file", '0' },  { "hard", '1' }, { "link", '2' }, { "char", '3' },
		{ "block", '4' }, { "dir", '5' },  { "fifo", '6' }, { "cont", '7' }
	};
	char *word = strtok(arg, ",");

	*e = (struct entry){ .mode = 0755, .count = 1 };
	for (size_t i = 0; word && i < sizeof(types) / sizeof(*types); i++)
		if (strcmp(word, types[i].name) == 0)
			e->type = types[i].type;
	word = strtok(NULL, ",");
	if (!e->type || !word)
		return -1;
	snprintf(e->name, sizeof(e->name), "%s", word);
	while ((word = strtok(NULL, ",")))
		if (key(e, word) < 0)
			return -1;
	return 0;
}

int main(int argc, char *argv[])
{
	static struct entry e;
	const char *last = argv[argc - 1];
	int noend = 0;

	if (strncmp(last, "cut=", 4) == 0 || strcmp(last, "noend") == 0) {
		noend = last[0] == 'n';
		if (!noend)
			left = strtoull(last + 4, NULL, 10);
		argc--;
	}
	for (int i = 1; i < argc; i++) {
		if (parse(&e, argv[i]) < 0) {
			fprintf(stderr, "mktar: what is %s?\n", argv[i]);
			return 2;
		}
		put_entry(&e);
	}
	if (!noend)
		put_zeros(1024);
	return fflush(stdout) != 0;
}
