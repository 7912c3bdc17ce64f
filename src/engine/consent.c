#include "engine/consent.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/str.h"
#include "formula/document.h"

static const char *const mount_names[] = {
	[MOUNT_RO] = "ro",
	[MOUNT_RW] = "rw",
	[MOUNT_OVERLAY] = "overlay",
};

static const char *const mount_means[] = {
	[MOUNT_RO] = "the build can read these files of this host",
	[MOUNT_RW] = "the build can read, change and delete these files of this host",
	[MOUNT_OVERLAY] =
		"the build can read these files of this host; changes stay in the box",
};

static const char *const names[CONSENT_KINDS] = {
	[CONSENT_NETWORK] = "network",
	[CONSENT_MOUNT] = "mount",
};

size_t consent_asks(const struct formula *f, struct consent_ask **asks)
{
	size_t n = 0;

	*asks = xcalloc(f->n_inputs + 1, sizeof(**asks));
	for (size_t i = 0; i < f->n_inputs; i++) {
		const struct port_input *pi = &f->inputs[i];

		if (pi->input.kind != INPUT_MOUNT)
			continue;
		(*asks)[n++] = (struct consent_ask){
			.kind = CONSENT_MOUNT,
			.what = xasprintf("mount:%s:%s at %s",
			                  mount_names[pi->input.mode], pi->input.path,
			                  pi->port.text),
			.consequence = mount_means[pi->input.mode],
		};
	}
	if (f->action.network > 0)
		(*asks)[n++] = (struct consent_ask){
			.kind = CONSENT_NETWORK,
			.what = xstrdup("network"),
			.consequence =
				"the build can talk to every host this one can reach, "
				"services of this host included",
		};
	return n;
}

void consent_free(struct consent_ask *asks, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(asks[i].what);
	free(asks);
}

void consent_list(const struct consent_ask *asks, size_t n, unsigned allowed,
                  struct str *out)
{
	for (size_t i = 0; i < n; i++)
		if (!(allowed & 1U << asks[i].kind))
			str_addf(out, "  %s: %s\n", asks[i].what, asks[i].consequence);
}

unsigned consent_bits(const struct consent_ask *asks, size_t n)
{
	unsigned bits = 0;

	for (size_t i = 0; i < n; i++)
		bits |= 1U << asks[i].kind;
	return bits;
}

void consent_flag(unsigned bits, struct str *out)
{
	const char *comma = "";

	for (int i = 0; i < CONSENT_KINDS; i++) {
		if (!(bits & 1U << i))
			continue;
		str_addf(out, "%s%s", comma, names[i]);
		comma = ",";
	}
}
