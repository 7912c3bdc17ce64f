Functions, subshells and execution: XCU 2.9.5, 2.9.4.1, 2.13.
=== define and call
f() { echo in f; }; f
--- out
in f

=== arguments
f() { echo $# "$1" "$2"; }; f 'a b' c
--- out
2 a b c

=== arguments are restored
set -- x y; f() { set -- 1 2 3; echo $#; }; f a; echo $# $1
--- out
3
2 x

=== shift in a function is local to it
set -- x y; f() { shift; echo $1; }; f a b; echo $1
--- out
b
x

=== variables are global
f() { v=2; }; v=1; f; echo $v
--- out
2

=== return
f() { return 3; echo no; }; f; echo $?
--- out
3

=== return from a nested loop
f() { for i in 1 2; do for j in 1 2; do return 4; done; done; }; f; echo $?
--- out
4

=== return in a subshell of a function ends the subshell
f() { (return 3); echo $?; }; f
--- out
3

=== recursion
f() { [ $1 -eq 0 ] && return; echo $1; f $(($1-1)); }; f 3
--- out
3
2
1

=== deep recursion
f() { if [ $1 -gt 0 ]; then f $(($1-1)); else echo bottom; fi; }; f 500
--- out
bottom

=== the body may be any compound command
f() (echo sub); g() if true; then echo if; fi
h() for i in 1 2; do echo $i; done
k() case $1 in a) echo A;; esac
f; g; h; k a
--- out
sub
if
1
2
A

=== a subshell body keeps changes to itself
x=1; f() (x=2; echo $x); f; echo $x
--- out
2
1

=== redefinition
f() { echo 1; }; f() { echo 2; }; f
--- out
2

=== redefinition inside itself
f() { f() { echo new; }; echo old; }; f; f
--- out
old
new

=== a definition in a function
f() { g() { echo g; }; }; f; g
--- out
g

=== unset -f
f() { echo f; }; unset -f f; f 2>/dev/null; echo $?
--- out
127

=== unset -v leaves the function
f() { echo f; }; f=1; unset -v f; f
--- out
f

=== functions and variables have different names
f=1; f() { echo $f; }; f
--- out
1

=== a function goes before a command of PATH
ls() { echo my ls; }; ls
--- out
my ls

=== a function may replace a regular builtin
cd() { echo my cd; }; cd /
--- out
my cd

=== command skips functions
echo() { :; }; command echo hi; unset -f echo; echo ho
--- out
hi
ho

=== a newline before the body
f()
{
echo ok
}
f
--- out
ok

=== blanks around the parentheses
f ( ) { echo ok; }; f
--- out
ok

=== redirection of a definition
f() { echo out; echo err >&2; } 2>/dev/null; f
--- out
out

=== a function in a pipeline
f() { read x; echo "got $x"; }; echo a | f
--- out
got a

=== a function in the background
f() { echo bg; }; f & wait
--- out
bg

=== a function in command substitution
f() { echo "<$1>"; }; echo "$(f a)$(f b)"
--- out
<a><b>

=== a variable assignment before a function
f() { echo "$v"; }; v=1; v=2 f
--- out
2

=== a variable assignment before a function is exported to what it runs
f() { $SH -c 'echo ${v-unset}'; }; v=1 f
--- out
1

=== the exit status of a definition is 0
false; f() { :; }; echo $?
--- out
0

=== the status of a function is that of its last command
f() { (exit 3); }; f; echo $?
--- out
3

=== $0 stays in a function
f() { [ "$0" = "$1" ] && echo same; }; f "$0"
--- out
same

=== $# and $@ in nested functions
g() { echo g $#; }; f() { g "$@" x; echo f $#; }; f a b
--- out
g 3
f 2

=== break does not leave the function's caller's loop in bash
for i in 1 2; do f() { echo $i; }; f; done
--- out
1
2

=== local of a function name with digits and underscore
_f1() { echo ok; }; _f1
--- out
ok

=== functions are seen in subshells
f() { echo ok; }; (f)
--- out
ok

=== functions of a subshell are not seen outside
(f() { echo no; }); f 2>/dev/null; echo $?
--- out
127

=== exec in a function
f() { exec echo replaced; }; (f; echo no); echo after
--- out
replaced
after

=== exit in a function
(f() { exit 3; }; f; echo no); echo $?
--- out
3

=== many arguments
f() { echo $#; }; f $(i=0; while [ $i -lt 1000 ]; do echo $i; i=$((i+1)); done)
--- out
1000

=== subshell: variables
x=1; (x=2; y=3); echo $x ${y-unset}
--- out
1 unset

=== subshell: folder
(cd /; pwd); [ "$(pwd)" != / ] && echo back
--- out
/
back

=== subshell: options
(set -f); case $- in *f*) echo on;; *) echo off;; esac
--- out
off

=== subshell: positional parameters
set -- a; (set -- b c; echo $#); echo $#
--- out
2
1

=== subshell: umask
umask 022; (umask 077); umask
--- out
0022

=== subshell: functions undone
f() { echo 1; }; (f() { echo 2; }; f); f
--- out
2
1

=== subshell: traps undone
trap 'echo x' USR1; (trap - USR1); kill -USR1 $$
--- out
x

=== subshell: exec redirection undone
(exec > f; echo in); echo out; cat f
--- out
out
in

=== subshell: nested
(echo a; (echo b; (echo c)))
--- out
a
b
c

=== subshell: exit
(exit 3; echo no); echo $?
--- out
3

=== subshell: readonly undone
(readonly x=1); x=2; echo $x
--- out
2

=== subshell: background jobs are not its own
sleep 0 & p=$!; (wait $p 2>/dev/null; echo $?); wait
--- out
127
--- not bash dash: 127 when unknown

=== each member of a pipeline may be a subshell; at least the first is
x=1; { x=2; echo; } | cat; echo $x
--- out

1

=== a pipeline's members run at the same time
{ echo a; sleep 0.1; echo b; } | while read x; do echo "<$x>"; done
--- out
<a>
<b>

=== a long pipeline
echo 1 | cat | cat | cat | cat | cat | cat | cat
--- out
1

=== a newline after a pipe
echo a |

cat
--- out
a

=== a newline after && and ||
true &&

echo a
false ||
echo b
--- out
a
b

=== background and wait
{ echo bg; } & wait; echo fg
--- out
bg
fg

=== wait for all
(sleep 0.1; echo a) & (echo b) & wait; echo done
--- out
b
a
done
--- not bash dash: order of a and b by time

=== wait for one of two
(exit 3) & a=$!; (exit 4) & b=$!; wait $a; echo $?; wait $b; echo $?
--- out
3
4

=== wait for several gives the last
(exit 3) & a=$!; (exit 4) & b=$!; wait $b $a; echo $?
--- out
3

=== wait for an unknown process
wait 99999999 2>/dev/null; echo $?
--- out
127

=== wait twice
(exit 3) & p=$!; wait $p; echo $?
--- out
3

=== wait without jobs
wait; echo $?
--- out
0

=== & binds the whole and-or list
x=0; false || echo list & wait
--- out
list

=== ; and & mixed
echo a & wait; echo b; echo c & wait
--- out
a
b
c

=== group needs a blank and an end
{ echo a; echo b; }; { echo c
}
--- out
a
b
c

=== group with a pipe
{ echo b; echo a; } | sort
--- out
a
b

=== group in a pipe's end
echo x | { read a; echo "[$a]"; }
--- out
[x]

=== the environment is passed
x=1 $SH -c 'echo $x'; echo ${x-unset}
--- out
1
unset

=== assignments before a regular builtin are temporary
x=1 true; echo ${x-unset}
--- out
unset

=== assignments before a special builtin stay
x=1 :; echo ${x-unset}
x=2 eval :; echo $x
--- out
1
2

=== assignments before a function are temporary or not, in the function they hold
f() { echo $x; }; x=7 f
--- out
7

=== assignments before command and a special builtin do not stay
x=1 command :; echo ${x-unset}
--- out
unset

=== an assignment needs a valid name
1x=2 2>/dev/null; echo $?
--- out
127

=== a quoted assignment is a command
'x'=1 2>/dev/null; echo $?
x'='1 2>/dev/null; echo $?
--- out
127
127

=== an assignment after the command is an argument
echo x=1
--- out
x=1

=== PATH is searched
mkdir b; printf '#!/bin/sh\necho found\n' > b/mycmd; chmod +x b/mycmd; PATH=$PWD/b:$PATH; mycmd
--- out
found

=== PATH for one command
mkdir b; printf '#!/bin/sh\necho found\n' > b/mycmd; chmod +x b/mycmd; PATH=$PWD/b:$PATH mycmd
--- out
found

=== an empty element of PATH is the current folder
printf '#!/bin/sh\necho here\n' > mycmd; chmod +x mycmd; PATH=:$PATH; mycmd
--- out
here

=== a file that is not executable is passed over
mkdir a b; echo x > a/mycmd; printf '#!/bin/sh\necho second\n' > b/mycmd; chmod +x b/mycmd; PATH=a:b:$PATH; mycmd
--- out
second

=== a script without #! is run by the shell
echo 'echo script $1' > s; chmod +x s; ./s arg
--- out
script arg

=== a changed PATH is noticed
mkdir a b; for d in a b; do printf "#!/bin/sh\necho $d\n" > $d/mycmd; chmod +x $d/mycmd; done
p=$PATH; PATH=$PWD/a:$p; mycmd; PATH=$PWD/b:$p; mycmd
--- out
a
b

=== hash -r forgets
hash -r; echo $?
--- out
0

=== a command may be an expansion with arguments
x='echo a b'; $x c
--- out
a b c

=== an empty command name is not found
'' 2>/dev/null; echo $?
--- out
127

=== an expansion to nothing as the command
x=; $x echo hi
--- out
hi

=== a command after an empty expansion of an assignment form
x='a=1'; $x 2>/dev/null; echo $?
--- out
127

=== exec replaces the shell
(exec echo hi; echo no)
--- out
hi

=== exec of a missing command
$SH -c 'exec nosuchcmd_x; echo no' 2>/dev/null; echo $?
--- out
127

=== exec with an assignment
(x=1 exec $SH -c 'echo $x')
--- out
1

=== argv[0] of a command is as typed
printf 'echo $0\n' > s; chmod +x s; ./s
--- out
./s

=== $! of a pipeline is its last command
true | (exit 3) & wait $!; echo $?
--- out
3

=== a sourced file begins with the status before it
echo 'echo $?' > s; (exit 5); . ./s; echo '# nothing' > t; (exit 5); . ./t; echo $?
--- out
5
0
