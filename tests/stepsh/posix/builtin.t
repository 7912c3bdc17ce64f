Builtins: XCU 2.15 and chapter 3.
=== colon expands its arguments
: ${x=5}; echo $x; : a b c; echo $?
--- out
5
0

=== true and false
true; echo $?; false; echo $?; true a b; echo $?
--- out
0
1
0

=== break ends the innermost loop
for i in 1 2 3; do for j in a b c; do [ $j = b ] && break; echo $i$j; done; done
--- out
1a
2a
3a

=== break 2
for i in 1 2 3; do for j in a b c; do [ $j = b ] && break 2; echo $i$j; done; done; echo end
--- out
1a
end

=== break with a number too large ends all
for i in 1 2; do for j in a b; do echo $i$j; break 9; done; done; echo end
--- out
1a
end

=== continue
for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done
--- out
1
3

=== continue 2
for i in 1 2; do for j in a b; do [ $j = b ] && continue 2; echo $i$j; done; echo no; done
--- out
1a
2a

=== break in while and until
while :; do echo w; break; done; until false; do echo u; break; done
--- out
w
u

=== continue in while
i=0; while [ $i -lt 4 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done
--- out
1
3
4

=== break in a case in a loop
for i in 1 2 3; do case $i in 2) break;; esac; echo $i; done
--- out
1

=== break in a group and an if
for i in 1 2 3; do { if [ $i = 2 ]; then break; fi; }; echo $i; done
--- out
1

=== break status
for i in 1; do false; break; done; echo $?
--- out
0

=== break in the condition of while
while echo c; break; do echo no; done; echo end
--- out
c
end

=== break through eval and dot
for i in 1 2; do echo $i; eval break; done; echo break > s; for i in 3 4; do echo $i; . ./s; done
--- out
1
3

=== break after && and ||
for i in 1 2 3; do [ $i = 2 ] && break || echo $i; done
--- out
1

=== eval joins its arguments
eval echo a '";"' b; eval 'x=1;' 'echo $x'
--- out
a ; b
1

=== eval with nothing
false; eval; echo $?; false; eval ''; echo $?
--- out
0
0

=== eval status
eval '(exit 3)'; echo $?; eval false; echo $?
--- out
3
1

=== eval parses anew
x='a b'; eval "y=\"$x\""; echo "$y"; eval 'if true; then echo yes; fi'
--- out
a b
yes

=== eval over lines
eval 'echo a
echo b'
--- out
a
b

=== eval of a nested eval
x=y y=z z=1; eval eval 'echo \$$x'
--- out
z

=== eval sets variables by name
n=v1; eval "$n='a b'"; echo "$v1"
--- out
a b

=== eval defines functions
eval 'f() { echo defined; }'; f
--- out
defined

=== dot runs a file here
echo 'x=5; echo in $x' > s; . ./s; echo $x
--- out
in 5
5

=== dot searches PATH
mkdir p; echo 'echo from path' > p/s; PATH=$PWD/p:$PATH; . s
--- out
from path

=== dot status
echo '(exit 4)' > s; . ./s; echo $?; : > e; false; . ./e; echo $?
--- out
4
0

=== return in a dot script
printf 'echo a\nreturn 3\necho b\n' > s; . ./s; echo $?
--- out
a
3

=== dot in a function, return ends the file only
echo 'return 2' > s; f() { . ./s; echo "after $?"; }; f
--- out
after 2

=== dot of a file with a here-document
printf 'cat <<E\ntext\nE\n' > s; . ./s
--- out
text

=== dot of a file without a last newline
printf 'echo no newline' > s; . ./s
--- out
no newline

=== dot nested
echo '. ./t; echo s' > s; echo 'echo t' > t; . ./s
--- out
t
s

=== dot sees positional parameters
set -- a b; echo 'echo $# $1' > s; . ./s
--- out
2 a

=== exit status operand
(exit 0); echo $?; (exit 17); echo $?
--- out
0
17

=== set -o lists
set -o | grep -c errexit
--- out
1

=== set +o can be read back
set -f; set +o > f; set +f; . ./f; case $- in *f*) echo on;; esac
--- out
on

=== set -o name
set -o noglob; echo *; set +o noglob; echo * | grep -c .
--- out
*
1

