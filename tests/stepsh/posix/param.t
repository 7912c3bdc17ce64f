Parameters and variables: XCU 2.5.
=== positional parameters (2.5.1)
set -- a b c d e f g h i j
echo $1 $9 $10 ${10} ${9}x
--- out
a i a0 j ix

=== a positional parameter above nine needs braces
set -- a b
echo "$10"
--- out
a0

=== unset positional parameter is empty
set -- a
printf '[%s]\n' "$1" "$2" "${3}"
--- out
[a]
[]
[]

=== leading zeros of a positional parameter
set -- a b c d e f g h i j
echo ${01} ${010}
--- out
a j
--- not bash dash: differ in octal look

=== $# counts
set --; echo $#
set -- a; echo $#
set -- a b 'c d'; echo $# ${#}
--- out
0
1
3 3

=== $@ in double quotes makes one word each
set -- 'a b' c ''
printf '<%s>' "$@"; echo
--- out
<a b><c><>

=== $@ in double quotes without parameters makes no word
set --
printf '<%s>' x "$@" y; echo
--- out
<x><y>

=== "$@" joined with text
set -- a b c
printf '<%s>' "x$@y"; echo
--- out
<xa><b><cy>

=== "$@" joined with text without parameters
set --
printf '<%s>' "x$@y"; echo
--- out
<xy>

=== "$@" twice in one word
set -- a b
printf '<%s>' "$@$@"; echo
--- out
<a><ba><b>

=== $@ unquoted is split and globbed
set -- 'a b' c
printf '<%s>' $@; echo
--- out
<a><b><c>

=== $* unquoted is split
set -- 'a b' c
printf '<%s>' $*; echo
--- out
<a><b><c>

=== "$*" joins with the first character of IFS
set -- a b c
IFS=-+
echo "$*"
--- out
a-b-c

=== "$*" with an empty IFS
set -- a b c
IFS=
echo "$*"
--- out
abc

=== "$*" with an unset IFS
set -- a b c
unset IFS
echo "$*"
--- out
a b c

=== $* in an assignment
set -- a b
IFS=:
x=$*; y="$*"
echo "$x" "$y"
--- out
a:b a:b

=== $@ in an assignment is joined with spaces
set -- a 'b c'
x="$@"
echo "$x"
--- out
a b c

=== "${@}" and "${*}"
set -- 'a b' c
printf '<%s>' "${@}"; echo
printf '<%s>' "${*}"; echo
--- out
<a b><c>
<a b c>

=== ${@-x} and ${*-x}
set --
printf '<%s>' "${@-x}" "${*-y}"; echo
set -- a b
printf '<%s>' "${@-x}"; echo
--- out
<x><y>
<a><b>
--- not dash: takes $@ as set to nothing

=== ${@+x}
set --
printf '<%s>' ${@+x} end; echo
set -- a b
printf '<%s>' ${@+"$@"} end; echo
--- out
<end>
<a><b><end>
--- not dash: takes $@ as set to nothing

=== $? of the last command
true; echo $?
false; echo $?
(exit 7); echo $?
--- out
0
1
7

=== $? in a function is that of the caller's last command
f() { echo $?; }
(exit 3); f
--- out
3

=== $$ is the same in a subshell
a=$$; b=$(echo $$); (c=$$; [ "$a" = "$b" ] && [ "$a" = "$c" ] && echo same)
--- out
same

=== $! of a background command
true & p=$!
wait $p; echo $?
[ "$p" -gt 1 ] && echo number
--- out
0
number

=== $0 of a script
echo "$0"
--- out
../script

=== $0 is not changed by a function
f() { echo "$0"; }
f
--- out
../script

=== $- has the options
set -f
case $- in *f*) echo f on;; esac
set +f
case $- in *f*) echo f on;; *) echo f off;; esac
--- out
f on
f off

=== $- with -e -u -x
set -u -C
case $- in *u*) echo u;; esac
case $- in *C*) echo C;; esac
--- out
u
C

=== special parameters cannot be assigned
1=x 2>/dev/null; echo $?
--- out
127

=== IFS is set to space tab newline at start (2.5.3)
printf %s "$IFS" | od -An -c
--- out
      \t  \n

=== IFS is not imported
IFS=x $SH -c 'printf %s "$IFS" | od -An -c'
--- out
      \t  \n

=== PWD is set
cd / && echo "$PWD"
--- out
/

=== OLDPWD is set by cd
cd /; cd /tmp; echo "$OLDPWD"
--- out
/

=== PPID is the parent
$SH -c 'echo $PPID' > ppid; read p < ppid; [ "$p" = $$ ] && echo parent
--- out
parent

=== PPID does not change in a subshell
a=$PPID; b=$(echo $PPID); [ "$a" = "$b" ] && echo same
--- out
same

=== LINENO is the line
echo $LINENO

echo $LINENO
--- out
1
3
--- not dash: Debian builds it without LINENO

=== variable names
a=1 _=2 a1=3 _b=4 A_=5
echo $a $a1 $_b $A_
--- out
1 3 4 5

=== a name ends at a character that cannot be part of it
a=1 ab=2
echo $a-b ${a}b $ab $a.b "$a b"
--- out
1-b 1b 2 1.b 1 b

=== an assignment alone keeps the variable in the shell
x=1; echo $x
--- out
1

