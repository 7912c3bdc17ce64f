Compound commands, tests and builtins of bash.
=== [[ strings
[[ a == a ]] && echo 1; [[ a = a ]] && echo 2; [[ a != b ]] && echo 3; [[ a < b ]] && echo 4; [[ b > a ]] && echo 5; [[ -n x && -z '' ]] && echo 6; [[ x ]] && echo 7; [[ '' ]] || echo 8
--- out
1
2
3
4
5
6
7
8

=== [[ patterns
[[ abc == a* ]] && echo 1; [[ abc == "a*" ]] || echo 2; p='a*'; [[ abc == $p ]] && echo 3; [[ abc == "$p" ]] || echo 4; [[ abc != *z ]] && echo 5
--- out
1
2
3
4
5

=== [[ does not split
x='a b'; [[ $x == 'a b' ]] && echo yes; [[ -n $nosuch ]] || echo empty; [[ $nosuch == '' ]] && echo eq
--- out
yes
empty
eq

=== [[ regular expressions
[[ abc =~ ^a.c$ ]] && echo 1; [[ abc =~ b ]] && echo 2; [[ abc =~ ^b ]] || echo 3; r='^[a-c]+$'; [[ abc =~ $r ]] && echo 4; [[ 'a.c' =~ a'.'c ]] && echo 5; [[ abc =~ a'.'c ]] || echo 6
--- out
1
2
3
4
5
6

=== [[ regular expressions with groups
[[ 2024-05-06 =~ ^([0-9]{4})-([0-9]{2}) ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[2]} ${BASH_REMATCH[0]}
--- out
2024 05 2024-05

=== [[ regular expression with alternation and parentheses
[[ foobar =~ ^(foo|bar)(bar|baz)$ ]] && echo ${BASH_REMATCH[2]}; [[ 'a b' =~ a\ b ]] && echo sp
--- out
bar
sp

=== [[ numbers
[[ 10 -gt 9 ]] && echo 1; x=5; [[ x -eq 5 ]] && echo 2; [[ 1+1 -eq 2 ]] && echo 3; [[ 010 -eq 8 ]] && echo 4
--- out
1
2
3
4

=== [[ logic
[[ a == a && ( b == c || d == d ) ]] && echo 1; [[ ! a == b ]] && echo 2; [[ a == b || c == c && d == e ]] || echo 3
--- out
1
2
3

=== [[ files
: > f; [[ -f f && -e f && ! -d f ]] && echo 1; [[ -s f ]] || echo 2; [[ f -ef ./f ]] && echo 3
--- out
1
2
3

=== [[ over lines
[[ a == a &&
   b == b ]] && echo yes
--- out
yes

=== [[ -o and -v
[[ -o errexit ]] || echo off; set -e; [[ -o errexit ]] && echo on; x=; [[ -v x ]] && echo set
--- out
off
on
set

=== [[ with && after it
[[ a == b ]] || echo or; if [[ a == a ]]; then echo if; fi; while [[ $n != xx ]]; do n+=x; done; echo $n
--- out
or
if
xx

=== [[ status of an error
[[ a =~ [ ]] 2>/dev/null; [ $? -eq 2 ] && echo two
--- out
two

=== [[ right side with special characters
[[ '(' == '(' ]] && echo 1; [[ 'a<b' == a\<b ]] && echo 2
--- out
1
2

=== function keyword
function f { echo f $1; }; function g() { echo g; }; f x; g
--- out
f x
g

=== function keyword with a subshell body
function f ( echo sub ); f
--- out
sub

=== function names with odd characters
my-func() { echo dash; }; a.b() { echo dot; }; my-func; a.b
--- out
dash
dot

=== &> and >& and &>>
{ echo a; echo b >&2; } &> f; cat f; { echo c; echo d >&2; } >& f; cat f; { echo e; echo f >&2; } &>> f; cat f
--- out
a
b
c
d
c
d
e
f

=== |&
{ echo a; echo b >&2; } |& sort
--- out
a
b

=== {fd}> redirections
exec {fd}> f; echo x >&$fd; exec {fd}>&-; cat f; [ $fd -ge 10 ] && echo ten
--- out
x
ten

=== moving descriptors
exec 3> f; echo a 1>&3-; exec 3>&-; cat f
--- out
a

=== case ;;&
case abc in a*) echo 1;;& *b*) echo 2;;& x) echo 3;; *) echo 4;; esac
--- out
1
2
4

=== select
printf '2\n' | { PS3='? '; select x in a b c; do echo "got $x $REPLY"; break; done; } 2>/dev/null
--- out
got b 2

=== select ends at end of file
select x in a; do echo no; done < /dev/null 2>/dev/null; echo $?
--- out

1

=== time reports to stderr
{ time true; } 2>&1 | grep -c real; { time -p true; } 2>&1 | grep -c '^real'
--- out
1
1

=== TIMEFORMAT
TIMEFORMAT=%%x; { time true; } 2>&1
--- out
%x

=== coproc
coproc { read x; echo "got $x"; }; echo hi >&${COPROC[1]}; read y <&${COPROC[0]}; echo $y; wait
--- out
got hi

=== named coproc
coproc C { cat; }; echo data >&${C[1]}; exec {C[1]}>&-; cat <&${C[0]}; wait
--- out
data

=== source with arguments
echo 'echo $# $1; set -- q; echo $1' > s; set -- a b; source ./s x; echo $1; source ./s >/dev/null; echo $1
--- out
1 x
q
q
q

=== source of a missing file does not end the shell
source ./nosuch 2>/dev/null; echo $?
--- out
1

=== trap ERR
trap 'echo err $?' ERR; false; true; (exit 3); false || true; if false; then :; fi; ! true; echo end
--- out
err 1
err 3
end

=== trap ERR is not inherited without -E
trap 'echo err' ERR; f() { false; true; }; f; echo end; set -E; f
--- out
end
err

=== trap DEBUG
trap 'echo "> $BASH_COMMAND"' DEBUG; echo a; x=1; trap - DEBUG; echo b
--- out
> echo a
a
> x=1
> trap - DEBUG
b

=== trap RETURN
f() { trap 'echo ret' RETURN; echo in; trap - RETURN; trap 'echo ret2' RETURN; }; f
--- out
in
ret2

=== trap -p
trap 'echo x' INT; trap -p; trap -p INT EXIT
--- out
trap -- 'echo x' SIGINT
trap -- 'echo x' SIGINT

=== trap with SIG names
trap 'echo got' SIGUSR1; kill -USR1 $$; trap 'echo int' sigint; kill -INT $$
--- out
got
int

=== BASH_SOURCE FUNCNAME BASH_LINENO
f() {
g
}
g() { echo ${FUNCNAME[0]} ${FUNCNAME[1]} ${FUNCNAME[2]} ${BASH_LINENO[0]} ${BASH_LINENO[1]} ${BASH_SOURCE[0]}; }
f
--- out
g f main 2 5 ../script

=== LINENO in functions
f() {
  echo $LINENO
}
f
echo $LINENO
--- out
2
5

=== caller
f() { caller 0; caller; }
f
--- out
2 main ../script
2 ../script

=== BASHPID and BASH_SUBSHELL
[ $BASHPID = $$ ] && echo same; (if [ $BASHPID != $$ ]; then echo other; fi; echo $BASH_SUBSHELL); echo $BASH_SUBSHELL
--- out
same
other
1
0

=== RANDOM and SRANDOM
a=$RANDOM b=$RANDOM c=$RANDOM; [ "$a$b$c" != 000 ] && [ $a -lt 32768 ] && echo ok; RANDOM=5; x=$RANDOM; RANDOM=5; [ $x = $RANDOM ] && echo seeded
--- out
ok
seeded

=== SECONDS EPOCHSECONDS EPOCHREALTIME
[ $SECONDS -lt 5 ] && echo ok; SECONDS=100; [ $SECONDS -ge 100 ] && echo set; [[ $EPOCHSECONDS =~ ^[0-9]{10,}$ && $EPOCHREALTIME =~ ^[0-9]+\.[0-9]{6}$ ]] && echo epoch
--- out
ok
set
epoch

=== UID EUID PPID HOSTNAME
[[ $UID =~ ^[0-9]+$ && $EUID == "$(id -u)" && -n $HOSTNAME && $PPID -gt 0 ]] && echo ok; (UID=5) 2>/dev/null || echo ro
--- out
ok
ro

=== SHLVL
x=$SHLVL; $SH -c 'echo $((SHLVL))' > f; [ $(cat f) = $((x+1)) ] && echo more
--- out
more

=== BASH_VERSION is set
[ -n "$BASH_VERSION" ] && [ ${BASH_VERSINFO[0]} -ge 4 ] && echo ok
--- out
ok

=== $_ is the last argument
echo a b >/dev/null; echo $_
--- out
b

=== pushd popd dirs
cd /; pushd /usr >/dev/null; pushd /tmp >/dev/null; dirs; popd >/dev/null; pwd; popd; dirs -p
--- out
/tmp /usr /
/usr
/
/

=== dirs -v and pushd +n
cd /; pushd /usr >/dev/null; pushd /tmp >/dev/null; pushd +1; dirs -v; dirs -c; dirs
--- out
/usr / /tmp
 0  /usr
 1  /
 2  /tmp
/usr

=== type -t
f() { :; }; alias al=x; type -t f cd if ls al; type -t nosuch; echo $?
--- out
function
builtin
keyword
file
1

=== type -p and -a
type -p ls; type -p cd; echo $?; type -a true | head -n 1
--- out
/usr/bin/ls
0
true is a shell builtin

=== command -v and builtin
builtin echo hi; builtin nosuch 2>/dev/null; echo $?; echo() { builtin echo "my $1"; }; echo x
--- out
hi
1
my x

=== enable
enable -n echo; type -t echo; enable echo; type -t echo
--- out
file
builtin

=== hash
hash ls; hash -t ls; hash -r; hash -t ls 2>/dev/null; echo $?
--- out
/usr/bin/ls
1

=== shopt
shopt -s nullglob; shopt nullglob; shopt -q nullglob; echo $?; shopt -u nullglob; shopt -q nullglob; echo $?; shopt -s nosuch 2>/dev/null; echo $?
--- out
nullglob       	on
0
1
1

=== shopt -o
shopt -so noglob; echo *; shopt -uo noglob; set -o | grep -c noglob
--- out
*
1

=== lastpipe
shopt -s lastpipe; echo a | read x; echo $x
--- out
a

=== inherit_errexit
set -e; x=$(false; echo a); echo "$x"; shopt -s inherit_errexit; x=$(false; echo a) || echo ended; echo end
--- out
a
end

=== set -o pipefail
set -o pipefail; false | true; echo $?; set +o pipefail; false | true; echo $?
--- out
1
0

=== set -E -T flags
set -ET; echo $- | grep -c E; set +ET; echo $- | grep -c E
--- out
1
0
--- status 1

=== printf -v
printf -v x '%05d' 42; echo $x; printf -v y '%s-' a b c; echo $y
--- out
00042
a-b-c-

=== printf %q
printf '%q\n' 'a b' "it's" '' 'a$b' $'x\ny'
--- out
a\ b
it\'s
''
a\$b
$'x\ny'

=== printf %(fmt)T
printf '%(%Y)T\n' 0; printf '%(%s)T\n' 86400; TZ=UTC printf '%(%H:%M)T\n' 3600
--- out
1970
86400
01:00

=== printf escapes
printf '\x41\u00e9\e[0m\n' | od -An -c
--- out
   A 303 251 033   [   0   m  \n

=== echo options
echo -e 'a\tb'; echo -E 'a\tb'; echo -n x; echo; echo -ne 'c\x41\n'; echo 'a\tb'; echo -e '\0101\u00e9'
--- out
a	b
a\tb
x
cA
a\tb
Aé

=== echo xpg_echo
shopt -s xpg_echo; echo 'a\tb'
--- out
a	b

=== read -r -p -s -n -N -t -u -d
read -n 2 x <<< abcd; echo $x; read -N 3 y <<< 'a bc'; echo "$y"; read -d : z <<< a:b; echo $z; exec 5<<< five; read -u 5 w; echo $w; read -t 1 v <<< t; echo $v
--- out
ab
a b
a
five
t

=== read without a name
read <<< '  a b  '; echo "[$REPLY]"
--- out
[  a b  ]

=== read -t times out
read -t 0.1 x < <(sleep 2); [ $? -gt 128 ] && echo late
--- out
late

=== read -t 0 asks
read -t 0 <<< x && echo ready
--- out
ready

=== read in a while loop with process substitution
while IFS== read -r k v; do echo "$k:$v"; done < <(printf 'a=1\nb=2=3\n')
--- out
a:1
b:2=3

=== wait -n
(sleep 0.1; exit 3) & (sleep 3; exit 4) & wait -n; echo $?; kill %2 2>/dev/null; wait
--- out
3

=== wait -p
(exit 5) & p=$!; wait -n -p id; echo $?; [ "$id" = $p ] && echo same
--- out
5
same

=== disown and jobs -p
sleep 1 & [ "$(jobs -p)" = $! ] && echo pid; disown; jobs; kill $!
--- out
pid

=== kill with names
kill -l 9; kill -l SIGKILL; kill -l TERM
--- out
KILL
9
15

=== umask -p and -S
umask 022; umask -p; umask -S
--- out
umask 0022
u=rwx,g=rx,o=rx

=== ulimit blocks of 1024
ulimit -f 10; ulimit -f
--- out
10

=== unset -f and unset of nothing
f() { :; }; unset f; type -t f; echo $?
--- out
1

=== exec -a and -c
exec -a myname $SH -c 'echo $0'
--- out
myname

=== let with errors
let 'x=1/0' 2>/dev/null; echo $?
--- out
1

=== test with bash operators
x=1; test -v x && echo v; [ a == a ] && echo eq; [ a \< b ] && echo lt; [ -o nosuch ] || echo no; test -N /nosuch || echo N
--- out
v
eq
lt
no
N

=== getopts in bash keeps the same rules
while getopts ':ab:' o -a -b val -z; do echo "$o ${OPTARG-}"; done
--- out
a 
b val
? z

=== export -n
export x=1; export -n x; $SH -c 'echo ${x-unset}'; echo $x
--- out
unset
1

=== alias needs expand_aliases
alias e='echo al'
e 2>/dev/null || echo off
shopt -s expand_aliases
e
--- out
off
al

=== eval and arrays
n=arr; eval "$n=(1 2 3)"; echo ${arr[2]}; eval "echo \${$n[1]}"
--- out
3
2

=== command substitution removes NUL
x=$(printf 'a\0b') 2>/dev/null; echo ${#x}
--- out
2

=== return in the middle of a sourced file
echo 'echo a; return 4; echo b' > s; source ./s; echo $?
--- out
a
4

=== background and $!
sleep 0 & wait $!; echo $?
--- out
0

=== suspend is not needed; times works
times | wc -l | tr -d ' '
--- out
2

=== exit traps in subshells
(trap 'echo sub' EXIT; :); trap 'echo main' EXIT
--- out
sub
main

=== nested functions and locals
f() { local a=1; g() { local a=2; echo $a; }; g; echo $a; }; f
--- out
2
1

=== recursion with locals
fact() { local n=$1; if ((n<=1)); then echo 1; else echo $((n * $(fact $((n-1))))); fi; }; fact 10
--- out
3628800

=== string building in a loop
s=; for c in {a..z}; do s+=$c; done; echo $s ${#s}
--- out
abcdefghijklmnopqrstuvwxyz 26

=== here-document with <<- and variables in arrays
a=(x y); cat <<-E
	${a[1]} ${#a[@]}
	E
--- out
y 2

=== set -u with arrays
(set -u; a=(); echo "${a[@]}" ok; echo ${a[0]}) 2>/dev/null || echo failed
--- out
ok
failed

=== ${x:?} in a function ends the shell
(f() { : ${nosuch:?}; echo no; }; f; echo no2) 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== errexit in (( )) and [[ ]]
$SH -ec '((0)); echo no'; echo $?; $SH -ec '[[ a == b ]]; echo no'; echo $?
--- out
1
1

=== the trap on EXIT sees functions
cleanup() { echo clean $?; }; trap cleanup EXIT; exit 3
--- out
clean 3
--- status 3

=== job control notation %%
sleep 5 & kill %%; wait %% 2>/dev/null; [ $? -eq 143 ] && echo killed
--- out
killed

=== command_not_found_handle
command_not_found_handle() { echo "no $1"; return 5; }; nosuch_x a; echo $?
--- out
no nosuch_x
5

=== BASH_ENV is read by scripts
echo 'echo env' > e; echo 'echo script' > s; BASH_ENV=./e $SH s
--- out
env
script

=== BASH_XTRACEFD
exec 7> t; BASH_XTRACEFD=7; set -x; echo a; set +x; grep -c 'echo a' t
--- out
a
1

=== set -x of assignments and tests
{ x='a b'; set -x; y=$x; [[ $y == a* ]]; ((1)); set +x; } 2>&1 | grep -c '^+ .'
--- out
4

=== numeric for with step and text
for i in {1..3} {8..10}; do echo -n "$i "; done; echo
--- out
1 2 3 8 9 10 

=== exec with only redirections in a subshell
(exec > f; echo x); cat f
--- out
x

=== IFS read with an array splitting path
IFS=/ read -ra p <<< /usr/lib/x; echo ${#p[@]} "${p[3]}"
--- out
4 x

=== test of regex in a variable with spaces
r='a b+'; [[ 'xa bby' =~ $r ]] && echo ${BASH_REMATCH[0]}
--- out
a bb

=== case with extglob patterns needs extglob
shopt -s extglob
case x123 in x+([0-9])) echo num;; esac
--- out
num

=== arithmetic command status in if and while
n=3; while ((n--)); do echo $n; done; if ((n<0)); then echo neg; fi
--- out
2
1
0
neg

=== associative arrays count words
declare -A c; for w in a b a c a; do ((c[$w]++)); done; echo ${c[a]} ${c[b]} ${c[c]}
--- out
3 1 1

=== functions that return arrays by name
f() { local -n r=$1; r=(x y); }; f out; echo ${out[1]} ${#out[@]}
--- out
y 2

=== indirect expansion with a default
v=nosuch; echo ${!v:-def}
--- out
def

=== loops with read and a pipeline variable lost
n=0; printf '1\n2\n' | while read x; do ((n++)); done; echo $n
--- out
0

=== unset inside loops over keys
declare -A m=([a]=1 [b]=2); for k in "${!m[@]}"; do unset "m[$k]"; done; echo ${#m[@]}
--- out
0

=== >| and noclobber
set -C; echo a > f; (echo b > f) 2>/dev/null || echo no; echo c >| f; cat f
--- out
no
c

=== redirections with variables in {fd}
exec {a}<<< x {b}<<< y; read p <&$a; read q <&$b; echo $p$q
--- out
xy

=== process substitution as an argument to source
source <(echo 'echo sourced $((1+1))')
--- out
sourced 2

=== nested process substitution
cat <(cat <(echo deep))
--- out
deep

=== diff of two substitutions
diff <(echo a) <(echo a) && echo same
--- out
same

=== tee into a process substitution
echo x | tee >(cat > f1) > /dev/null; sleep 0.2; cat f1
--- out
x

=== functions do not inherit the RETURN trap
trap 'echo ret' RETURN; f() { echo f; }; f; echo 'echo s' > s; . ./s; set -T; f
--- out
f
s
ret
f
ret

=== BASH_COMMAND in the EXIT trap
trap 'echo "last: $BASH_COMMAND"' EXIT; set -e; false
--- out
last: false
--- status 1

=== [[ -a file ]]
[[ -a / ]] && echo yes; [[ ! -a /nosuch ]] && echo no
--- out
yes
no

=== assignments before a special builtin do not stay
x=1; x=2 :; echo $x; echo 'echo "in $x"' > s; x=3 . ./s; echo $x; x=4 eval 'echo $x'; echo $x
--- out
1
in 3
1
4
1

=== process substitutions are closed after the command
n=0; for i in 1 2 3 4 5; do cat <(echo) >/dev/null; done; a=(/proc/$$/fd/*); while read x; do :; done < <(echo); b=(/proc/$$/fd/*); [ ${#a[@]} = ${#b[@]} ] && echo same
--- out
same

=== two process substitutions to write to
echo x | tee >(cat > f1) >(cat > f2) >/dev/null; sleep 0.2; cat f1 f2
--- out
x
x

=== printf %b keeps backslashes before quotes
printf '%b\n' 'a\"b\'"'"'c\?'
--- out
a\"b\'c\?

=== test -a file
[ -a / ]; echo $?; [ -a /nosuch ]; echo $?
--- out
0
1

=== an error in an assignment or expansion gives up only the line
readonly x=1
x=2; echo no
echo "after $?"
echo $((1/0)); echo no
echo "after $?"
f() { x=3; echo no; }; f; echo no
echo "after $?"
(x=4; echo no); echo "sub $?"
echo 'x=6; echo no
echo in file' > s; . ./s
--- out
after 1
after 1
after 1
sub 1
in file

=== set and declare list variables bare when they can be
abc=1 abd='x y' abe=; set | grep '^ab[cde]='; declare | grep '^ab[cde]='
--- out
abc=1
abd='x y'
abe=
abc=1
abd='x y'
abe=