=== option names
for o in allexport errexit noclobber noglob noexec nounset verbose xtrace notify monitor vi ignoreeof; do (set -o $o) 2>/dev/null || echo bad $o; done; echo end
--- out
end

=== set -n reads only
$SH -nc 'echo no'; echo 'echo no' > s; $SH -n s; echo $?
--- out
0

=== set -n finds syntax errors
$SH -n -c 'if' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== set -v writes input
printf 'set -v\necho a\n' > s; $SH s 2>&1
--- out
echo a
a

=== set -x traces
(set -x; echo a 'b c'; x=1) 2>&1 >/dev/null | grep -c '^+ '
--- out
2

=== PS4
(PS4='> '; set -x; echo a) 2>&1
--- out
> echo a
a

=== PS4 is expanded
(v=7; PS4='$v: '; set -x; echo a) 2>&1
--- out
7: echo a
a

=== options from the command line
$SH -f -c 'echo *'; $SH -o noglob -c 'echo *'; $SH -fu -c 'echo *'
--- out
*
*
*

=== +o on the command line
$SH -f +f -c 'case $- in *f*) echo on;; *) echo off;; esac'
--- out
off

=== $SH -c with arguments
$SH -c 'echo $0 $1 $2 $#' name a b
--- out
name a b 2

=== $SH -c without a name
$SH -c 'echo $#' 
--- out
0

=== $SH -s reads stdin
echo 'echo $1 $#' | $SH -s a b
--- out
a 2

=== $SH reads stdin
echo 'echo from stdin' | $SH
--- out
from stdin

=== stdin is shared with commands
printf 'read x\ndata line\necho "got $x"\n' | $SH
--- out
got data line
--- not dash: reads ahead

=== stdin is shared with external commands line by line
printf 'head -n 1\ndata\necho after\n' > s; $SH < s
--- out
data
after
--- not bash dash: head reads ahead but seeks back; may differ

=== a missing script is 127
$SH ./nosuch 2>/dev/null; echo $?
--- out
127
--- not dash: 2

=== a script gets arguments
echo 'echo $0 $1 $#' > s; $SH s a b; $SH ./s 'a b'
--- out
s a 2
./s a b 1

=== -- ends options of the shell
echo 'echo $1' > s; $SH -- s x; $SH -c -- 'echo $1' n y
--- out
x
y

=== export lists names
export abc=1; export -p | grep -c abc
--- out
1

=== unset -f of a missing function is no error
unset -f nosuch; echo $?
--- out
0

=== unset -v
x=1; unset -v x; echo ${x-unset}
--- out
unset

=== times
times | wc -l | tr -d ' '
--- out
2

=== shift 1 by default, status
set -- a; shift; echo $? $#
--- out
0 0

=== getopts: options and arguments
set -- -a -b arg -c file
while getopts ab:c o; do echo "$o ${OPTARG-none} $OPTIND"; done; shift $((OPTIND-1)); echo "$@"
--- out
a none 2
b arg 4
c none 5
file
--- not dash: keeps OPTARG set

=== getopts: grouped
set -- -abc x; while getopts abc o; do echo $o; done; echo $OPTIND
--- out
a
b
c
2

=== getopts: argument in the same word
set -- -bvalue -b value2; while getopts b: o; do echo $o $OPTARG; done; echo $OPTIND
--- out
b value
b value2
4

=== getopts: grouped with an argument
set -- -abv x; while getopts ab: o; do echo "$o ${OPTARG-}"; done; echo $OPTIND
--- out
a 
b v
2

=== getopts: -- ends
set -- -a -- -b; while getopts ab o; do echo $o; done; echo $OPTIND
--- out
a
3

=== getopts: a word that is no option ends
set -- -a x -b; while getopts ab o; do echo $o; done; echo $OPTIND
--- out
a
2

=== getopts: a lone hyphen ends
set -- -a - -b; while getopts ab o; do echo $o; done; echo $OPTIND
--- out
a
2

=== getopts: unknown option
set -- -z; getopts a o 2>err; echo "$? $o ${OPTARG-unset}"; [ -s err ] && echo message
--- out
0 ? unset
message

=== getopts: unknown option, silent
set -- -z; getopts :a o 2>err; echo "$? $o $OPTARG"; [ -s err ] || echo quiet
--- out
0 ? z
quiet

