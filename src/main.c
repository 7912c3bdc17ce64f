// wfx: a debugger whose program is a container build.
//
// Map of the files (kept true by tests/lint/layers.sh). Arrows only point down.
//
// The program: faces and the command line
//   main.c      subcommands
//   batch.c     wfx --batch: formulas from scripts and CI
//   cause.c     the probable cause of a failing step
//   doc.c       wfx check, id, fmt
//   doctor.c    wfx doctor, wfx plan
//   jsonface.c  --format=json: the event log's lines on stderr
//   option.c    the command line as tables
//   report.c    the block of a failing step, the summary
//   results.c   --junit and --tap
//   term.c      stderr as people see it
//   textface.c  the text face of a run
//   ware.c      wfx ware, wfx store
//
// Engine: what happens, and the truth about it (all faces draw its model)
//   engine/boxspec.c    from a formula to the box it runs in
//   engine/capture.c    what the box prints, on its way to files and faces
//   engine/consent.c    what a formula asks for from the host
//   engine/doctor.c     what this host allows, each with the fix
//   engine/event.c      one thing that happened
//   engine/eventlog.c   the log of events: stamps, appends, folds into the model
//   engine/jobs.c       the slow jobs of a run: fetching inputs, packing outputs
//   engine/model.c      what is known about a run
//   engine/modeldump.c  the model as text, for tests
//   engine/outlog.c     the bytes that steps print, in files
//   engine/place.c      where run folders and the image of stepsh are
//   engine/plan.c       what a run of a formula would do, without doing it
//   engine/record.c     run records
//   engine/run.c        the run of one formula: a table of states and inputs
//   engine/runbox.c     the run's box: starting it, listening to it
//   engine/runinput.c   the run until its inputs are there
//   engine/runoutput.c  the run's end: outputs, record, memo
//   engine/runstep.c    the run's steps
//   engine/session.c    one start of wfx: its documents, store and run folders
//   engine/stepend.c    from the shell's STEP_END to an event
//   engine/warecmd.c    wares by hand
//   engine/worker.c     a child process for slow work
//
// Formula: documents and their identities
//   formula/check.c     errors of meaning: what parses and cannot run
//   formula/document.c  documents: formulas, plots, modules
//   formula/format.c    documents in upstream's canonical layout
//   formula/grammar.c   the shapes of documents as tables
//   formula/id.c        identities: dag-cbor, SHA-384, base58
//   formula/json.c      reading JSON into a tree with positions
//   formula/jsonlax.c   upstream's lax commas made strict
//   formula/order.c     the order of a plot's steps
//   formula/schema.c    reading a JSON tree into structs by tables
//   formula/simple.c    inputs as one string: ware:, mount:, literal: ...
//   formula/source.c    places in a text, and errors that show them
//   formula/ware.c      WareIDs and filters
//
// Store: wares, packed and unpacked
//   store/blob.c       blobs on their way into a warehouse
//   store/blobhash.c   digests of a blob while it passes
//   store/cache.c      shelves: the cache of unpacked wares
//   store/check.c      is an unpacked tree still what its index says?
//   store/codec.c      what unpack, pack and scan share
//   store/confine.c    lock a worker process in before it parses what strangers made
//   store/copy.c       copying a ware from one warehouse to another
//   store/digest.c     SHA-256 and SHA-384 by libcrypto
//   store/direct.c     unpacking to a path of the user
//   store/fetch.c      getting a ware onto its shelf
//   store/filejob.c    the workers of unpack: hash files and write them
//   store/filter.c     filters applied to a node's metadata
//   store/gzmember.c   wfx's own gzip files of many members
//   store/has.c        is a ware anywhere at hand?
//   store/hashpool.c   reading files on all cores to check their content
//   store/index.c      the table of entries of an unpacked ware
//   store/inflate.c    decompression: gzip, zstd, xz, bzip2
//   store/lock.c       locks, and temporary things that their maker holds locked
//   store/memo.c       memos of runs
//   store/pack.c       pack a directory (or a single file) as a tar ware
//   store/packfile.c   the content of one file on its way into a pack
//   store/packing.c    packing into the root workspace's warehouse
//   store/packout.c    the tar stream cut into members, compressed on all cores
//   store/packwalk.c   the walk over the tree that is packed
//   store/place.c      making the nodes of a tree on disk, nowhere else
//   store/progress.c   telling a caller how far pack and unpack are
//   store/queue.c      a queue between threads, and counted blocks
//   store/seal.c       what the first sight of a ware showed besides its ID
//   store/search.c     a search through the warehouses
//   store/source.c     the packed bytes on their way in
//   store/store.c      opening the store
//   store/stream.c     the tar stream inside a packed file, made ahead by threads
//   store/tarpax.c     pax extended headers
//   store/tarread.c    reading tar archives
//   store/tarwrite.c   writing tar headers
//   store/thread.c     threads of a pipeline
//   store/treehash.c   a fileset in memory and its digests: rio's hash, the seal
//   store/treesync.c   an unpacked tree, down to the disk
//   store/unpack.c     unpacking and scanning a packed tree
//   store/upkeep.c     what is in the store, and getting rid of it
//   store/verify.c     are the wares what they should be?
//   store/warehouse.c  addresses, and blobs read from them
//   store/workspace.c  workspace stacks
//
// Sandbox: the box that steps run in
//   sandbox/box.c         a live sandbox: start, ends, requests
//   sandbox/doctor.c      what this host allows
//   sandbox/entry.c       the last stretch before the program of the box
//   sandbox/filter-gen.c  build time: seccomp filters as C arrays
//   sandbox/filter.c      the seccomp programs
//   sandbox/guard.c       the guard of a box without cgroups
//   sandbox/ids.c         which ids the box has
//   sandbox/image.c       the shell's program as a sealed copy in memory
//   sandbox/init.c        the init of a generation, pid 1 of the steps
//   sandbox/mount.c       mount calls of Linux 5.2 and later, one thin function each
//   sandbox/netfiles.c    host files for a box with the host's network
//   sandbox/ns.c          small services for processes in namespaces of their own
//   sandbox/origin.c      host paths of a plan as mounts of our own
//   sandbox/plan.c        what will be done to make a box, as data
//   sandbox/report.c      what the processes of a starting box tell wfx
//   sandbox/rundir.c      run folders: made, locked, swept
//   sandbox/tables.c      the rules of the box that are lists
//   sandbox/tree.c        putting the box's tree together
//   sandbox/userns.c      user namespaces from outside
//   sandbox/warden.c      the warden: first process of the box, owner of its namespaces
//
// Step shell: a program of its own (static), lives in the box
//   stepsh/arith.c            arithmetic
//   stepsh/array.c            values of array variables
//   stepsh/b_alias.c          alias unalias
//   stepsh/b_dir.c            cd pwd pushd popd dirs
//   stepsh/b_flow.c           break continue return exit shift eval . exec command ...
//   stepsh/b_kill.c           kill
//   stepsh/b_printf.c         printf and echo
//   stepsh/b_read.c           read, mapfile, getopts
//   stepsh/b_test.c           test and [
//   stepsh/b_ulimit.c         ulimit and umask
//   stepsh/b_var.c            set unset export readonly local declare let
//   stepsh/brace.c            brace expansion
//   stepsh/builtin.c          the table of builtins
//   stepsh/builtin_io.c       where output and complaints of plain builtins go
//   stepsh/control.c          the control socket: serving steps to the workbench
//   stepsh/escape.c           backslash escapes
//   stepsh/exec.c             the executor: one walk over the tree
//   stepsh/expand.c           words to text: the expansions in their order
//   stepsh/field.c            field splitting and pathname expansion
//   stepsh/func.c             functions and the frames of calls
//   stepsh/glob.c             a pattern to the paths that match it
//   stepsh/job.c              child processes: forking, waiting, jobs
//   stepsh/lex.c              characters and tokens
//   stepsh/lexparam.c         ${...}: names, subscripts, operators
//   stepsh/lexword.c          words and their parts
//   stepsh/main.c             options of the program, its three ways to run
//   stepsh/math.c             arithmetic with the shell's variables
//   stepsh/message.c          what the shell says about itself
//   stepsh/opt.c              options of `set` and of `shopt`
//   stepsh/param.c            parameter expansion
//   stepsh/parse.c            the parser: text to tree, one complete command at a time
//   stepsh/parse_bash.c       the parts of the grammar that are bash's
//   stepsh/parse_compound.c   compound commands
//   stepsh/parse_simple.c     redirections, simple commands, definitions of functions
//   stepsh/path.c             the search in PATH, remembered
//   stepsh/pattern.c          patterns of the shell
//   stepsh/pattern_bracket.c  bracket expressions
//   stepsh/pattern_ext.c      bash's extended patterns, by sets of positions
//   stepsh/pipe.c             pipelines of several commands, and what `time` prints
//   stepsh/prompt.c           prompts
//   stepsh/quote.c            words quoted so that a shell reads them back
//   stepsh/redir.c            redirections
//   stepsh/report.c           failure reports: which command decided a status, where, why
//   stepsh/script.c           scripts: texts and files that are run, the shell's end
//   stepsh/shell.c            the shell's beginning
//   stepsh/signame.c          names of signals
//   stepsh/simple.c           simple commands
//   stepsh/source.c           sources, units and interned names
//   stepsh/spawn.c            programs at the cost of vfork
//   stepsh/specials.c         variables that are computed (LINENO) or watched (PATH)
//   stepsh/subst.c            command and process substitution
//   stepsh/test.c             [[ ]] and select
//   stepsh/timing.c           the reserved word `time`
//   stepsh/transform.c        the operators of ${...} that are bash's
//   stepsh/trap.c             traps
//   stepsh/var.c              variables: one hash table, local scopes
//   stepsh/why.c              why a program could not be started
//
// Base: what two layers share, libc only
//   base/arena.c    memory for things that die together
//   base/base58.c   the text of WareIDs and IDs
//   base/cbor.c     writing the CBOR that identities are made of
//   base/err.c      errors and the table of their codes
//   base/fd.c       whole files, files that appear whole, folders
//   base/host.c     time, randomness, environment: what a test can fix
//   base/jsonw.c    writing JSON
//   base/loop.c     one poll loop: descriptors, timers, children, signals
//   base/map.c      a hash table from byte strings to pointers
//   base/mem.c      memory
//   base/nearest.c  the word that was probably meant
//   base/str.c      A growing byte string
//   base/utf8.c     UTF-8, and text from strangers made fit to be shown
//   base/wire.c     the protocol between wfx and the step shell

