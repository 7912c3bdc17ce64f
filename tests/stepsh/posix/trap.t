Traps and signals: XCU 2.12, 2.15 trap, kill, wait.
=== EXIT runs at the end
trap 'echo bye' EXIT; echo hi
--- out
hi
bye

=== 0 is EXIT
trap 'echo bye' 0; echo hi
--- out
hi
bye

=== EXIT runs at exit
trap 'echo bye' EXIT; exit 3
--- out
bye
--- status 3

=== EXIT sees the status
trap 'echo $?' EXIT; (exit 4)
--- out
4
--- status 4

=== EXIT: the exit status is that from before the trap
trap 'false' EXIT; true

=== exit in the EXIT trap changes the status
trap 'exit 5' EXIT; exit 3
--- status 5

=== exit without operand in the EXIT trap keeps the status
trap 'true; exit' EXIT; exit 3
--- status 3

=== EXIT is reset by -
trap 'echo no' EXIT; trap - EXIT; echo hi
--- out
hi

=== EXIT is replaced
trap 'echo one' EXIT; trap 'echo two' EXIT
--- out
two

=== EXIT runs after an error of the shell
$SH -c 'trap "echo bye" EXIT; set -u; : $nosuch' 2>/dev/null; echo
--- out
bye

=== EXIT in a subshell is reset
trap 'echo outer' EXIT; (echo sub); echo main
--- out
sub
main
outer

=== EXIT set in a subshell runs there
(trap 'echo in' EXIT; echo sub); echo main
--- out
sub
in
main

=== EXIT in a command substitution
x=$(trap 'echo bye' EXIT; echo hi); echo "$x"
--- out
hi
bye

=== EXIT does not run on exec
trap 'echo no' EXIT; exec echo replaced
--- out
replaced

=== EXIT set in a function runs at the end of the shell
f() { trap 'echo bye' EXIT; }; f; echo main
--- out
main
bye

=== a signal's trap runs
trap 'echo got' USR1; kill -USR1 $$; echo after
--- out
got
after

=== a trap runs several commands
trap 'echo a; echo b' USR1; kill -USR1 $$
--- out
a
b

=== a trap sees and keeps $?
trap 'echo in $?; true' USR1; f() { kill -USR1 $$; return 3; }; f; echo out $?
--- out
in 0
out 3
--- not bash dash: when the trap runs is not certain

=== status is restored after a trap
trap 'false' USR1; kill -USR1 $$; echo $?
--- out
0

=== an empty trap ignores the signal
trap '' TERM; kill -TERM $$; echo alive
--- out
alive

=== an ignored signal stays ignored in commands
trap '' TERM; $SH -c 'kill -TERM $$; echo alive'
--- out
alive

=== a caught signal is default in commands
trap 'echo caught' TERM; $SH -c 'kill -TERM $$; echo alive'; echo $?
--- out
143

=== a caught signal is default in a subshell
trap 'echo caught' TERM; (kill -TERM $($SH -c 'echo $PPID'); echo alive); echo end
--- out
end
--- not bash dash: which process gets it differs

=== - resets a signal
trap 'echo no' TERM; trap - TERM; $SH -c ':'; (kill -s TERM $$; sleep 1) ; echo no
--- status 143

=== names, with numbers too
trap 'echo usr1' 10; kill -10 $$; trap - 10; trap 'echo hup' HUP; kill -1 $$
--- out
usr1
hup

=== several conditions at once
trap 'echo got' USR1 USR2; kill -USR1 $$; kill -USR2 $$
--- out
got
got

=== a first operand that is a number resets
trap 'echo no' USR1 USR2; trap 'echo $?' EXIT; trap 10 12; trap - EXIT; trap | grep USR; echo end
--- out
end

=== trap without operands lists
trap 'echo "a b"' USR1; trap
--- out
trap -- 'echo "a b"' USR1

=== trap output can be read back
trap 'echo "it'\''s"' USR1; trap > f; trap - USR1; . ./f; kill -USR1 $$
--- out
it's

=== trap lists nothing when there is nothing
trap