=== getopts: missing argument
set -- -b; getopts b: o 2>err; echo "$? $o ${OPTARG-unset}"; [ -s err ] && echo message
--- out
0 ? unset
message

=== getopts: missing argument, silent
set -- -b; getopts :b: o 2>err; echo "$? $o $OPTARG"
--- out
0 : b

=== getopts: at the end the name is ?
set -- x; getopts a o; echo "$? $o"
--- out
1 ?

=== getopts: own operands
getopts a: o -a val; echo $o $OPTARG $OPTIND
--- out
a val 3

=== getopts: OPTIND=1 starts again
set -- -a -b; getopts ab o; echo $o; OPTIND=1; getopts ab o; echo $o
--- out
a
a

=== getopts: an empty argument
set -- -a ''; getopts a: o; echo "$o [$OPTARG] $OPTIND"
--- out
a [] 3

=== getopts: an option argument that looks like an option
set -- -a -b; getopts a:b o; echo "$o $OPTARG"
--- out
a -b

=== getopts: in a function
f() { OPTIND=1; while getopts xy: o; do echo "$o ${OPTARG-}"; done; }; f -x -y 1; f -y 2
--- out
x 
y 1
y 2

=== getopts: OPTIND starts at 1
echo $OPTIND
--- out
1

=== getopts: an option letter of a digit
set -- -1 -2 x; while getopts 12: o; do echo $o ${OPTARG-}; done
--- out
1
2 x

=== alias (interactive or not, with expansion on a later line)
alias e='echo aliased'
e x
--- out
aliased x
--- not bash: aliases are off in scripts unless posix

=== alias prints
alias foo='bar baz'; alias foo
--- out
foo='bar baz'

=== alias of a missing name is an error
alias nosuch_x 2>/dev/null; echo $?
--- out
1

=== unalias
alias foo=bar; unalias foo; alias foo 2>/dev/null; echo $?
--- out
1

=== unalias -a
alias a1=x a2=y; unalias -a; alias

=== unalias of a missing name is an error
unalias nosuch_x 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== alias is not expanded within quotes or backslash
alias true='echo no'
\true; 't'rue; echo $?
--- out
0

=== alias ending with a blank: the next word too
alias e='echo ' x='expanded'
e x x
--- out
expanded x

=== alias of itself does not loop
alias echo='echo e:'
echo a
--- out
e: a

=== alias with a reserved word
alias IF='if' FI='fi'
IF true; then echo yes; FI
--- out
yes

=== alias opening a group
alias begin='{ echo start;' end='}'
begin echo in; end
--- out
start
in

=== alias in command position after operators
alias e='echo x'
true && e; e | cat; (e); { e; }
--- out
x
x
x
x

=== alias not as an argument
alias e='no'
echo e
--- out
e

=== alias after an assignment
alias e='echo al'
v=1 e
--- out
al

=== alias within a function takes effect when it is read
alias e='echo first'
f() { e; }
alias e='echo second'
f; e
--- out
first
second

=== alias with several commands
alias two='echo a; echo b'
two
--- out
a
b

=== alias with a semicolon word after it
alias e='echo'
e a;e b
--- out
a
b

=== alias to a pipeline
alias p='printf "b\na\n" | sort'
p
--- out
a
b

=== command runs
command echo hi; command -- echo ho
--- out
hi
ho

=== command with a missing command
command nosuch_x 2>/dev/null; echo $?
--- out
127

=== command -v of kinds
f() { :; }; command -v f; command -v cd; command -v if; command -v ls | grep -c '/ls$'; command -v nosuch_x || echo missing
--- out
f
cd
if
1
missing

=== command -v of an alias
alias al='echo x'; command -v al
--- out
alias al='echo x'

=== command -v of a path
command -v /bin/sh; command -v ./nosuch || echo missing
--- out
/bin/sh
missing

=== command -V says something
command -V cd | grep -c cd; command -V nosuch_x >/dev/null 2>&1; [ $? -ne 0 ] && echo missing
--- out
1
missing

=== command -p
PATH=/nowhere; command -p ls / | grep -c '^tmp$'
--- status 127

=== command of a special builtin keeps going after errors
command eval 'true'; command : <nosuch 2>/dev/null; echo go on
--- out
go on

=== command exec
(command exec echo replaced)
--- out
replaced

