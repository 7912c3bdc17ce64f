// Units of the store: workspace stacks, addresses of warehouses, odd seals and memos.
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/store.h"
#include "store/upkeep.h"
#include "store/warehouse.h"

static char dir[256];

static int setup(void **state)
{
	(void)state;
	snprintf(dir, sizeof(dir), "/tmp/wfx-store-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	return fd_remove_tree(AT_FDCWD, dir);
}

static char *at(const char *rel)
{
	return xasprintf("%s/%s", dir, rel);
}

// "a/b/" is a directory, anything else a file.
static void make(const char *rel)
{
	auto_free char *path = at(rel);
	char *slash = strrchr(path, '/');
	int is_dir = slash[1] == '\0';

	*slash = '\0';
	assert_int_equal(fd_mkdir_p(path, 0755, NULL), 0);
	*slash = '/';
	if (!is_dir)
		assert_int_equal(fd_write_file(path, "", 0, 0644, NULL), 0);
}

static const struct {
	const char *files; // separated by spaces
	const char *start, *home;
	const char *stack; // what is expected, "*" marks roots
} stacks[] = {
	// none: the home workspace, there or not
	{ "w1/ h1/", "w1", "h1", "h1/.warphome*" },
	{ "w2/ h2/.warphome/", "w2", "h2", "h2/.warphome*" },
	{ "w3/", "w3", "h3", "h3/.warphome*" },
	// nearest first; the first root ends it
	{ "w4/.warpforge/ w4/x/.warpforge/ w4/x/y/ h4/", "w4/x/y", "h4",
	  "w4/x/.warpforge w4/.warpforge h4/.warphome*" },
	{ "w5/.warpforge/ w5/x/.warpforge/root h5/", "w5/x", "h5", "w5/x/.warpforge*" },
	{ "w6/.warpforge/root w6/x/.warpforge/", "w6/x", "h6",
	  "w6/x/.warpforge w6/.warpforge*" },
	{ "w6/.warpforge/root w6/x/.warpforge/", "w6/x", NULL,
	  "w6/x/.warpforge w6/.warpforge*" },
	// below the home directory
	{ "h7/.warphome/ h7/p/.warpforge/", "h7/p", "h7",
	  "h7/p/.warpforge h7/.warphome*" },
	{ "h8/p/.warpforge/", "h8/p", "h8", "h8/p/.warpforge h8/.warphome*" },
	// .warphome of somebody else, a file called .warpforge
	{ "w9/.warphome/ h9/", "w9", "h9", "h9/.warphome*" },
	{ "w10/.warpforge h10/", "w10", "h10", "h10/.warphome*" },
};

static void workspace_stacks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(stacks); i++) {
		auto_free char *files = xstrdup(stacks[i].files),
			       *start = at(stacks[i].start);
		auto_free char *home = stacks[i].home ? at(stacks[i].home) : NULL;
		struct workspaces w;
		struct str got = { 0 };
		struct err e = { 0 };

		for (char *rest = files, *f; (f = strsep(&rest, " "));)
			make(f);
		assert_int_equal(workspaces_find(&w, start, home, &e), 0);
		for (size_t k = 0; k < w.n; k++)
			str_addf(&got, "%s%s%s", k ? " " : "",
			         w.items[k].inside + strlen(dir) + 1,
			         w.items[k].is_root ? "*" : "");
		assert_string_equal(str_cstr(&got), stacks[i].stack);
		str_finish(&got);
		workspaces_finish(&w);
	}
}

static void no_workspace(void **state)
{
	struct workspaces w;
	struct err e = { 0 };

	(void)state;
	make("none/");
	{
		auto_free char *start = at("none"), *gone = at("gone");

		assert_int_equal(workspaces_find(&w, start, NULL, &e), -1);
		assert_string_equal(e.code, "warpforge-error-workspace");
		assert_int_equal(workspaces_find(&w, start, "", &e), -1);
		assert_int_equal(workspaces_find(&w, gone, "/root", &e), -1);
		assert_string_equal(e.code, "warpforge-error-io");
	}
	workspaces_finish(&w);
	workspaces_finish(NULL);
}

