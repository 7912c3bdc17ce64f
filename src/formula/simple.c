#include "formula/simple.h"

#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "formula/schema.h"

// What stands behind the prefix, split at every colon.
enum { MAX_PARTS = 3 };

struct form {
	const char *prefix;
	enum input_kind kind;
	int parts; // exactly; 0 = all of the rest as it is
	int only_plots;
	const char *shape; // for messages
	int (*read)(struct reader *r, const struct json *v, const char **part,
	            struct input *in);
};

static int read_ware(struct reader *r, const struct json *v, const char **part,
                     struct input *in)
{
	struct err why = { 0 };

	(void)part;
	if (wareid_parse(&in->ware, v->text + strlen("ware:"), &why) == 0)
		return 0;
	schema_error(r, v->off, "%s", why.msg);
	return err_hint(r->e, "%s", err_hint_text(&why));
}

static const struct {
	const char *name, *canonical;
	enum mount_mode mode;
} modes[] = {
	{ "ro", "ro", MOUNT_RO },
	{ "rw", "rw", MOUNT_RW },
	{ "overlay", "overlay", MOUNT_OVERLAY },
	{ "readonly", "ro", MOUNT_RO },
	{ "readwrite", "rw", MOUNT_RW },
};

static int read_mount(struct reader *r, const struct json *v, const char **part,
                      struct input *in)
{
	for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
		if (strcmp(modes[i].name, part[0]) != 0)
			continue;
		in->mode = modes[i].mode;
		in->path = part[1];
		in->simple = arena_printf(&r->json->arena, "mount:%s:%s",
		                          modes[i].canonical, part[1]);
		return 0;
	}
	return schema_error(r, v->off,
	                    "unknown mount mode \"%.100s\"; legal: ro, rw and overlay",
	                    part[0]);
}

static int read_literal(struct reader *r, const struct json *v, const char **part,
                        struct input *in)
{
	(void)r, (void)v;
	in->text = part[0];
	return 0;
}

static int read_pipe(struct reader *r, const struct json *v, const char **part,
                     struct input *in)
{
	(void)r, (void)v;
	in->step = part[0];
	in->label = part[1];
	return 0;
}

static int read_catalog(struct reader *r, const struct json *v, const char **part,
                        struct input *in)
{
	(void)r, (void)v;
	in->module = part[0];
	in->release = part[1];
	in->item = part[2];
	return 0;
}

static int read_ingest(struct reader *r, const struct json *v, const char **part,
                       struct input *in)
{
	(void)r, (void)v;
	in->path = part[0];
	in->ref = part[1];
	return 0;
}

// clang-format off
static const struct form forms[] = {
	{ "ware:",       INPUT_WARE,    2, 0, "ware:PACKTYPE:HASH",           read_ware },
	{ "mount:",      INPUT_MOUNT,   2, 0, "mount:MODE:HOSTPATH",          read_mount },
	{ "literal:",    INPUT_LITERAL, 0, 0, "literal:TEXT",                 read_literal },
	{ "pipe:",       INPUT_PIPE,    2, 1, "pipe:STEP:LABEL",              read_pipe },
	{ "catalog:",    INPUT_CATALOG, 3, 1, "catalog:MODULE:RELEASE:ITEM",  read_catalog },
	{ "ingest:git:", INPUT_INGEST,  2, 1, "ingest:git:HOSTPATH:REF",      read_ingest },
};
// clang-format on

// Split text at every colon into exactly n parts, or return -1.
static int split(struct reader *r, const char *text, int n, const char **part)
{
	char *copy = arena_strdup(&r->json->arena, text);

	for (int i = 0; i < n; i++) {
		char *colon = strchr(copy, ':');

		part[i] = copy;
		if ((i + 1 < n) != (colon != NULL))
			return -1;
		if (colon) {
			*colon = '\0';
			copy = colon + 1;
		}
	}
	return 0;
}

static int wrong_shape(struct reader *r, const struct json *v, const struct form *f)
{
	schema_error(r, v->off, "\"%.200s\" does not have the form %s", v->text,
	             f->shape);
	if (f->kind == INPUT_MOUNT || f->kind == INPUT_INGEST)
		err_hint(r->e,
		         "a host path with a colon cannot be written; use a link to it");
	return -1;
}

static int unknown_form(struct reader *r, const struct json *v, int in_plot)
{
	const char *in_plots = in_plot ? ", pipe:, catalog: and ingest:git:" : "";
	struct wareid id;

	if (strncmp(v->text, "oci:", 4) == 0) {
		schema_error(r, v->off,
		             "\"%.200s\": OCI images are an extension of rustwarp",
		             v->text);
		return err_hint(r->e,
		                "pack the image's tree as a ware with `wfx ware pack`");
	}
	schema_error(r, v->off,
	             "\"%.200s\" has no prefix that an input can have; legal: ware:, "
	             "mount:%s literal:%s",
	             v->text, in_plot ? "," : " and", in_plots);
	if (wareid_parse(&id, v->text, NULL) == 0)
		err_hint(r->e, "did you mean \"ware:%.200s\"?", v->text);
	else if (v->text[0] == '/' || v->text[0] == '.')
		err_hint(r->e, "did you mean \"mount:ro:%.200s\"?", v->text);
	return -1;
}

static const struct form *find_form(const char *text)
{
	for (size_t i = 0; i < ARRAY_LEN(forms); i++)
		if (strncmp(text, forms[i].prefix, strlen(forms[i].prefix)) == 0)
			return &forms[i];
	return NULL;
}

int simple_read(struct reader *r, const struct json *v, int in_plot, struct input *in)
{
	const char *part[MAX_PARTS] = { 0 };
	const struct form *f;
	const char *rest;

	if (schema_expect(r, v, JSON_STRING, "an input") < 0)
		return -1;
	f = find_form(v->text);
	if (!f)
		return unknown_form(r, v, in_plot);
	if (f->only_plots && !in_plot)
		return schema_error(r, v->off,
		                    "\"%.200s\": %s inputs exist in plots only", v->text,
		                    f->prefix);
	rest = v->text + strlen(f->prefix);
	if (f->parts && split(r, rest, f->parts, part) < 0)
		return wrong_shape(r, v, f);
	if (!f->parts)
		part[0] = rest;
	in->kind = f->kind;
	in->simple = v->text;
	return f->read(r, v, part, in);
}

int simple_read_pipe(struct reader *r, const struct json *v, const char **step,
                     const char **label)
{
	struct input in = { 0 };

	if (schema_expect(r, v, JSON_STRING, "an output of a plot") < 0)
		return -1;
	if (strncmp(v->text, "pipe:", 5) != 0)
		return schema_error(r, v->off,
		                    "\"%.200s\": an output of a plot has the form "
		                    "pipe:STEP:LABEL",
		                    v->text);
	if (simple_read(r, v, 1, &in) < 0)
		return -1;
	*step = in.step;
	*label = in.label;
	return 0;
}
