#include "stepsh/specials.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "stepsh/array.h"
#include "stepsh/builtin.h"
#include "stepsh/exec.h"
#include "stepsh/path.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

static struct timespec start_time;
static int64_t seconds_base;
static uint32_t random_state;

// Give a computed variable its value of now, keeping its attributes.
static void refresh(struct var *v, int64_t value)
{
	const struct var_hook *hook = v->hook;
	uint32_t flags = v->flags;
	char num[32];

	v->hook = NULL;
	v->flags &= ~(uint32_t)(VAR_INTEGER | VAR_READONLY);
	snprintf(num, sizeof(num), "%lld", (long long)value);
	var_assign(v, num, strlen(num), VAR_FORCE);
	v->flags = flags | VAR_SET;
	v->hook = hook;
}

static void get_lineno(struct var *v)
{
	if (v->flags & VAR_LOCAL && !(v->flags & VAR_SET))
		return;
	refresh(v, sh.where.line);
}

static void get_random(struct var *v)
{
	random_state = random_state * 1103515245u + 12345u;
	refresh(v, random_state >> 16 & 0x7fff);
}

static void set_random(struct var *v)
{
	if (v->flags & VAR_SET && v->value)
		random_state = (uint32_t)strtoul(v->value, NULL, 10);
}

static void get_srandom(struct var *v)
{
	uint32_t x = 0;

	if (getrandom(&x, sizeof(x), 0) < 0)
		x = (uint32_t)clock();
	refresh(v, x);
}

static int64_t now_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec - start_time.tv_sec;
}

static void get_seconds(struct var *v)
{
	refresh(v, now_seconds() - seconds_base);
}

static void set_seconds(struct var *v)
{
	if (v->flags & VAR_SET && v->value)
		seconds_base = now_seconds() - strtoll(v->value, NULL, 10);
}

static void get_epoch(struct var *v)
{
	refresh(v, time(NULL));
}

static void get_epoch_real(struct var *v)
{
	const struct var_hook *hook = v->hook;
	struct timespec t;
	char text[48];

	clock_gettime(CLOCK_REALTIME, &t);
	snprintf(text, sizeof(text), "%lld.%06ld", (long long)t.tv_sec, t.tv_nsec / 1000);
	v->hook = NULL;
	var_assign(v, text, strlen(text), VAR_FORCE);
	v->hook = hook;
}

static void get_bashpid(struct var *v)
{
	refresh(v, getpid());
}

static void get_subshell(struct var *v)
{
	refresh(v, sh.subshell);
}

// Give v a text without asking its attributes.
static void refresh_text(struct var *v, const char *s, size_t n)
{
	const struct var_hook *hook = v->hook;

	v->hook = NULL;
	var_assign(v, s, n, VAR_FORCE);
	v->hook = hook;
}

static void get_last_arg(struct var *v)
{
	if (!sh_opt(OPT_POSIX))
		refresh_text(v, str_cstr(&sh.last_arg), sh.last_arg.len);
}

static void set_last_arg(struct var *v)
{
	str_clear(&sh.last_arg);
	if (v->flags & VAR_SET && v->value)
		str_addn(&sh.last_arg, v->value, v->len);
}

// BASH_COMMAND: the text of the command that runs, or that a trap's action interrupted.
static void get_command(struct var *v)
{
	const struct range *r = sh.in_trap ? &sh.trap_at : &sh.where;

	if (!sh_opt(OPT_POSIX) && r->src && r->end <= r->src->len && r->begin <= r->end)
		refresh_text(v, r->src->text + r->begin, r->end - r->begin);
}

static void set_ifs(struct var *v)
{
	const char *s = v->flags & VAR_SET && v->value ? v->value : " \t\n";
	uint32_t c;

	memset(ifs_class, 0, sizeof(ifs_class));
	memset(ifs_first, 0, sizeof(ifs_first));
	if (*s) {
		size_t n = utf8_decode(s, strlen(s), &c);

		memcpy(ifs_first, s, n);
	}
	ifs_wide = 0;
	while (*s) {
		size_t n = utf8_decode(s, strlen(s), &c);

		if (n > 1)
			ifs_wide = 1;
		else
			ifs_class[(unsigned char)*s] =
				*s == ' ' || *s == '\t' || *s == '\n' ? 2 : 1;
		s += n;
	}
}