=== type of kinds
f() { :; }; for n in f cd if ls; do type $n >/dev/null && echo $n; done; type nosuch_x >/dev/null 2>&1 || echo missing
--- out
f
cd
if
ls
missing

=== umask prints and sets
umask 027; umask; umask -S
--- out
0027
u=rwx,g=rx,o=

=== umask symbolic
umask 022; umask g+w; umask; umask u=rwx,g=,o=; umask; umask a+r; umask
--- out
0002
0077
0033

=== umask is used
umask 077; : > f; ls -l f | cut -c1-10; umask 000; mkdir d; ls -ld d | cut -c1-10
--- out
-rw-------
drwxrwxrwx

=== umask with bad modes
umask 999 2>/dev/null; [ $? -ne 0 ] && echo error; umask u=q 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error
error

=== ulimit
ulimit -n 50; ulimit -n; (ulimit -n 40; ulimit -n); ulimit -n
--- out
50
40
50

=== ulimit -S and -H
ulimit -S -n 30; ulimit -S -n; [ "$(ulimit -H -n)" != 30 ] && echo other
--- out
30
other

=== ulimit -f by blocks of 512
ulimit -f 10; ulimit -f; ulimit
--- out
10
10

=== ulimit unlimited
ulimit -S -f unlimited; ulimit -f
--- out
unlimited

=== ulimit with a bad value
ulimit -n abc 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== cd and pwd
mkdir -p a/b; top=$PWD; cd a/b; [ "$(pwd)" = "$top/a/b" ] && echo same; cd ..; [ "$PWD" = "$top/a" ] && echo up
--- out
same
up

=== cd without operand goes home
HOME=/tmp; cd; pwd
--- out
/tmp

=== cd -
cd /; cd /tmp; cd -; pwd
--- out
/
/

=== cd - without OLDPWD is an error
unset OLDPWD; cd - 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error
--- not dash: stays

=== cd to a missing folder
cd nosuch 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== cd to a file
: > f; cd f 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== cd keeps symbolic links
mkdir d; ln -s d l; cd l; echo "${PWD##*/}"; pwd -P | sed 's|.*/||'
--- out
l
d

=== cd -P resolves links
mkdir d; ln -s d l; cd -P l; echo "${PWD##*/}"
--- out
d

=== cd .. from a link is logical
mkdir -p d/e; ln -s d/e l; top=$PWD; cd l; cd ..; [ "$PWD" = "$top" ] && echo logical
--- out
logical

=== cd -P .. from a link is physical
mkdir -p d/e; ln -s d/e l; cd l; cd -P ..; echo "${PWD##*/}"
--- out
d

=== CDPATH
mkdir -p p/q; top=$PWD; CDPATH=$PWD/p; cd q >/dev/null; [ "$PWD" = "$top/p/q" ] && echo found
--- out
found

=== CDPATH prints where it went
mkdir -p p/q; CDPATH=$PWD/p; cd q | sed 's|.*/p|p|'
--- out
p/q

=== CDPATH is not used for ./ and /
mkdir -p p/q q; top=$PWD; CDPATH=$PWD/p; cd ./q; [ "$PWD" = "$top/q" ] && echo here
--- out
here

=== an empty CDPATH element is here
mkdir -p p q; CDPATH=:$PWD/p; cd q; echo "${PWD##*/}"
--- out
q

=== cd with dots and double slashes
cd /usr/./bin/../lib; echo $PWD; cd /usr//lib; echo $PWD
--- out
/usr/lib
/usr/lib

=== cd with an empty operand is an error or stays
top=$PWD; cd '' 2>/dev/null; [ "$PWD" = "$top" ] && echo stayed
--- out
stayed

=== cd -- 
mkdir ./-d; cd -- -d; echo "${PWD##*/}"
--- out
-d

=== cd with HOME unset
unset HOME; cd 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error
--- not dash: stays quietly

=== pwd -L and -P
cd /tmp; pwd -L; pwd -P
--- out
/tmp
/tmp

=== PWD and OLDPWD after cd
cd /; cd /usr; echo $PWD $OLDPWD
--- out
/usr /

=== cd in a pipeline member
cd / | :; [ "$PWD" != / ] && echo stayed
--- out
stayed

=== read a line
printf 'a b c\nd\n' | { read x; echo "[$x]"; }
--- out
[a b c]