#include "config.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "base/str.h"
#include "batch.h"
#include "doc.h"
#include "doctor.h"
#include "option.h"
#include "ware.h"

static int help_main(int argc, char *argv[]);

// One row a subcommand; the row is its help, too. Faces with a table of options put it
// beside their function and declare both in their header.
// clang-format off
static const struct command commands[] = {
	{ .name = "check", .operands = "FILE...", .help = "parse and validate documents",
	  .options = doc_options, .n_options = N_CHECK_OPTIONS, .run = check_main },
	{ .name = "id", .operands = "FILE...", .help = "print the ID of formulas and plots",
	  .options = doc_options, .n_options = N_ID_OPTIONS, .run = id_main },
	{ .name = "fmt", .operands = "FILE...", .help = "rewrite documents in canonical layout",
	  .more = "A file called - is read from standard input and written to standard output.\n",
	  .options = doc_options, .n_options = N_FMT_OPTIONS, .run = fmt_main },
	{ .name = "ware", .operands = "VERB ...", .help = "pack, unpack, scan, verify wares",
	  .more = ware_help, .run = ware_main },
	{ .name = "store", .operands = "VERB", .help = "what is in the store; check it",
	  .more = store_help, .run = store_main },
	{ .name = "plan", .operands = "FILE...", .help = "print how a formula's box is set up",
	  .options = plan_options, .n_options = N_PLAN_OPTIONS, .run = plan_main },
	{ .name = "doctor", .operands = "", .help = "what this host allows, each with the fix",
	  .more = "What is \"absent\" wfx can do without. Ends with 125 when something is missing.\n",
	  .run = doctor_main },
	{ .name = "help", .operands = "[COMMAND]", .help = "this text, or a command's",
	  .run = help_main },
};
// clang-format on