=== a subshell shows the traps of its parent
trap 'echo x' USR1; (trap) | grep -c USR1
--- out
1
--- not dash: 2024: traps of the parent are shown by a subshell that changed none

=== a command substitution shows the traps of its parent
trap 'echo x' USR1; x=$(trap); echo "$x"
--- out
trap -- 'echo x' USR1
--- not dash: prints nothing

=== trap -p (2024)
trap 'echo x' USR1; trap -p USR1
--- out
trap -- 'echo x' USR1
--- not dash bash: bash prints the name with SIG unless posix

=== an invalid condition is an error but not the end
trap 'echo' NOSUCH 2>/dev/null || echo failed
--- out
failed

=== a signal ignored at start cannot be trapped
(trap '' USR1; exec $SH -c 'trap "echo no" USR1; kill -USR1 $$; echo alive')
--- out
alive

=== a trap action may be changed in itself
trap 'echo one; trap "echo two" USR1' USR1; kill -USR1 $$; kill -USR1 $$
--- out
one
two

=== a trap in a loop
n=0; trap 'n=$((n+1))' USR1; for i in 1 2 3; do kill -USR1 $$; done; echo $n
--- out
3

=== a trap waits for the foreground command
trap 'echo trap' USR1; $SH -c "kill -USR1 $$; echo child"; echo after
--- out
child
trap
after

=== wait is interrupted by a trap
trap 'echo trap' USR1
(sleep 0.2; kill -USR1 $$) & sleep 5 & p=$!
wait $p; [ $? -gt 128 ] && echo interrupted; kill $p
--- out
trap
interrupted

=== return in a trap action within a function
f() { trap 'return 3' USR1; kill -USR1 $$; echo no; }; f; echo end
--- out
end
--- not bash dash: left open

=== break in a loop inside an action
trap 'for i in 1 2 3; do echo $i; break; done' USR1; kill -USR1 $$
--- out
1

=== exit in a signal's trap
trap 'exit 7' USR1; kill -USR1 $$; echo no
--- status 7

=== exit in a signal's trap runs the EXIT trap
trap 'echo bye' EXIT; trap 'exit 7' USR1; kill -USR1 $$
--- out
bye
--- status 7

=== eval of action text happens when it runs
x=1; trap 'echo $x' EXIT; x=2
--- out
2

=== double quotes expand when it is set
x=1; trap "echo $x" EXIT; x=2
--- out
1

=== a trap with syntax over lines
trap 'if true
then echo ok
fi' EXIT
--- out
ok

=== a signal kills the shell when it is not trapped
$SH -c 'kill -HUP $$; echo no'; echo $?
--- out
129

=== kill -0 asks
kill -0 $$ && echo alive
--- out
alive

=== kill of a process that is gone
true & p=$!; wait $p; kill $p 2>/dev/null || echo gone
--- out
gone

=== kill -s
trap 'echo got' USR1; kill -s USR1 $$
--- out
got

=== kill -l of a status
kill -l 137; kill -l 15
--- out
KILL
TERM

=== kill -l lists names
kill -l | tr ' \t' '\n\n' | grep -c '^TERM$'
--- out
1
--- not bash: has SIG in front, or all on one line

=== kill of several
sleep 10 & a=$!; sleep 10 & b=$!; kill $a $b; wait $a; echo $?; wait $b; echo $?
--- out
143
143

=== kill without operands is an error
kill 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== INT and QUIT are ignored in a background list
$SH -c 'kill -INT $$; echo alive' & wait
--- out
alive

=== a PIPE death of a writer is quiet
yes | head -n 1
--- out
y

=== status of a killed pipeline member
{ $SH -c 'kill -TERM $$'; echo $?; } | cat
--- out
143

=== a trap on EXIT in a pipeline member
{ trap 'echo bye' EXIT; echo hi; } | cat
--- out
hi
bye

=== a trap set by a function stays
f() { trap 'echo caught' USR1; }; f; kill -USR1 $$
--- out
caught

=== a trap with a name and SIG is left open, without works
trap 'echo t' TERM; kill -s TERM $$
--- out
t

=== EXIT set in a subshell of the EXIT action
trap '(trap "echo inner" EXIT)' EXIT
--- out
inner
