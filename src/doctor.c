#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/str.h"
#include "engine/doctor.h"
#include "engine/plan.h"

static void print_row(const struct doctor_row *r)
{
	printf("%-8s %s\n", r->ok ? "ok" : r->needed ? "MISSING" : "absent", r->name);
	if (r->why[0])
		printf("         %s\n", r->why);
	if (!r->ok && r->fix[0])
		printf("         fix: %s\n", r->fix);
}

int doctor_main(int argc, char *argv[])
{
	static struct doctor_row rows[80];
	struct err e = { 0 };
	size_t n, missing = 0;
	int operands = options_parse(NULL, 0, NULL, argc, argv, &e);

	if (operands > 0)
		err_set(&e, "wfx-usage", "doctor takes no FILE");
	if (operands)
		return error_print(&e);
	n = doctor_look(rows, ARRAY_LEN(rows));
	for (size_t i = 0; i < n; i++) {
		print_row(&rows[i]);
		missing += !rows[i].ok && rows[i].needed;
	}
	if (missing)
		printf("\nThis host cannot run formulas yet: see MISSING above.\n");
	else
		printf("\nThis host can run formulas.\n");
	return missing ? 125 : 0;
}

#define FLAG(field) offsetof(struct plan_how, field)
// clang-format off
const struct option plan_options[] = {
	{ "strict", OPTION_FLAG, NULL, "as --batch --strict would", FLAG(strict) },
	{ "interpreter", OPTION_CHOICE, "stepsh|formula", "as --batch --interpreter would",
	  FLAG(formula_interpreter) },
};
// clang-format on

int plan_main(int argc, char *argv[])
{
	struct plan_how how = { 0 };
	struct str out = { 0 };
	struct err e = { 0 };
	int n = options_parse(plan_options, N_PLAN_OPTIONS, &how, argc, argv, &e);
	int status = 0;

	if (n == 0)
		err_set(&e, "wfx-usage", "no FILE given");
	if (n <= 0)
		return error_print(&e);
	for (int i = 0; i < n && !status; i++) {
		str_clear(&out);
		if (plan_formula(argv[i], &how, &out, &e) < 0)
			status = error_print(&e);
		else
			fputs(str_cstr(&out), stdout);
	}
	str_finish(&out);
	return status;
}