size_t ifs_wide_at(const char *s, size_t n)
{
	const char *ifs = var_get("IFS");
	uint32_t c;
	size_t k;

	if ((unsigned char)*s < 0xc0 || !ifs)
		return 0;
	k = utf8_decode(s, n, &c);
	if (k < 2)
		return 0;
	for (; *ifs; ifs += utf8_decode(ifs, strlen(ifs), &c))
		if (!strncmp(ifs, s, k))
			return k;
	return 0;
}

static void set_path(struct var *v)
{
	(void)v;
	path_forget();
}

static void set_optind(struct var *v)
{
	getopts_reset(v->flags & VAR_SET && v->value ? atoi(v->value) : 1);
}

// FUNCNAME, BASH_SOURCE, BASH_LINENO from the frames; made anew for each reading.
static void frames_array(struct var *v, int what)
{
	const struct range *at = &sh.where;
	int64_t i = 0;
	char num[16];

	array_destroy(v->array);
	v->array = array_create(0);
	v->flags |= VAR_ARRAY | VAR_SET;
	for (const struct frame *f = sh.frame; f; f = f->up) {
		const char *s = NULL;

		if (f->kind == FRAME_EVAL || f->kind == FRAME_TRAP)
			continue;
		if (f->kind == FRAME_MAIN && (what == 'f' && !i))
			break;
		if (what == 'f')
			s = f->kind == FRAME_FUNCTION ? f->name
			    : f->kind == FRAME_MAIN   ? "main"
			                              : "source";
		else if (what == 's')
			s = f->kind == FRAME_FUNCTION && at->src ? at->src->name
			                                         : f->name;
		if (what == 'l') {
			snprintf(num, sizeof(num), "%u", (unsigned)f->call.line);
			s = num;
		}
		if (s)
			array_put(v->array, i++, NULL, s, strlen(s), 0);
		at = &f->call;
	}
	// Below all calls: the script itself.
	if (what == 's' && sh.script_fd >= 0)
		array_put(v->array, i++, NULL, sh.arg0, strlen(sh.arg0), 0);
	else if (i && sh.script_fd >= 0)
		array_put(v->array, i++, NULL, what == 'f' ? "main" : "0",
		          what == 'f' ? 4 : 1, 0);
	if (!i) {
		array_destroy(v->array);
		v->array = NULL;
		v->flags &= ~(uint32_t)(VAR_ARRAY | VAR_SET);
	}
}

static void get_funcname(struct var *v)
{
	if (!sh_opt(OPT_POSIX))
		frames_array(v, 'f');
}

static void get_source(struct var *v)
{
	if (!sh_opt(OPT_POSIX))
		frames_array(v, 's');
}

static void get_linenos(struct var *v)
{
	if (!sh_opt(OPT_POSIX))
		frames_array(v, 'l');
}

static void get_pipestatus(struct var *v)
{
	char num[16];

	array_destroy(v->array);
	v->array = array_create(0);
	v->flags |= VAR_ARRAY | VAR_SET;
	for (int i = 0; i < sh.n_pipestatus; i++) {
		snprintf(num, sizeof(num), "%d", sh.pipestatus[i]);
		array_put(v->array, i, NULL, num, strlen(num), 0);
	}
}

// clang-format off
static const struct var_hook hooks[] = {
	{ "BASHPID", get_bashpid, NULL },
	{ "BASH_COMMAND", get_command, NULL },
	{ "BASH_LINENO", get_linenos, NULL },
	{ "BASH_SOURCE", get_source, NULL },
	{ "BASH_SUBSHELL", get_subshell, NULL },
	{ "EPOCHREALTIME", get_epoch_real, NULL },
	{ "EPOCHSECONDS", get_epoch, NULL },
	{ "FUNCNAME", get_funcname, NULL },
	{ "IFS", NULL, set_ifs },
	{ "LINENO", get_lineno, NULL },
	{ "OPTIND", NULL, set_optind },
	{ "PATH", NULL, set_path },
	{ "PIPESTATUS", get_pipestatus, NULL },
	{ "RANDOM", get_random, set_random },
	{ "SECONDS", get_seconds, set_seconds },
	{ "SRANDOM", get_srandom, NULL },
	{ "_", get_last_arg, set_last_arg },
};
// clang-format on

