# Steps that mean ill: each ends, with the status of a failing step or as its deed allows,
# leaves nothing behind, and never looks like a success that it was not.
. "$SRCDIR/tests/batch/lib.sh"
make_rootfs

# Not on the host, please.
script "test ! -e $work && test \$(ls /proc | grep -c '^[0-9]') -lt 20 && test ! -d /home" >guard.json
wfx --batch guard.json
[ "$status" = 0 ] || { echo 'Bail out! the box does not even look like one'; cat err; exit 99; }

script 'f() { f | f & }; f; wait; echo survived' >bomb.json
wfx --batch --timeout=10 bomb.json
ok 'a fork bomb ends' sh -c "test $status = 0 || test $status = 1 || test $status = 124"
ok 'nothing of it is left' test -z "$problem"
script 'while :; do sh -c "sleep 1000 &" ; done' >bomb.json
wfx --batch --timeout=3 bomb.json
ok 'forks without end, in the background: the time limit' sh -c "test $status = 124 || test $status = 1"
ok 'nothing of them is left' test -z "$problem"

script 'yes | head -c 4000000; echo done' >flood.json
wfx --batch flood.json
ok 'a flood of lines' says 0 'done'
ok 'all of it' test "$(grep -c '[|] y$' err)" -ge 2000000
script 'head -c 50000000 /dev/zero' 'echo after' >flood.json
wfx --batch flood.json
ok '50 MB of NUL without a newline' says 0 after
script 'printf "\033]0;title\007\033[2J\033P1\033\\\\ \302\233 ::set-output name=x::y\n"' >escape.json
wfx --batch escape.json
ok 'control sequences in output' says 0
ok 'are not passed on' sh -c '! grep -q "$(printf "\033[]P]")" err'

outputs='"\u001b]0;x\u0007\u009b31m": {"from": "/bin\u001b[2J\u009b"}' exec_formula /bin/true >escape.json
"$WFX" plan escape.json >out 2>err
ok 'nor those of names, by plan' sh -c '! grep -q "$(printf "[\033\007]")" out err'
exec_formula "$(printf '/bin/\302\233')" >escape.json
sed 's/"\/bin\//&\\u001b]0;x\\u0007/' escape.json >escape2.json
"$WFX" plan escape2.json >out 2>err
ok 'nor those of commands' sh -c 'grep -q x1b out && ! grep -q "$(printf "[\033\007]")" out err'
outputs='"\u009b31m": {"from": "/bin"}' script true >escape.json
wfx --batch escape.json
ok 'nor C1 controls of a port, in the run record' sh -c 'grep -q "\\\\u009b31m" out && ! grep -q "$(printf "\302\233")" out err'

mkdir logs && mkfifo logs/001.out
script 'head -c 300000 /dev/zero' >flood.json
wfx --batch --timeout=5 --log-dir=logs flood.json
ok 'a FIFO in the place of a log: refused, no hang' says 125 'not a file'

script 'echo before; kill -9 $$; echo not here' 'echo never' >kill.json
wfx --batch kill.json
ok 'kill -9 of the step shell' says 1 before
ok 'no step after it' sh -c '! grep -qE "[|!] (never|not here)" err'
script 'kill -9 -1; echo still' 'echo never' >kill.json
wfx --batch kill.json
ok 'kill -9 of everything' sh -c "test $status = 1 || test $status = 0"
ok 'nothing is left' test -z "$problem"
script 'kill -9 1; kill -15 1; kill -11 1; echo alive' >kill.json
wfx --batch kill.json
ok 'PID 1 cannot be killed from inside' says 0 alive
exec_formula /bin/sh -c 'kill -9 1; kill -TERM 1; exit 3' >kill.json
wfx --batch --pass-status kill.json
ok 'nor from an exec action' says 3

script 'for fd in 3 4 5 6 7 8 9 10 11 12 20 63 64 100 250 255 1000 1023; do eval "exec $fd>&-" 2>/dev/null; done; echo closed' 'echo next' >close.json
wfx --batch close.json
ok 'closing all descriptors from the script' sh -c "test $status = 0 || test $status = 1"
ok 'never a success without the next step' sh -c "test $status = 1 || grep -q next err"
script 'ls /proc/self/fd | wc -l; ls -l /proc/self/fd /proc/$$/fd' >fds.json
wfx --batch fds.json
ok 'commands see no descriptor but three, and that of ls' says 1 '[|] 4$'
ok 'no socket' sh -c '! grep -q "socket:" err'
script 'for fd in /proc/$$/fd/*; do printf "\021\0\0\0\001\0\0\0" >$fd; done 2>/dev/null; false' >fake.json
wfx --batch fake.json
ok 'forged answers on whatever the shell has open: no success' test "$status" -ne 0
script 'busybox printf "x" >/proc/1/fd/3; cat /proc/1/environ /proc/1/maps | head -c 1; false' >fake.json
wfx --batch fake.json
ok 'nor by way of PID 1' says 1