static const struct {
	const char *addr;
	int kind; // -1 = not an address
	const char *path;
} addresses[] = {
	{ "file:///a/b", WAREHOUSE_FILE, "/a/b" },
	{ "file://a/b", WAREHOUSE_FILE, "a/b" },
	{ "ca+file:///dir", WAREHOUSE_CA_FILE, "/dir" },
	{ "file+ca:///dir", WAREHOUSE_CA_FILE, "/dir" },
	{ "file:///a%20b%2fc%", WAREHOUSE_FILE, "/a b/c%" },
	{ "https://example.org/x", WAREHOUSE_UNSUPPORTED, "example.org/x" },
	{ "ca+s3://x", WAREHOUSE_UNSUPPORTED, "x" },
	{ "file://", -1, NULL },
	{ "file:/a", -1, NULL },
	{ "/a", -1, NULL },
	{ "", -1, NULL },
	{ "file:///a%00b", -1, NULL },
	{ "ftp://x", -1, NULL },
};

static void warehouse_addresses(void **state)
{
	struct str path = { 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
		enum warehouse_kind kind = WAREHOUSE_FILE;
		struct err e = { 0 };
		int ret = warehouse_parse(addresses[i].addr, &kind, &path, &e);

		if (addresses[i].kind < 0) {
			assert_int_equal(ret, -1);
			assert_string_equal(e.code, "wfx-config");
			continue;
		}
		assert_int_equal(ret, 0);
		assert_int_equal((int)kind, addresses[i].kind);
		assert_string_equal(path.p, addresses[i].path);
	}
	{
		auto_free char *addr = warehouse_addr("/a b%2f/c");
		enum warehouse_kind kind;

		assert_int_equal(warehouse_parse(addr, &kind, &path, NULL), 0);
		assert_string_equal(path.p, "/a b%2f/c");
	}
	str_finish(&path);
}

static struct store *open_store(const char *name)
{
	auto_free char *rel = xasprintf("%s/.warpforge/root", name), *start = at(name);
	struct workspaces w;
	struct store_config c = { .workspaces = &w };
	struct store *s;

	make(rel);
	assert_int_equal(workspaces_find(&w, start, NULL, NULL), 0);
	s = store_open(&c, NULL);
	assert_non_null(s);
	workspaces_finish(&w);
	return s;
}

static const char hash[] =
	"4z9DCTxoKkStqXQRwtf9nimpfQQ36dbndDsAPCQgECfbXt3edanUrsVKCjE9TkX2v9";

static void blob_commits(void **state)
{
	struct store *s = open_store("blobs");
	struct wareid id = { .packtype = "tar" };
	struct store_seal seal = { .blob = { .size = 5 }, .tree = "abc" };
	struct store_blob b;
	struct err e = { 0 };
	struct str bytes = { 0 };
	auto_free char *path = xasprintf("%s/4z9/DCT/%s", store_warehouse(s), hash);

	(void)state;
	snprintf(id.hash, sizeof(id.hash), "%s", hash);
	assert_int_equal(store_has(s, &id), 0);
	// what stands there already and is something else gives way
	for (int i = 0; i < 3; i++) {
		const char *text = i == 1 ? "other" : "first";

		assert_int_equal(store_blob_open(s, &b, &e), 0);
		assert_int_equal(fd_write_all(b.fd, text, 5), 0);
		assert_int_equal(store_blob_commit(s, &b, &id, &seal, &e), 0);
		assert_int_equal(b.fd, -1);
		str_clear(&bytes);
		assert_int_equal(fd_read_file(AT_FDCWD, path, &bytes, 100), 0);
		assert_string_equal(bytes.p, text);
	}
	assert_int_equal(store_has(s, &id), 1);
	// another tree under the same WareID
	snprintf(seal.tree, sizeof(seal.tree), "abd");
	assert_int_equal(store_blob_open(s, &b, &e), 0);
	assert_int_equal(store_blob_commit(s, &b, &id, &seal, &e), -1);
	assert_string_equal(e.code, "wfx-seal-mismatch");
	// a damaged seal is no seal
	{
		auto_free char *file = xasprintf("%s/.wfx/seal/tar/4z9/DCT/%s.json",
		                                 store_root(s), hash);

		assert_int_equal(fd_write_file(file, "{\"size\": 5,", 11, 0600, NULL), 0);
	}
	assert_int_equal(store_blob_open(s, &b, &e), 0);
	assert_int_equal(store_blob_commit(s, &b, &id, &seal, &e), 0);
	// discarded: nothing is left
	assert_int_equal(store_blob_open(s, &b, &e), 0);
	store_blob_discard(s, &b);
	store_blob_discard(s, &b);
	// forgotten
	assert_int_equal(store_forget(s, &id, &e), 1);
	assert_int_equal(store_has(s, &id), 0);
	assert_int_equal(store_forget(s, &id, &e), 0);
	str_finish(&bytes);
	store_close(s);
	store_close(NULL);
}