const struct var_hook *special_hook(const char *name)
{
	if ((*name < 'B' || *name > 'S') && *name != '_')
		return NULL;
	for (size_t i = 0; i < ARRAY_LEN(hooks); i++)
		if (!strcmp(hooks[i].name, name))
			return &hooks[i];
	return NULL;
}

void special_readonly(const char *name)
{
	report_note(WIRE_FAIL_READONLY, WIRE_T_VAR, name, strlen(name), 0);
}

static void init_pwd(void)
{
	const char *pwd = var_get("PWD");
	struct stat a, b;
	char *cwd;

	if (pwd && *pwd == '/' && !strstr(pwd, "/./") && !strstr(pwd, "/../") &&
	    stat(pwd, &a) == 0 && stat(".", &b) == 0 && a.st_dev == b.st_dev &&
	    a.st_ino == b.st_ino)
		return;
	cwd = getcwd(NULL, 0);
	if (cwd)
		var_set("PWD", cwd, VAR_FORCE);
	free(cwd);
}

static void set_constant(const char *name, const char *value)
{
	var_set(name, value, VAR_FORCE);
	var_find(name, strlen(name))->flags |= VAR_READONLY;
}

// Scripts ask which constructs they may use; ours are those of bash 5.2.
static void bash_version(void)
{
	static const char *const parts[] = { "5", "2", "0", "1", "stepsh" };
	struct var *v = var_make("BASH_VERSINFO", 13);

	var_set("BASH_VERSION", "5.2.0(1)-stepsh", VAR_FORCE);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		array_set(v, (int64_t)i, NULL, parts[i], strlen(parts[i]), 0);
	v->flags |= VAR_READONLY;
}

void special_init(void)
{
	static const char *const lazy[] = { "BASHPID",       "BASH_COMMAND",
		                            "BASH_LINENO",   "BASH_SOURCE",
		                            "BASH_SUBSHELL", "EPOCHREALTIME",
		                            "EPOCHSECONDS",  "FUNCNAME",
		                            "LINENO",        "PIPESTATUS",
		                            "RANDOM",        "SECONDS",
		                            "SRANDOM",       "_" };
	char num[24];

	clock_gettime(CLOCK_MONOTONIC, &start_time);
	random_state =
		(uint32_t)(start_time.tv_nsec ^ (start_time.tv_sec << 10) ^ getpid());
	for (size_t i = 0; i < ARRAY_LEN(lazy); i++)
		var_make(lazy[i], strlen(lazy[i]));
	var_set("IFS", " \t\n", VAR_FORCE);
	var_find("IFS", 3)->flags &= ~(uint32_t)VAR_EXPORT;
	var_set("OPTIND", "1", VAR_FORCE);
	if (!sh_opt(OPT_POSIX))
		var_set("OPTERR", "1", VAR_FORCE);
	var_set("PS1", var_get("PS1") && 0 ? "" : geteuid() ? "$ " : "# ", VAR_FORCE);
	var_set("PS2", "> ", VAR_FORCE);
	var_set("PS4", "+ ", VAR_FORCE);
	snprintf(num, sizeof(num), "%d", (int)getppid());
	var_set("PPID", num, VAR_FORCE);
	if (!var_get("PATH"))
		var_set("PATH",
		        "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		        0);
	init_pwd();
	if (!sh_opt(OPT_POSIX)) {
		char host[256] = "";
		struct utsname machine;

		snprintf(num, sizeof(num), "%d", (int)getuid());
		set_constant("UID", num);
		snprintf(num, sizeof(num), "%d", (int)geteuid());
		set_constant("EUID", num);
		bash_version();
		var_set("OSTYPE", "linux-gnu", VAR_FORCE);
		if (uname(&machine) == 0) {
			var_set("HOSTTYPE", machine.machine, VAR_FORCE);
			snprintf(host, sizeof(host), "%s-pc-linux-gnu", machine.machine);
			var_set("MACHTYPE", host, VAR_FORCE);
		}
		gethostname(host, sizeof(host) - 1);
		var_set("HOSTNAME", host, VAR_FORCE);
		snprintf(num, sizeof(num), "%d",
		         var_get("SHLVL") ? atoi(var_get("SHLVL")) + 1 : 1);
		var_set("SHLVL", num, VAR_FORCE | VAR_EXPORT);
	}
}
