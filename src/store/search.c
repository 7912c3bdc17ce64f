#include "store/search.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "store/inside.h"
#include "store/warehouse.h"

// How much an error says about the ware: the greatest is what the user is told. Errors
// that are not in the table end the search.
// clang-format off
static const struct rank {
	const char *code;
	int rank;
	const char *word;
} ranks[] = {
	{ "rio-ware-not-found",        1, "not there" },
	{ "wfx-config",                2, "not an address" },
	{ "rio-warehouse-unavailable", 2, "unavailable" },
	{ "rio-ware-corrupt",          3, "corrupt" },
	{ "rio-hash-mismatch",         4, "wrong hash" },
	{ "rio-inoperable-path",       5, "has hard links" },
	{ "wfx-seal-mismatch",         6, "other links than first seen" },
	{ "rio-filter-rejection",      7, "rejected by the filters" },
};
// clang-format on

enum { RANK_ALARMING = 3 }; // from here on the ware was there and wrong

static const struct rank *rank_of(const char *code)
{
	for (size_t i = 0; i < ARRAY_LEN(ranks); i++)
		if (strcmp(code, ranks[i].code) == 0)
			return &ranks[i];
	return NULL;
}

static void remember(struct search *x, const char *addr, const struct err *why,
                     const struct rank *rank)
{
	str_addf(&x->tried, "%s%s (%s)", x->n_tried++ ? ", " : "", addr, rank->word);
	if (rank->rank > x->worst_rank) {
		x->worst_rank = rank->rank;
		x->worst = *why;
		err_wrap(&x->worst, "%s", addr);
	}
}

static int try_place(struct search *x, const char *addr, struct err *e)
{
	struct err why = { 0 };
	const struct rank *rank;
	auto_fd int blob = -1;

	if (store_tell(x->progress, x->arg, STORE_FETCH, addr, e) < 0)
		return -1;
	blob = warehouse_open(addr, x->id, &why);
	if (blob >= 0 && x->take(x->take_arg, addr, blob, &why) == 0) {
		if (x->worst_rank >= RANK_ALARMING)
			store_notice(x->progress, x->arg,
			             "%s:%s came from %s; before that: %s",
			             x->id->packtype, x->id->hash, addr,
			             str_cstr(&x->tried));
		return 1;
	}
	rank = rank_of(why.code);
	if (rank) {
		remember(x, addr, &why, rank);
		return 0;
	}
	if (e)
		*e = why;
	return err_wrap(e, "fetching %s:%s from %s", x->id->packtype, x->id->hash, addr);
}

// A workspace that never packed anything has no warehouse: the ware is not there.
static int try_warehouse(struct search *x, const char *dir, struct err *e)
{
	auto_free char *addr = warehouse_addr(dir);
	struct err why = { 0 };

	if (access(dir, F_OK) == 0 || errno != ENOENT)
		return try_place(x, addr, e);
	err_set(&why, "rio-ware-not-found", "there is no such folder");
	remember(x, addr, &why, rank_of(why.code));
	return 0;
}

int search_run(struct search *x, struct err *e)
{
	const char *const *more = x->more_addrs;
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < x->s->n_warehouses; i++)
		ret = try_warehouse(x, x->s->warehouses[i], e);
	if (ret == 0 && x->addr)
		ret = try_place(x, x->addr, e);
	for (; ret == 0 && more && *more; more++)
		ret = try_place(x, *more, e);
	return ret;
}

int search_failed(struct search *x, struct err *e)
{
	const struct wareid *id = x->id;

	if (!e)
		return -1;
	if (x->worst_rank <= 1) {
		err_set(e, "rio-ware-not-found", "%s:%s is in none of these places: %s",
		        id->packtype, id->hash, str_cstr(&x->tried));
	} else {
		*e = x->worst;
		err_wrap(e, "fetching %s:%s", id->packtype, id->hash);
		if (x->n_tried > 1 &&
		    strlen(e->msg) + x->tried.len + 16 < sizeof(e->msg)) {
			strcat(e->msg, "; tried: ");
			strcat(e->msg, str_cstr(&x->tried));
		}
	}
	err_detail(e, "wareID", "%s:%s", id->packtype, id->hash);
	return -1;
}

void search_finish(struct search *x)
{
	str_finish(&x->tried);
}