static const char fid[] =
	"zM5K3Zz8R3ioVVWZ6o6GocxPKvubAJfv4iQmDH3GCq9UjtDjHtRWrry4DRoEBPvfUEYFx1D";

// %s is the formula ID.
static const struct {
	const char *text;
	int ret;
} memos[] = {
	{ "{\"formulaID\":\"%s\",\"exitcode\":0,\"results\":{}}", 1 },
	{ "{\"formulaID\":\"%s\",\"exitcode\":0,\"results\":{\"a\":\"ware:tar:-\"}}", 1 },
	{ "{\"formulaID\":\"%s\",\"exitcode\":0,\"results\":{\"a\":\"tar:-\"}}", 0 },
	{ "{\"formulaID\":\"%s\",\"exitcode\":0,\"results\":{\"a\":1}}", 0 },
	{ "{\"formulaID\":\"%s\",\"exitcode\":0,\"results\":{\"a\":\"ware:tar:"
	  "7wjdwS2Bn5\"}}",
	  0 },
	{ "{\"formulaID\":\"%s\",\"exitcode\":1,\"results\":{}}", 0 },
	{ "{\"formulaID\":\"%s\",\"results\":{}}", 0 },
	{ "{\"formulaID\":\"%s\",\"exitcode\":0}", 0 },
	{ "{\"formulaID\":\"x%s\",\"exitcode\":0,\"results\":{}}", 0 },
	{ "{\"formulaID\":\"%s\",\"exitcode\":0,\"results\":{}", 0 },
	{ "[\"%s\"]", 0 },
	{ "", 0 },
};

static void memo_texts(void **state)
{
	struct store *s = open_store("memos");

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(memos); i++) {
		struct str text = { 0 }, got = { 0 };
		const char *mark = strstr(memos[i].text, "%s");
		struct err e = { 0 };

		str_add(&text, memos[i].text);
		if (mark) {
			str_cut(&text, (size_t)(mark - memos[i].text));
			str_addf(&text, "%s%s", fid, mark + 2);
		}
		assert_int_equal(store_memo_write(s, fid, str_cstr(&text), text.len, &e),
		                 0);
		assert_int_equal(store_memo_read(s, fid, &got, &e), memos[i].ret);
		// a hit has no error, what cannot be used has
		assert_int_equal(e.code != NULL, memos[i].ret == 0);
		if (memos[i].ret)
			assert_string_equal(got.p, text.p);
		str_finish(&text);
		str_finish(&got);
	}
	store_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(workspace_stacks),    cmocka_unit_test(no_workspace),
		cmocka_unit_test(warehouse_addresses), cmocka_unit_test(blob_commits),
		cmocka_unit_test(memo_texts),
	};

	return cmocka_run_group_tests_name("store", tests, setup, teardown);
}
