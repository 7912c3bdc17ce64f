#include "stepsh/why.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "stepsh/path.h"
#include "stepsh/report.h"
#include "stepsh/sh.h"
#include "stepsh/var.h"

static ssize_t head_of(const char *file, char *buf, size_t n)
{
	auto_fd int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	return fd < 0 ? -1 : read(fd, buf, n);
}

int why_is_script(const char *file)
{
	char buf[512];
	ssize_t n = head_of(file, buf, sizeof(buf));
	char *line;

	if (n < 0)
		return 0;
	line = memchr(buf, '\n', (size_t)n);
	return !memchr(buf, '\0', line ? (size_t)(line - buf) : (size_t)n);
}

// The loader that an ELF program asks for.
static int elf_loader(const char *file, char *out, size_t max)
{
	auto_fd int fd = open(file, O_RDONLY | O_CLOEXEC);
	Elf64_Ehdr h;

	if (fd < 0 || pread(fd, &h, sizeof(h), 0) != sizeof(h) ||
	    memcmp(h.e_ident, ELFMAG, SELFMAG))
		return 0;
	if (h.e_ident[EI_CLASS] != ELFCLASS64) {
		Elf32_Ehdr g;
		Elf32_Phdr p;

		if (pread(fd, &g, sizeof(g), 0) != sizeof(g))
			return 0;
		for (int i = 0; i < g.e_phnum && i < 64; i++) {
			ssize_t n;

			if (pread(fd, &p, sizeof(p),
			          (off_t)g.e_phoff + i * (off_t)sizeof(p)) != sizeof(p))
				return 0;
			if (p.p_type != PT_INTERP)
				continue;
			n = pread(fd, out, p.p_filesz < max ? p.p_filesz : max - 1,
			          p.p_offset);
			if (n <= 0)
				return 0;
			out[n] = '\0';
			return 1;
		}
		return 0;
	}
	for (int i = 0; i < h.e_phnum && i < 64; i++) {
		Elf64_Phdr p;
		ssize_t n;

		if (pread(fd, &p, sizeof(p), (off_t)h.e_phoff + i * (off_t)sizeof(p)) !=
		    sizeof(p))
			return 0;
		if (p.p_type != PT_INTERP)
			continue;
		n = pread(fd, out, p.p_filesz < max ? p.p_filesz : max - 1,
		          (off_t)p.p_offset);
		if (n <= 0)
			return 0;
		out[n] = '\0';
		return 1;
	}
	return 0;
}

// The interpreter of a #! line.
static int shebang(const char *file, char *out, size_t max)
{
	char buf[260];
	ssize_t n = head_of(file, buf, sizeof(buf) - 1);
	char *s, *end;

	if (n < 3 || buf[0] != '#' || buf[1] != '!')
		return 0;
	buf[n] = '\0';
	s = buf + 2 + strspn(buf + 2, " \t");
	end = s + strcspn(s, " \t\n");
	snprintf(out, max, "%.*s", (int)(end - s), s);
	return *out != '\0';
}

// The file is there, but what it needs to run is not.
static int missing_interpreter(const char *name, const char *file)
{
	char interp[256];
	size_t n;

	if (shebang(file, interp, sizeof(interp)) && access(interp, F_OK) != 0) {
		n = strlen(interp);
		if (n && interp[n - 1] == '\r')
			sh_message(name,
			           "its interpreter \"%.*s\\r\" does not exist: the file "
			           "has "
			           "DOS line ends",
			           (int)n - 1, interp);
		else
			sh_message(name, "its interpreter %s does not exist", interp);
	} else if (elf_loader(file, interp, sizeof(interp)) &&
	           access(interp, F_OK) != 0) {
		sh_message(name, "its ELF loader %s does not exist", interp);
	} else {
		return 0;
	}
	report_note(WIRE_FAIL_NO_INTERPRETER, WIRE_T_INTERP, interp, strlen(interp),
	            ENOENT);
	report_note_more(WIRE_T_PATH, file, strlen(file));
	return 1;
}

int why_not_started(const char *name, const char *file, int error, const char *path)
{
	int kind = WIRE_FAIL_NOT_EXECUTABLE, status = 126;
	struct stat st;

	if (!path)
		path = var_get("PATH");
	if (!path)
		path = "";
	if (!strchr(name, '/') && !file) {
		if (error == EACCES) {
			sh_message(name, "found in PATH, but not executable");
			report_note(WIRE_FAIL_PERMISSION, WIRE_T_PATH, path, strlen(path),
			            error);
			return 126;
		}
		sh_message(name, "not found");
		report_note(WIRE_FAIL_NOT_FOUND, WIRE_T_PATH, path, strlen(path), ENOENT);
		return 127;
	}
	if (!file)
		file = name;
	if (error == ENOENT || error == ENOTDIR) {
		if (stat(file, &st) == 0 && missing_interpreter(name, file))
			return 127;
		kind = WIRE_FAIL_NOT_FOUND;
		status = 127;
		sh_message(name, error == ENOTDIR
		                         ? "not found: a part of the path is no directory"
		                         : "not found");
	} else if (stat(file, &st) == 0 && S_ISDIR(st.st_mode)) {
		kind = WIRE_FAIL_IS_DIRECTORY;
		sh_message(name, "is a directory");
	} else if (error == EACCES || error == EPERM) {
		kind = stat(file, &st) == 0 && !(st.st_mode & 0111)
		               ? WIRE_FAIL_NOT_EXECUTABLE
		               : WIRE_FAIL_PERMISSION;
		sh_message(name, kind == WIRE_FAIL_NOT_EXECUTABLE
		                         ? "permission denied: the file is not executable"
		                         : "permission denied");
	} else if (error == E2BIG) {
		kind = WIRE_FAIL_LIMIT;
		sh_message(
			name,
			"the arguments and the environment are too long for the system "
			"(E2BIG)");
	} else if (error == ENOEXEC) {
		sh_message(name,
		           "cannot be executed: wrong format (for another machine?)");
	} else {
		sh_message(name, "cannot be executed: %s", strerror(error));
	}
	report_note(kind, WIRE_T_PATH, file, strlen(file), error);
	return status;
}