script 'trap "" TERM INT HUP; echo on; sh -c "trap \"\" TERM INT HUP; while :; do sleep 1; done"' >deaf.json
wfx --batch --timeout=2 deaf.json
ok 'a step that ignores SIGTERM' says 124 on
script 'sleep 1000 & sleep 1000 & echo on' >daemon.json
wfx --batch daemon.json
ok 'background jobs at the end do not hold the run' says 0 on
script '(setsid sleep 1000 >/dev/null 2>&1 &)' >daemon.json
wfx --batch daemon.json
ok 'nor does a daemon' says 0
script '(while :; do echo x; done) &' >daemon.json
wfx --batch daemon.json
ok 'nor one that floods stdout' says 0
script 'kill -STOP $$' >stop.json
wfx --batch --timeout=2 stop.json
ok 'a step that stops its shell' says 124

script 'exec true' 'echo never' >exec.json
wfx --batch exec.json
ok 'a step that replaces the shell: the status of the program' says 0
ok 'no later step is run' sh -c '! grep -q "[|!] never" err'
script 'exit 0' 'echo never' >exit.json
wfx --batch exit.json
ok 'exit 0 ends the script well, as upstream' says 0
ok 'without the steps after it' sh -c '! grep -q "[|!] never" err'

# The host: what a step tries does not reach it.
secret=$work/secret
echo host >"$secret"
script "cat $secret /root/.. /etc/shadow /proc/1/root$secret" 'echo through' >read.json
wfx --batch --on-fail=continue read.json
ok 'no host file is there' sh -c '! grep -q "[|] host" err'
script 'mount -t tmpfs x /tmp' >deed.json
wfx --batch deed.json
ok 'no mounts' says 1
script 'unshare -U true || busybox unshare -m true' >deed.json
wfx --batch deed.json
ok 'no namespaces' says 1
script 'mknod /tmp/sda b 8 0 && dd if=/tmp/sda count=1' >deed.json
wfx --batch deed.json
ok 'no devices' says 1
script 'chroot /tmp /bin/true; cd /tmp; for i in 1 2 3 4 5 6 7 8 9; do cd ..; done; ls' >deed.json
wfx --batch deed.json
ok 'the root is the end' says 0 busybox\|bin
script 'cat /sys/kernel/security/lsm; echo 1 >/proc/sys/kernel/printk' >deed.json
wfx --batch deed.json
ok '/proc/sys is read-only' says 1
script 'test "$(ls /sys/class/net)" = lo && cat /proc/net/dev | wc -l' 'test $(wc -l </proc/net/dev) = 3' >net.json
wfx --batch --on-fail=continue net.json
ok 'no network but lo' says 0
script 'test -z "$HOST_SECRET" && env' >env.json
HOST_SECRET=1 wfx --batch env.json
ok 'no host environment' says 0 'PATH=/usr/local/sbin'
ok 'not the secret' sh -c '! grep -q HOST_SECRET= err'

# What it wrote stays in its own layer.
script 'rm -rf /bin/sh /etc; echo x >/bin/busybox' >break.json
wfx --batch --force --on-fail=continue break.json
script 'echo whole; ls /etc/passwd' >whole.json
wfx --batch --force whole.json
ok 'one run cannot spoil the next' says 0 whole
ok 'the store is intact' store_intact

# Outputs are hostile, too.
outputs='"a": {"from": "/a"}' script 'mkdir -p /a; ln -s / /a/root; ln -s /etc/passwd /a/p; mkfifo /a/fifo' >links.json
wfx --batch --force links.json
ok 'links in an output are packed as links' says 0
id=$(sed -n 's/.*"a": *"ware:\(tar:[A-Za-z0-9]*\)".*/\1/p' out)
wfx ware unpack "$id" unpacked
ok 'and stay links' test -L unpacked/root -a -L unpacked/p
outputs='"a": {"from": "/a/../../etc"}' script 'mkdir -p /a' >dots.json
wfx --batch dots.json
ok '.. in an output port does not leave the box' sh -c "test $status = 0 || test $status = 3 || test $status = 5"
outputs='"a": {"from": "/l/etc"}' script 'ln -s / /l' >through.json
wfx --batch --force through.json
ok 'an output through a symlink stays in the box' sh -c "test $status = 0 || test $status = 5"
outputs='"a": {"from": "/a"}' script 'mkdir /a && cd /a && for i in 1 2 3 4 5 6 7 8; do d=$d/dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd; done; i=0; while [ $i -lt 300 ]; do mkdir d && cd d || break; i=$((i + 1)); done' >deep.json
wfx --batch deep.json
ok 'an output 300 folders deep' says 0
outputs='"a": {"from": "/a"}' script 'truncate -s 1000000000000 /a' >sparse.json
wfx --batch --timeout=4 sparse.json
ok 'a sparse file of a terabyte' sh -c "test $status = 5 || test $status = 1 || test $status = 124"
done_testing