static const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(commands); i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void help_all(struct str *out)
{
	str_add(out, "usage: wfx --batch [FLAG...] FILE...\n       wfx COMMAND "
	             "...\n\ncommands:\n");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		const struct command *c = &commands[i];
		auto_free char *usage = xasprintf("%s %s", c->name, c->operands);

		str_addf(out, "  %-30s  %s\n", usage, c->help);
	}
	str_add(out,
	        "\nflags:\n"
	        "  --batch                         run formulas (wfx --batch --help)\n"
	        "  --help                          this text; after a command, its "
	        "flags\n"
	        "  --version                       name and version\n");
}

static void help_command(const struct command *c, struct str *out)
{
	str_addf(out, "usage: wfx %s %s%s\n\n%s\n", c->name,
	         c->n_options ? "[FLAG...] " : "", c->operands, c->help);
	if (c->n_options) {
		str_add(out, "\nflags:\n");
		options_help(c->options, c->n_options, out);
	}
	if (c->more)
		str_addf(out, "\n%s", c->more);
}

static int help_print(const struct command *c)
{
	struct str out = { 0 };

	if (c)
		help_command(c, &out);
	else
		help_all(&out);
	fputs(str_cstr(&out), stdout);
	str_finish(&out);
	return 0;
}

// "no such command" with the nearest one; returns the exit status.
static int command_unknown(const char *name)
{
	const char *near =
		nearest(name, &commands[0].name, ARRAY_LEN(commands), sizeof(*commands));
	struct err e = { 0 };

	err_set(&e, "wfx-usage", "no such command: %s", name);
	if (near)
		err_hint(&e, "did you mean `wfx %s`?", near);
	return error_print(&e);
}

