// Is a ware anywhere at hand?
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/cache.h"
#include "store/inside.h"
#include "store/store.h"

static int aliased(struct store *s, const struct wareid *id)
{
	struct filters f = filters_default(FILTER_UNPACK);
	struct shelf shelf;

	return alias_read(s, id, &f, &shelf) && shelf_exists(s, &shelf);
}

int store_has_blob(struct store *s, const struct wareid *id)
{
	char rel[WARE_PATH];

	if (store_ware_check(id, NULL) < 0)
		return 0;
	for (size_t i = 0; i < s->n_warehouses; i++) {
		auto_free char *path = xasprintf("%s/%s", s->warehouses[i],
		                                 store_ware_path(id->hash, rel));

		if (access(path, R_OK) == 0)
			return 1;
	}
	return 0;
}

int store_has(struct store *s, const struct wareid *id)
{
	struct shelf shelf = { 0 };

	if (strcmp(id->packtype, "tar") == 0 && strcmp(id->hash, "-") == 0)
		return 1;
	if (store_ware_check(id, NULL) < 0)
		return 0;
	snprintf(shelf.type, sizeof(shelf.type), "%s", id->packtype);
	snprintf(shelf.name, sizeof(shelf.name), "%s", id->hash);
	return store_has_blob(s, id) || shelf_exists(s, &shelf) || aliased(s, id);
}
