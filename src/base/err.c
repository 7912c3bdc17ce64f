#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// clang-format off
static const struct err_code codes[] = {
	// the command line and configuration
	{ "wfx-usage",                          2, "`wfx --help` lists commands and flags" },
	{ "warpforge-error-invalid-argument",   2, NULL },
	{ "wfx-config",                         2, NULL },
	// the document
	{ "warpforge-error-serialization",      3, NULL },
	{ "warpforge-error-formula-invalid",    3, NULL },
	{ "warpforge-error-plot-invalid",       3, NULL },
	{ "warpforge-error-module-invalid",     3, NULL },
	{ "warpforge-error-wareid-invalid",     3, "a WareID reads packtype:hash, for example tar:4z9DCT..." },
	{ "warpforge-error-invalid",            3, NULL },
	{ "warpforge-error-datatoonew",         3, "this document was written for a newer format" },
	{ "wfx-consent",                        3, "allow it with --allow=..., or remove it from the formula" },
	{ "wfx-strict",                         3, "run without --strict, or remove it from the formula" },
	// inputs
	{ "warpforge-error-ware-unpack",        4, NULL },
	{ "warpforge-error-missing",            4, NULL },
	{ "rio-ware-not-found",                 4, "add a warehouse that has it, or pack it anew with `wfx ware pack`" },
	{ "rio-ware-corrupt",                   4, NULL },
	{ "rio-hash-mismatch",                  4, "the bytes are not what the WareID promises; fetch it from another warehouse" },
	{ "rio-warehouse-unavailable",          4, NULL },
	{ "rio-filter-rejection",               4, "allow it with the filters setid=follow or dev=follow on that input" },
	{ "rio-local-cache-problem",            4, "`wfx store verify` checks the cache" },
	{ "rio-inoperable-path",                4, NULL },
	{ "wfx-seal-mismatch",                  4, "`wfx ware verify` shows what differs" },
	{ "wfx-input-mount",                    4, NULL },
	// outputs
	{ "warpforge-error-ware-pack",          5, NULL },
	{ "rio-pack-invalid",                   5, NULL },
	{ "rio-warehouse-unwritable",           5, NULL },
	{ "wfx-output-rejected",                5, "remove the set-id bit or the device before the last step ends" },
	// the build
	{ "warpforge-error-executor-failed",    1, NULL },
	{ "warpforge-error-plot-step-failed",   1, NULL },
	{ "wfx-step-failed",                    1, NULL },
	{ "wfx-timeout",                      124, "give it longer with --timeout or --step-timeout" },
	{ "wfx-needs-terminal",                 6, NULL },
	{ "wfx-not-reproducible",               7, NULL },
	// wfx and its host
	{ "wfx-sandbox",                      125, "`wfx doctor` shows what this host allows" },
	{ "wfx-lost",                         125, NULL },
	{ "wfx-protocol",                     125, NULL },
	{ "warpforge-error-workspace",        125, NULL },
	{ "warpforge-error-io",               125, NULL },
	{ "warpforge-error-syscall",          125, NULL },
	{ "warpforge-error-internal",         125, NULL },
	{ "wfx-no-space",                     125, "free some disk space, or point TMPDIR and the workspace elsewhere" },
	{ "wfx-cancelled",                    125, NULL },
};
// clang-format on

const struct err_code *err_code_find(const char *code)
{
	for (size_t i = 0; code && i < sizeof(codes) / sizeof(*codes); i++)
		if (strcmp(codes[i].code, code) == 0)
			return &codes[i];
	return NULL;
}

__attribute__((format(printf, 4, 0))) static void
set(struct err *e, const char *code, int sys, const char *fmt, va_list ap)
{
	size_t n;

	err_clear(e);
	e->code = code;
	e->sys = sys;
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	n = strlen(e->msg);
	if (sys)
		snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", strerror(sys));
}

int err_set(struct err *e, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	set(e, code, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int err_sys(struct err *e, const char *code, const char *fmt, ...)
{
	int sys = errno;
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	set(e, code, sys, fmt, ap);
	va_end(ap);
	return -1;
}

int err_wrap(struct err *e, const char *fmt, ...)
{
	char was[sizeof(e->msg)];
	size_t n;
	va_list ap;

	if (!e)
		return -1;
	memcpy(was, e->msg, sizeof(was));
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", was);
	return -1;
}

int err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	va_start(ap, fmt);
	vsnprintf(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
	return -1;
}

void err_detail(struct err *e, const char *key, const char *fmt, ...)
{
	char value[512];
	size_t k = strlen(key) + 1, v;
	va_list ap;

	if (!e)
		return;
	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	v = strlen(value) + 1;
	if (e->details_len + k + v + 1 > sizeof(e->details))
		return;
	memcpy(e->details + e->details_len, key, k);
	memcpy(e->details + e->details_len + k, value, v);
	e->details_len += k + v;
	e->details[e->details_len] = '\0';
}

int err_detail_next(const struct err *e, size_t *pos, const char **key,
                    const char **value)
{
	if (*pos >= e->details_len)
		return 0;
	*key = e->details + *pos;
	*value = *key + strlen(*key) + 1;
	*pos += (size_t)(*value - *key) + strlen(*value) + 1;
	return 1;
}

const char *err_hint_text(const struct err *e)
{
	const struct err_code *row = err_code_find(e->code);

	if (e->hint[0])
		return e->hint;
	return row ? row->hint : NULL;
}

int err_exit_status(const struct err *e)
{
	const struct err_code *row = err_code_find(e->code);

	return row ? row->exit_status : 125;
}

void err_clear(struct err *e)
{
	e->code = NULL;
	e->sys = 0;
	e->msg[0] = e->hint[0] = e->details[0] = '\0';
	e->details_len = 0;
}
