#include "store/seal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/host.h"
#include "base/jsonw.h"
#include "base/mem.h"
#include "base/str.h"
#include "formula/json.h"
#include "store/inside.h"

enum { SEAL_FILE_MAX = 64 * 1024 };

static void hex(char *out, const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 * i, 3, "%02x", p[i]);
}

static int unhex(unsigned char *out, size_t n, const char *text)
{
	if (strlen(text) != 2 * n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		unsigned v;

		if (strspn(text + 2 * i, "0123456789abcdef") < 2 ||
		    sscanf(text + 2 * i, "%2x", &v) != 1)
			return -1;
		out[i] = (unsigned char)v;
	}
	return 0;
}

static int parse(const char *text, size_t n, struct store_seal *seal)
{
	const struct json_options strict = { .strict = 1 };
	struct json_doc d;
	const char *tree;
	int64_t size;
	int ret = -1;

	if (json_parse(&d, "seal", text, n, &strict, NULL) < 0)
		return -1;
	tree = json_get_text(d.root, "tree", "");
	size = json_get_int(d.root, "size", -1);
	if (size >= 0 && *tree && strlen(tree) < sizeof(seal->tree) &&
	    unhex(seal->blob.sha256, SHA256_LEN, json_get_text(d.root, "sha256", "")) ==
	            0 &&
	    unhex(seal->blob.sha384, SHA384_LEN, json_get_text(d.root, "sha384", "")) ==
	            0) {
		seal->blob.size = (uint64_t)size;
		memcpy(seal->tree, tree, strlen(tree) + 1);
		ret = 0;
	}
	json_finish(&d);
	return ret;
}

static char *seal_dir(const struct wareid *id)
{
	return xasprintf(".wfx/seal/%s/%.3s/%.3s", id->packtype, id->hash, id->hash + 3);
}

int seal_read(struct store *s, const struct wareid *id, struct store_seal *seal,
              struct err *e)
{
	auto_free char *dir = seal_dir(id);
	auto_free char *path = xasprintf("%s/%s.json", dir, id->hash);
	struct str text = { 0 };
	int ret = 1;

	memset(seal, 0, sizeof(*seal));
	if (fd_read_file(s->root_fd, path, &text, SEAL_FILE_MAX) < 0) {
		ret = errno == ENOENT ? 0
		                      : err_sys(e, "rio-local-cache-problem",
		                                "reading %s/%s", s->root, path);
		goto out;
	}
	if (parse(str_cstr(&text), text.len, seal) < 0)
		ret = err_set(e, "rio-local-cache-problem", "%s/%s is damaged", s->root,
		              path);
out:
	str_finish(&text);
	return ret;
}

int seal_write(struct store *s, const struct wareid *id, const struct store_seal *seal,
               const char *from, struct err *e)
{
	auto_free char *dir = seal_dir(id);
	auto_free char *name = xasprintf("%s.json", id->hash);
	char sha256[2 * SHA256_LEN + 1], sha384[2 * SHA384_LEN + 1];
	struct str out = { 0 };
	struct jsonw w;
	struct host h;
	int ret;

	host_real(&h);
	hex(sha256, seal->blob.sha256, SHA256_LEN);
	hex(sha384, seal->blob.sha384, SHA384_LEN);
	jsonw_init(&w, &out, JSON_TABS);
	jsonw_open(&w, '{');
	jsonw_kint(&w, "size", (int64_t)seal->blob.size);
	jsonw_kstr(&w, "sha256", sha256);
	jsonw_kstr(&w, "sha384", sha384);
	jsonw_kstr(&w, "tree", seal->tree);
	jsonw_kstr(&w, "from", from);
	jsonw_kint(&w, "when", h.wall_ns(&h) / 1000000000);
	jsonw_close(&w, '}');
	ret = store_put_file(s, dir, name, out.p, out.len, 0600, e);
	str_finish(&out);
	return ret;
}

int seal_remove(struct store *s, const struct wareid *id, struct err *e)
{
	auto_free char *dir = seal_dir(id);
	auto_free char *path = xasprintf("%s/%s.json", dir, id->hash);

	if (unlinkat(s->root_fd, path, 0) < 0 && errno != ENOENT)
		return err_sys(e, "rio-local-cache-problem", "removing %s/%s", s->root,
		               path);
	return 0;
}

int seal_check(struct store *s, const struct wareid *id, const char *tree,
               const char *from, struct err *e)
{
	struct store_seal seal;

	if (seal_read(s, id, &seal, NULL) <= 0)
		return 0;
	if (strcmp(seal.tree, tree) == 0)
		return 1;
	err_set(e, "wfx-seal-mismatch",
	        "%s:%s from %s: the files are right, but its links or special files are "
	        "not those "
	        "first seen under this WareID: full digest %s, first seen %s",
	        id->packtype, id->hash, from, tree, seal.tree);
	err_detail(e, "expected", "%s", seal.tree);
	err_detail(e, "actual", "%s", tree);
	return err_hint(
		e,
		"a tar WareID does not cover links, so this may be a forged ware; if "
		"the new one is right: `wfx ware forget %s:%s`",
		id->packtype, id->hash);
}
