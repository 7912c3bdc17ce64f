# What a box is like from inside, and how commands end; as root, as a user, with a range.
. "$SRCDIR/tests/sandbox/lib.sh"

facts='id -u; id -g; hostname; umask; pwd
grep -E "Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp:" /proc/self/status; ulimit -n; ulimit -Hn
ulimit -c; readlink /proc/self/fd/0; env | grep -vE "^(SHLVL|PWD)="'
expected='0
0
runc
0022
/
CapInh:	0000000000000000
CapPrm:	0000000020000420
CapEff:	0000000020000420
CapBnd:	0000000020000420
CapAmb:	0000000000000000
NoNewPrivs:	1
Seccomp:	2
1024
1024
0
/dev/null
HOME=/
TERM=xterm
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

for user in $users; do
	make_user "$user"

	# the contract
	box -- sh -c "$facts"
	is 'the formula contract' 0 "$expected"
	box -s -- sh -c 'hostname; cat /proc/sys/kernel/domainname; ls /sys 2>&1; ls /dev/tty 2>&1
		cat /proc/self/personality'
	is 'strict: name, no /sys, no tty, no address randomization' 0 "wfx
(none)
ls: /sys: No such file or directory
ls: /dev/tty: No such file or directory
00040000"
	box -B -- grep CapEff /proc/self/status
	is 'capabilities of a build' 0 'CapEff:	00000000a00405fb'
	box -E A=b=c -E A2= -- /bin/env
	is 'the environment is what was given, and HOME' 0 'A=b=c
A2=
HOME=/'
	printf 'x:x:1:1::/x:\nroot:x:0:0:r:/root:/bin/sh\n' >"$dir/root/etc/passwd"
	box -E A=b -- /bin/sh -c 'echo $HOME'
	is 'HOME from passwd of the box' 0 /root
	box -E HOME=/given -- /bin/sh -c 'echo $HOME'
	is 'HOME as given' 0 /given
	rm "$dir/root/etc/passwd"
	mkfifo "$dir/root/etc/passwd"
	box -- sh -c 'echo $HOME'
	is 'a passwd that is a FIFO holds nobody up' 0 /
	rm "$dir/root/etc/passwd"
	bare_box -e /etc -o /pkg/bb="$dir/root" -E PATH=/pkg/bb/bin -- sh -c 'ls /; ls -A /'
	is 'an empty root shows the mount points only' 0 'dev
etc
pkg
proc
sys
dev
etc
pkg
proc
sys'
	box -- ls /dev
	is '/dev' 0 'core
fd
full
mqueue
null
ptmx
pts
random
shm
stderr
stdin
stdout
tty
urandom
zero'
	box -- sh -c 'cat /proc/net/dev | grep -c :; ip addr show lo | grep -o "LOOPBACK,UP"; ls /proc | grep "^[0-9]" | sort -n | head -1'
	is 'only lo, up; init cannot be seen' 0 "$(printf '1\nLOOPBACK,UP\n2')"
	box -- sh -c 'echo x >/dev/null && head -c 3 /dev/zero | wc -c && echo y >/dev/shm/f && cat /dev/shm/f; echo a >/dev/x'
	ok "$user: /dev works and is read-only" test "$out" = '3
y' -a "$status" = 1
	box -f run='echo "$0"' -f entry-0=x -- sh -c 'sh /.warpforge.container/script/run; ls /.warpforge.container/script; ls /; echo no >/.warpforge.container/script/run'
	is 'script files' 1 '/.warpforge.container/script/run
entry-0
run
bin
dev
etc
proc
sys
tmp'

	# inputs
	mkdir -p "$dir/ware/sub" "$dir/host"
	echo ware >"$dir/ware/f"
	echo host >"$dir/host/f"
	echo one >"$dir/onefile"
	ln -s /f "$dir/ware/abs"
	[ "$user" = self ] || chown -R $tester:$tester "$dir"
	box -o /a/b/c="$dir/ware" -- sh -c 'cat /a/b/c/f; echo new >/a/b/c/f; rm -r /a/b/c/sub; mkdir /a/b/c/mine; cat /a/b/c/f; ls /a/b/c; stat -c %a /a /a/b'
	is 'overlay: changes stay in the box' 0 'ware
new
abs
f
mine
755
755'
	ok "$user: overlay: the source is as it was" test "$(cat "$dir/ware/f")" = ware -a -d "$dir/ware/sub" -a ! -e "$dir/ware/mine"
	box -o /p1="$dir/ware" -o /p2="$dir/ware" -- sh -c 'echo 1 >/p1/f; cat /p2/f'
	is 'the same ware on two ports' 0 ware
	box -o /x="$dir/ware" -o /x/sub/deep="$dir/host" -e /x/sub/deep/er -b /x/sub/deep/er/still="$dir/onefile" -- sh -c 'cat /x/sub/deep/f; cat /x/sub/deep/er/still; ls /x/sub/deep'
	is 'nested ports' 0 'host
one
er
f'
	ok "$user: nested ports leave the hosts alone" test ! -e "$dir/ware/sub/deep" -a ! -e "$dir/host/er"
	box -b /m="$dir/host" -b /etc/one="$dir/onefile" -- sh -c 'cat /m/f /etc/one; echo x >/m/f; echo x >/etc/one; touch /m/new; rm /m/f'
	is 'read-only binds of a folder and a file' 1 'host