=== read into several variables
echo 'a b c d' | { read x y z; echo "[$x][$y][$z]"; }
--- out
[a][b][c d]

=== read with fewer words than variables
echo a | { y=old; read x y; echo "[$x][$y]"; }
--- out
[a][]

=== read trims blanks
echo '  a   b  ' | { read x; echo "[$x]"; }; echo '  a   b  ' | { read x y; echo "[$x][$y]"; }
--- out
[a   b]
[a][b]

=== read with an empty IFS
echo '  a  b ' | { IFS= read x; echo "[$x]"; }
--- out
[  a  b ]

=== read -r keeps backslashes
printf '%s\n' 'a\b\' | { read -r x; printf '[%s]\n' "$x"; }
--- out
[a\b\]

=== read takes backslashes away and joins lines
printf '%s\n' 'a\b c\' 'd' | { read x; printf '[%s]\n' "$x"; }
--- out
[ab cd]

=== read: an escaped blank does not split
printf '%s\n' 'a\ b c' | { read x y; printf '[%s][%s]\n' "$x" "$y"; }
--- out
[a b][c]

=== read: an escaped backslash
printf '%s\n' 'a\\b' | { read x; printf '[%s]\n' "$x"; }
--- out
[a\b]

=== read with a separator
echo 'a:b:c:d' | { IFS=: read x y; echo "[$x][$y]"; }
--- out
[a][b:c:d]

=== read: the last variable keeps separators
echo 'a:b::c:' | { IFS=: read x y; echo "[$x][$y]"; }
--- out
[a][b::c:]

=== read: one trailing separator goes
echo 'a:b:' | { IFS=: read x y; echo "[$x][$y]"; }
--- out
[a][b]

=== read: empty fields
echo 'a::b' | { IFS=: read x y z; echo "[$x][$y][$z]"; }
--- out
[a][][b]

=== read: white space around a separator
echo ' a : b ' | { IFS=': ' read x y; echo "[$x][$y]"; }
--- out
[a][b]

=== read at the end of file
read x < /dev/null; echo $? "[$x]"
--- out
1 []

=== read of a line without newline
printf abc | { read x; echo "$? [$x]"; }
--- out
1 [abc]

=== read line by line
printf '1\n2\n3' | { while read x; do echo "<$x>"; done; echo "rest <$x>"; }
--- out
<1>
<2>
rest <3>

=== read leaves the rest for others
printf 'a\nb\nc\n' | { read x; cat; }
--- out
b
c

=== read from a file leaves the offset right
printf 'a\nb\nc\n' > f; { read x; cat; } < f; exec 3< f; read x <&3; $SH -c 'cat' <&3
--- out
b
c
b
c

=== read an empty line
echo | { read x; echo "$? [$x]"; }
--- out
0 []

=== read into a readonly variable fails
(readonly x=1; echo a | read x) 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== read sets only the named
echo 'a b' | { z=1; read x y; echo $x $y $z; }
--- out
a b 1

=== read -d (2024)
printf 'a b:c:' | { read -d : x; echo "[$x]"; }
--- out
[a b]
--- not dash: new in Issue 8

=== read -d '' reads to NUL (2024)
printf 'a\nb\0c' | { IFS= read -r -d '' x; echo "[$x]"; }
--- out
[a
b]
--- not dash: new in Issue 8

=== read long lines
i=0; l=; while [ $i -lt 200 ]; do l=${l}0123456789; i=$((i+1)); done; echo $l | { read x; echo ${#x}; }
--- out
2000

=== read in a while loop with a here-document
while read a b; do echo "$b-$a"; done <<E
1 2
3 4
E
--- out
2-1
4-3

=== read of many variables with tabs
printf 'a\tb\tc\n' | { read x y z; echo $x$y$z; }
--- out
abc

=== jobs of a finished command
true & wait; jobs >/dev/null; echo $?
--- out
0

=== bg and fg without job control are errors
(fg) 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== newgrp, fc and others are not needed here; times status
times >/dev/null; echo $?
--- out
0

=== the last line of stdin may lack a newline
printf 'echo first\necho last' | $SH; printf 'exit 3' | $SH; echo $?
--- out
first
last
3

=== cd from the root
cd /; cd usr; echo $PWD; cd /; cd ./usr/../usr; echo $PWD; pwd
--- out
/usr
/usr
/usr
