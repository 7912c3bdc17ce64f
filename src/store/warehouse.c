#include "store/warehouse.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/inside.h"

// clang-format off
static const struct scheme {
	const char *prefix;
	enum warehouse_kind kind;
} schemes[] = {
	{ "file://",     WAREHOUSE_FILE },
	{ "ca+file://",  WAREHOUSE_CA_FILE },
	{ "file+ca://",  WAREHOUSE_CA_FILE },
	{ "http://",     WAREHOUSE_UNSUPPORTED },
	{ "https://",    WAREHOUSE_UNSUPPORTED },
	{ "ca+http://",  WAREHOUSE_UNSUPPORTED },
	{ "ca+https://", WAREHOUSE_UNSUPPORTED },
	{ "ca+s3://",    WAREHOUSE_UNSUPPORTED },
	{ "git://",      WAREHOUSE_UNSUPPORTED },
	{ "ssh://",      WAREHOUSE_UNSUPPORTED },
};
// clang-format on

static void unescape(const char *p, struct str *out)
{
	for (; *p; p++) {
		if (p[0] == '%' && isxdigit((unsigned char)p[1]) &&
		    isxdigit((unsigned char)p[2])) {
			char hex[3] = { p[1], p[2], '\0' };

			str_addc(out, (char)strtol(hex, NULL, 16));
			p += 2;
		} else {
			str_addc(out, *p);
		}
	}
}

int warehouse_parse(const char *addr, enum warehouse_kind *kind, struct str *path,
                    struct err *e)
{
	str_clear(path);
	for (size_t i = 0; i < ARRAY_LEN(schemes); i++) {
		size_t n = strlen(schemes[i].prefix);

		if (strncmp(addr, schemes[i].prefix, n) != 0)
			continue;
		unescape(addr + n, path);
		if (path->len == 0 || strlen(path->p) != path->len)
			break;
		*kind = schemes[i].kind;
		return 0;
	}
	err_set(e, "wfx-config", "not a warehouse address: %s", addr);
	return err_hint(e, "addresses read file:///path/of/a/ware or ca+file:///dir");
}

char *warehouse_addr(const char *dir)
{
	struct str out = { 0 };

	str_add(&out, "ca+file://");
	for (; *dir; dir++)
		str_add(&out, *dir == '%' ? "%25" : (char[]){ *dir, '\0' });
	return str_steal(&out);
}

static int open_blob(const char *addr, const char *path, const struct wareid *id,
                     struct err *e)
{
	auto_fd int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return err_set(e, "rio-ware-not-found", "%s has no %s:%s", addr,
		               id->packtype, id->hash);
	if (fd < 0 || fstat(fd, &st) < 0)
		return err_sys(e, "rio-warehouse-unavailable", "reading %s", path);
	if (!S_ISREG(st.st_mode))
		return err_set(e, "rio-warehouse-unavailable", "%s is not a plain file",
		               path);
	return take_fd(fd);
}

int warehouse_open(const char *addr, const struct wareid *id, struct err *e)
{
	char rel[WARE_PATH];
	enum warehouse_kind kind;
	struct str path = { 0 };
	struct stat st;
	int fd = -1;

	if (warehouse_parse(addr, &kind, &path, e) < 0)
		goto out;
	if (kind == WAREHOUSE_UNSUPPORTED) {
		err_set(e, "rio-warehouse-unavailable",
		        "%s: not supported yet: wares are fetched only from files in "
		        "this version",
		        addr);
		err_hint(e,
		         "download the ware and give it as file://PATH, or put it into a "
		         "workspace's warehouse");
		goto out;
	}
	if (kind == WAREHOUSE_CA_FILE) {
		if (stat(path.p, &st) < 0 || !S_ISDIR(st.st_mode)) {
			err_set(e, "rio-warehouse-unavailable",
			        "%s: there is no such folder", addr);
			goto out;
		}
		str_addf(&path, "/%s", store_ware_path(id->hash, rel));
	}
	fd = open_blob(addr, path.p, id, e);
out:
	str_finish(&path);
	return fd;
}