one'
	ok "$user: read-only binds stay" test "$(cat "$dir/host/f")" = host
	box -w /m="$dir/host" -- sh -c 'echo changed >/m/f; echo new >/m/g; chmod 4755 /m/g 2>/dev/null || echo refused'
	is 'writable bind; no set-id files on the host' 0 refused
	ok "$user: writable bind changes the host" test "$(cat "$dir/host/f")" = changed
	ok "$user: files made through it belong to the caller" test "$(stat -c %u "$dir/host/g")" = "$(stat -c %u "$dir/host")"
	box -e /e -- sh -c 'ls /e | wc -l; echo x >/e/f; cat /e/f'
	is 'empty port' 0 '0
x'
	ln -s ../../../../../../outside "$dir/root/link"
	mkdir -p "$dir/root/usr" && ln -s usr "$dir/root/abs"
	[ "$user" = self ] || chown -R $tester:$tester "$dir/root/usr"
	box -o /link="$dir/ware" -- ls /outside
	ok "$user: a link in a target does not lead out" test ! -e /outside
	box -o /abs/port="$dir/ware" -- sh -c 'cat /usr/port/f; cat /abs/port/f'
	is 'links in targets are followed inside' 0 'ware
ware'
	rm "$dir/root/link"
	box -O -o /new/port="$dir/ware" -o /tmp/x="$dir/ware" -- true
	is 'paths that the runtime made' 0 'made /dev
made /proc
made /new
made /new/port
made /tmp/x
made /sys'
	box -- sh -c 'cut -d" " -f4,5,10- /proc/self/mountinfo | grep -F '"$work"
	is 'no host path in mountinfo' 1 ''
	ln -s /elsewhere "$dir/root/proc"
	box -- true
	says '/proc as a symlink in the root is refused' 125 'symlink'
	rm "$dir/root/proc"

	# bad sources and targets
	box -o /x="$dir/none" -- true
	says 'a missing source' 125 'wfx-input-mount'
	box -o /x="$dir/onefile" -- true
	says 'overlay of a file' 125 'not a folder'
	box -b /bin="$dir/onefile" -- true
	says 'a file over a folder' 125 'is a folder in the box'
	box -o x="$dir/ware" -- true
	says 'a relative target' 125 'not an absolute path'
	box -o /a/../b="$dir/ware" -- true
	says 'dots in a target' 125 '. or ..'
	box -o /proc/x="$dir/ware" -- true
	says 'a target in /proc' 125 'nothing can be mounted in /proc'
	for way in proc dev; do
		ln -s /$way "$dir/root/way"
		box -o /way="$dir/ware" -- true
		says "a target that is a link to /$way" 125 'nothing can be mounted there'
		rm "$dir/root/way"
	done
	box -o /bin/sh/x="$dir/ware" -- true
	ok "$user: a target below a file" test "$status" = 125
	box -b /m="$dir/host" -o /m/below="$dir/ware" -- true
	says 'a target that would have to be made in a read-only input' 125 'Read-only'

	# how commands end
	box -- sh -c 'exit 7'
	is 'exit status' 7 ''
	box -- sh -c 'kill -TERM $$'
	is 'killed by a signal' 143 ''
	box -- sh -c 'kill -KILL -1; sleep 5'
	ok "$user: a command that kills everything" test "$status" = 137 -o "$status" = 0
	box -- sh -c 'kill -9 1; kill -TERM 1; kill -STOP 1; echo alive'
	is 'init cannot be killed from inside' 0 alive
	box -- nonesuch
	says 'not found in PATH' 127 "exec '': No such file"
	box -- /bin/nonesuch
	says 'a path that is not there' 127 "exec '/bin/nonesuch': No such file"
	printf '#!/no/interpreter\n' >"$dir/root/bin/noint"
	printf 'not a program' >"$dir/root/bin/noexec"
	chmod 755 "$dir/root/bin/noint" "$dir/root/bin/noexec"
	: >"$dir/root/bin/plain"
	box -- noint
	says 'no interpreter' 127 "exec '/bin/noint': No such file"
	box -- noexec
	says 'not a program' 126 "exec '/bin/noexec': Exec format error"
	box -- plain
	says 'not executable' 126 "exec '/bin/plain': Permission denied"
	box -- sh -c 'exit 127'
	is "a command's own 127" 127 ''
	box -- sh -c 'exec 0<&- 1>&- 2>&-; exit 3'
	is 'all descriptors closed' 3 ''
	box -- sh -c 'sleep 1000 & echo done'
	is 'a background process does not hold the end up' 0 'done'
	box -L -- sh -c 'sleep 1000 & sleep 1000 >/dev/null & true'
	says 'processes left are told' 0 '2 left'
	box -- sh -c 'i=0; while [ $i -lt 2000 ]; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; i=$((i+1)); done | tee /dev/stderr | wc -c'
	is 'more output than pipes hold' 0 142000
	rmdir "$dir/tmp" 2>/dev/null
	ok "$user: no run folder is left" test ! -e "$dir/tmp"
	mkdir -p "$dir/tmp"
	[ "$user" = self ] || chown $tester "$dir/tmp"

	box -P -o /a="$dir/ware" -- true
	ok "$user: a plan needs no rights" test "$status" = 0
done
user=range
case $users in
*range*)
	box -B -- sh -c 'mkdir /d && chown 5:6 /d && stat -c %u:%g /d && mkdir /d/e && chown 7 /d/e && chmod 700 /d'
	is 'chown to other ids' 0 5:6
	ok 'range: their files are removed as well' test "$(ls "$dir/tmp")" = ''
	;;
*) skip 'a range of subordinate ids' 'needs root, setpriv and newuidmap' ;;
esac
done_testing
