#include "store/codec.h"

#include <stdio.h>
#include <string.h>

void hash_text(const unsigned char sha384[SHA384_LEN], char out[HASH_TEXT])
{
	base58_encode(out, sha384, SHA384_LEN);
}

const char *name_short(const char *name, char buf[NAME_SHORT])
{
	enum { HEAD = 160, TAIL = 80 };
	size_t n = strlen(name);

	if (n < NAME_SHORT)
		return name;
	snprintf(buf, NAME_SHORT, "%.*s[...]%s", HEAD, name, name + n - TAIL);
	return buf;
}