=== two assignments on a line are made in order
x=1 y=$x; echo $y
--- out
1

=== assignment expands tilde, parameters, commands and arithmetic
HOME=/h
a=~ b=~/x c=$a d=$(echo q) e=$((2+3)) f=/x:~/y:~
printf '%s\n' "$a" "$b" "$c" "$d" "$e" "$f"
--- out
/h
/h/x
/h
q
5
/x:/h/y:/h

=== assignment does no splitting and no globbing
touch a1 a2
x='p   q' y=$x z=a*
printf '[%s]\n' "$y" "$z"
--- out
[p   q]
[a*]

=== assignment with an empty value
x=; printf '[%s] %s\n' "$x" "${x+set}"
--- out
[] set

=== unset of a variable
x=1; unset x; echo "${x-unset}"
--- out
unset

=== unset of several
x=1 y=2; unset x y; echo "${x-}${y-}."
--- out
.

=== unset of what is not set is no error
unset nosuch; echo $?
--- out
0

=== export makes a variable part of the environment
x=1; $SH -c 'echo ${x-no}'
export x; $SH -c 'echo ${x-no}'
--- out
no
1

=== export with a value
export x='a b'; $SH -c 'echo "$x"'
--- out
a b

=== export of an unset variable sets nothing
unset x; export x; echo ${x-unset}; $SH -c 'echo ${x-unset}'
x=1; $SH -c 'echo ${x-unset}'
--- out
unset
unset
1

=== imported variables are exported
a=1 $SH -c 'a=2; $SH -c "echo \$a"'
--- out
2

=== an exported variable keeps its mark after unset is lost
export x=1; unset x; x=2; $SH -c 'echo ${x-no}'
--- out
no

=== export -p can be read back
export x="a'b \$c"
export -p | grep '^export x=' > f
unset x; . ./f; echo "$x"
--- out
a'b $c

=== readonly stops assignment
readonly x=1
(x=2) 2>/dev/null; [ $? -ne 0 ] && echo failed
echo $x
--- out
failed
1

=== an assignment to a readonly variable ends a shell that is not interactive
(readonly x=1; x=2; echo not reached) 2>/dev/null
[ $? -ne 0 ] && echo failed
--- out
failed

=== readonly stops unset
readonly x=1
(unset x) 2>/dev/null || echo refused
echo $x
--- out
refused
1

=== readonly -p can be read back
readonly x='a b'
readonly -p | grep x= > f
$SH -c '. ./f; echo "$x"; (x=3) 2>/dev/null || echo ro'
--- out
a b
ro

=== readonly of an unset variable
readonly y
(y=1) 2>/dev/null || echo refused
echo ${y-unset}
--- out
refused
unset

=== set -a exports
set -a; x=1; set +a; y=2
$SH -c 'echo ${x-no} ${y-no}'
--- out
1 no

=== set -u: unset variable is an error
(set -u; echo $nosuch; echo no) 2>/dev/null
[ $? -ne 0 ] && echo failed
--- out
failed

=== set -u: unset positional parameter is an error
(set -u; set --; echo $1; echo no) 2>/dev/null
[ $? -ne 0 ] && echo failed
--- out
failed

=== set -u: $@ and $* are none
set -u; set --; printf '[%s]\n' "$*" "$@"; echo $#
--- out
[]
0

=== set -u: a default is no error
set -u; echo ${x-d} ${x:-d} "${x+e}" "${x:+f}"
--- out
d d  

=== set -u: length of an unset variable
(set -u; echo ${#nosuch}) 2>/dev/null || echo failed
--- out
failed

=== set -u: pattern removal of an unset variable
(set -u; echo ${nosuch#a}) 2>/dev/null || echo failed
--- out
failed

=== set -u in arithmetic
(set -u; echo $((nosuch + 1))) 2>/dev/null || echo failed
--- out
failed
--- not dash: reads it as 0

=== set with no operands lists variables
xyz='a b'
set | grep '^xyz='
--- out
xyz='a b'
--- not bash dash: equal but for quoting forms elsewhere

=== set output can be read back
xyz="a'b"
set | grep '^xyz=' > f; unset xyz; . ./f; echo "$xyz"
--- out
a'b

=== shift
set -- a b c d; shift; echo $*; shift 2; echo $* $#
--- out
b c d
d 1

=== shift 0
set -- a b; shift 0; echo $*
--- out
a b

=== shift too far is an error
set -- a; (shift 2; echo status $?) 2>/dev/null; echo $?
--- out
2
--- not bash dash: bash goes on with status 1; a special builtin's error may end the shell

=== set -- clears
set -- a b; set --; echo $#
--- out
0

=== set - keeps parameters when there are none
set -- a b; set -- ; echo "$#"; set -- -x; echo $1
--- out
0
-x

=== set with words that look like options after --
set -- -a -b; echo $1 $2
--- out
-a -b

=== set a b without --
set a b; echo $1 $2 $#
--- out
a b 2

=== a loop variable stays after the loop
for i in 1 2 3; do :; done; echo $i
--- out
3

=== a very long variable name
aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff=1
echo $aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff
--- out
1

=== many variables
i=0
while [ $i -lt 500 ]; do eval "v$i=$i"; i=$((i+1)); done
echo $v0 $v250 $v499
--- out
0 250 499