static int help_main(int argc, char *argv[])
{
	const struct command *c = NULL;

	if (argc > 1 && !(c = command_find(argv[1])))
		return command_unknown(argv[1]);
	return help_print(c);
}

// Is `flag` among the arguments before "--"?
static int has_flag(int argc, char *argv[], const char *flag)
{
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
		if (strcmp(argv[i], flag) == 0)
			return 1;
	return 0;
}

// The workbench is not there yet: say so, and what is.
static int workbench(const char *file)
{
	struct err e = { 0 };

	err_set(&e, isatty(0) && isatty(1) ? "wfx-usage" : "wfx-needs-terminal",
	        "%s: the full-screen workbench is not in this version of wfx", file);
	err_hint(&e, "`wfx --batch %s` runs it without a screen", file);
	return error_print(&e);
}

static int no_command(int argc, char *argv[])
{
	static const char *const later[] = { "--linear", "--rootfs" };
	struct err e = { 0 };

	if (argc < 2) {
		err_set(&e, "wfx-usage", "no command given");
		return error_print(&e);
	}
	for (size_t i = 0; i < ARRAY_LEN(later); i++)
		if (strcmp(argv[1], later[i]) == 0) {
			err_set(&e, "wfx-usage", "%s: not in this version of wfx",
			        argv[1]);
			return error_print(&e);
		}
	if (argv[1][0] == '-') {
		err_set(&e, "wfx-usage", "unknown option: %s", argv[1]);
		return error_print(&e);
	}
	if (access(argv[1], F_OK) == 0 || strpbrk(argv[1], "./"))
		return workbench(argv[1]);
	return command_unknown(argv[1]);
}

// Started with 0, 1 or 2 closed, the next file opened would take its place, and messages
// would go into it. A closed stdout stays one that cannot be written.
static void open_standard(void)
{
	static const int modes[] = { O_RDONLY, O_RDONLY, O_WRONLY };

	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", modes[fd]);
}

int main(int argc, char *argv[])
{
	const struct command *c = argc > 1 ? command_find(argv[1]) : NULL;

	open_standard();
	if (!c && has_flag(argc, argv, "--batch"))
		c = &batch_command;
	if (has_flag(argc, argv, "--help"))
		return help_print(c);
	if (has_flag(argc, argv, "--version") && !c) {
		puts(PACKAGE_STRING);
		return 0;
	}
	if (c == &batch_command)
		return c->run(argc, argv);
	return c ? c->run(argc - 1, argv + 1) : no_command(argc, argv);
}
