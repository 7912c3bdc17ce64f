Ways of writing that build scripts use.
=== set -euo pipefail
set -euo pipefail
f() { local x; x=$(echo v); echo "$x"; }
f; for d in a b; do [[ -d $d ]] || mkdir "$d"; done; ls
--- out
v
a
b

=== a log function with levels
log() { local level=$1; shift; printf '[%-5s] %s\n' "$level" "$*"; }; log INFO starting up; log WARN 'a  b'
--- out
[INFO ] starting up
[WARN ] a  b

=== die
die() { echo "error: $*" >&2; exit 1; }; (die bad thing) 2>&1; echo $?
--- out
error: bad thing
1

=== a folder of the script
dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd); [ "$dir/d" = "$PWD" ] && echo ok
--- out
ok

=== options by a while loop and case
set -- --prefix=/usr -v --jobs 4 file
while [[ $# -gt 0 ]]; do case $1 in --prefix=*) p=${1#*=};; -v|--verbose) v=1;; --jobs) j=$2; shift;; *) rest+=("$1");; esac; shift; done
echo $p $v $j ${rest[@]}
--- out
/usr 1 4 file

=== getopts with defaults
set -- -o out -vv in; v=0; while getopts 'o:v' o; do case $o in o) out=$OPTARG;; v) ((++v));; *) exit 2;; esac; done; shift $((OPTIND-1)); echo $out $v $1
--- out
out 2 in

=== a temporary folder that is removed
tmp=$(mktemp -d); trap 'rm -rf "$tmp"' EXIT; touch "$tmp/x"; [[ -e $tmp/x ]] && echo there
--- out
there

=== reading a file of key=value
printf 'A=1\n# c\nB=two words\n\n' > f; while IFS='=' read -r k v; do [[ $k =~ ^#|^$ ]] && continue; declare "$k=$v"; done < f; echo $A $B
--- out
1 two words

=== parts of a version
v=1.22.3; IFS=. read -r major minor patch <<< "$v"; echo $major $minor $patch; if (( minor >= 20 )); then echo new; fi
--- out
1 22 3
new

=== compare versions by sort
a=1.10 b=1.9; [[ $(printf '%s\n' $a $b | sort -V | head -n1) == "$b" ]] && echo $a newer
--- out
1.10 newer

=== join and split
join() { local IFS=$1; shift; echo "$*"; }; join , a b c; IFS=, read -ra p <<< a,b,c; echo ${#p[@]}
--- out
a,b,c
3

=== contains
list=(a b c); has() { local x=$1; shift; local e; for e; do [[ $e == "$x" ]] && return 0; done; return 1; }; has b "${list[@]}" && echo yes; has z "${list[@]}" || echo no
--- out
yes
no

=== a counter map
declare -A n; while read -r w; do (( n[$w]+=1 )); done < <(printf '%s\n' x y x); for k in x y; do echo $k ${n[$k]}; done
--- out
x 2
y 1

=== file names by parameter expansion
p=/a/b/file.tar.gz; echo ${p##*/} ${p%/*} ${p##*.} ${p%%.*}; n=${p##*/}; echo ${n%.tar.gz}
--- out
file.tar.gz /a/b gz /a/b/file
file

=== defaults
: "${CC:=gcc}" "${CFLAGS:=-O2 -g}"; echo $CC $CFLAGS; PREFIX=${PREFIX:-/usr/local}; echo $PREFIX
--- out
gcc -O2 -g
/usr/local

=== retry
n=0; try() { (( ++n < 3 )) && return 1; return 0; }; until try; do :; done; echo $n
--- out
3

=== parallel jobs and their statuses
pids=(); for i in 0 1 2; do (exit $i) & pids+=($!); done; for p in "${pids[@]}"; do wait $p; echo $?; done
--- out
0
1
2

=== a heredoc into a file with variables
name=x; cat > conf <<EOT
name=$name
home=\$HOME
EOT
cat conf
--- out
name=x
home=$HOME

=== sed and a pipeline inside a substitution
x=$(printf 'b\na\nb\n' | sort -u | tr '\n' ' '); echo "[${x% }]"
--- out
[a b]

=== xargs with a function's words
printf '%s\0' 'a b' c | xargs -0 -n1 printf '<%s>'; echo
--- out
<a b><c>

=== mapfile from find
mkdir d; touch d/1 d/2; mapfile -d '' -t fs < <(find d -type f -print0 | sort -z); echo ${#fs[@]} ${fs[0]}
--- out
2 d/1

=== null-separated loop
touch 'a b' c; while IFS= read -r -d '' f; do echo "<$f>"; done < <(find . -type f -print0 | sort -z)
--- out
<./a b>
<./c>

=== conditional flags in arrays
opts=(); v=1; [[ $v ]] && opts+=(-n); [[ $nosuch ]] && opts+=(-x); printf '%s\n' "${opts[@]}"
--- out
-n

=== a subshell for cd
mkdir d; (cd d && pwd | sed 's|.*/||'); basename "$PWD"
--- out
d
d

=== stderr and stdout apart
out=$({ echo o; echo e >&2; } 2>err); echo "$out $(<err)"
--- out
o e

=== swap of stdout and stderr
{ { echo o; echo e >&2; } 3>&1 1>&2 2>&3 | sed 's/^/1:/'; } 2>&1 | sort
--- out
1:e
o

=== tee a log while keeping the status
set -o pipefail; (echo x; exit 3) | tee log; echo ${PIPESTATUS[0]} $?
--- out
x
3 3

=== a trap with the line of an error
set -E; trap 'echo "failed: $BASH_COMMAND ($?)"' ERR
f() { false; }
f || true
test -e /nosuch
echo on
--- out
failed: test -e /nosuch (1)
on

=== test of a command's presence
for c in ls nosuch_x; do if command -v $c >/dev/null 2>&1; then echo have $c; else echo no $c; fi; done
--- out
have ls
no nosuch_x

=== uname-like case
os=Linux; case "$os" in Linux*) m=linux;; Darwin*) m=mac;; *) m=other;; esac; echo $m
--- out
linux

=== lower-case and replace for names
b='Feature/My Branch'; s=${b,,}; s=${s//[^a-z0-9]/-}; echo $s
--- out
feature-my-branch

=== trimming
x='  a b  '; x=${x#"${x%%[![:space:]]*}"}; x=${x%"${x##*[![:space:]]}"}; echo "[$x]"
--- out
[a b]

=== repeating a character
printf -v line '%*s' 10 ''; echo ${line// /-}; printf '=%.0s' {1..5}; echo
--- out
----------
=====

=== looping over lines of a variable
v=$'a\nb c\n'; while IFS= read -r l; do echo "<$l>"; done <<< "$v"
--- out
<a>
<b c>
<>

=== numbers with leading zeros
n=08; echo $((10#$n + 1)); printf '%03d\n' $((10#007+1))
--- out
9
008

=== nested data by names
declare -A a_x=([k]=1) a_y=([k]=2); for n in x y; do declare -n m=a_$n; echo ${m[k]}; unset -n m; done
--- out
1
2

=== exporting in a loop
for v in A=1 B=2; do export "$v"; done; $SH -c 'echo $A$B'
--- out
12

=== env with assignments in an array
e=(X=1 Y='2 3'); env "${e[@]}" $SH -c 'echo $X "$Y"'
--- out
1 2 3

=== exit code kept through a trap
f() { trap 'rc=$?; echo cleanup $rc; exit $rc' EXIT; exit 7; }; (f); echo $?
--- out
cleanup 7
7

=== a here-string with a regular expression loop
s=a1b22c; while [[ $s =~ ([0-9]+) ]]; do echo ${BASH_REMATCH[1]}; s=${s/${BASH_REMATCH[1]}/}; done
--- out
1
22

=== checking a list is sorted and unique
x=(c a b a); readarray -t y < <(printf '%s\n' "${x[@]}" | sort -u); echo "${y[*]}"
--- out
a b c

=== ternary by && ||
[[ a == a ]] && r=yes || r=no; echo $r
--- out
yes

=== a main with arguments
main() { local -r n=$#; echo "$n:$*"; }; main "$@" a 'b c'
--- out
2:a b c

=== early return with messages
check() { [[ -f $1 ]] || { echo "no $1"; return 1; }; echo "have $1"; }; touch f; check f; check g || echo rc=$?
--- out
have f
no g
rc=1

=== autoconf: quoting tests
as_nl='
'; export as_nl; test "X`printf %s $as_echo`" = X && echo ok; (test "X$ZSH_VERSION" = X) && echo nozsh
--- out
ok
nozsh

=== autoconf: cleaning variables
as_myself=; case $0 in *[\\/]* ) as_myself=$0 ;; esac; test -n "$as_myself" && echo has slash
--- out
has slash

=== autoconf: sed of an expression
ac_cs=`echo "a-b.c" | sed 's/[^a-zA-Z0-9_]/_/g'`; echo $ac_cs
--- out
a_b_c

=== autoconf: eval of names
ac_name=stdio_h; eval "ac_cv_header_$ac_name=yes"; eval test \"x\$"ac_cv_header_$ac_name"\" = x"yes" && echo yes
--- out
yes

=== autoconf: exec of log descriptors
exec 5>>config.log; echo "checking" >&5; exec 6>&1; echo out >&6; cat config.log
--- out
out
checking

=== autoconf: for with a separator
as_save_IFS=$IFS; IFS=:; for d in /a:/b; do :; done; for d in $(echo /a:/b); do IFS=$as_save_IFS; echo "$d"; done
--- out
/a
/b

=== libtool: func with shift and loops
func_join() { _r=; for _x in "$@"; do _r="$_r${_r:+ }$_x"; done; }; func_join a 'b c' d; echo "$_r"
--- out
a b c d

=== make-like shell lines
set -e; cd . && if test -f nosuch; then echo no; else echo made; fi; test -z "" || exit 1
--- out
made

=== a script writes a script
cat > gen.sh <<'EOT'
echo "args: $*"
EOT
chmod +x gen.sh; $SH gen.sh 1 2; ./gen.sh 3
--- out
args: 1 2
args: 3

=== a long here-document through a while
while read -r a b; do printf '%s=%s;' $a "$b"; done <<EOT; echo
x 1
y 2 3
EOT
--- out
x=1;y=2 3;

=== arithmetic on file sizes
printf 12345 > f; s=$(wc -c < f); echo $((s * 2)) $(( s > 3 ? 1 : 0 ))
--- out
10 1

=== dates
[[ $(date +%Y) -ge 2024 ]] && echo ok
--- out
ok

=== locking by mkdir
if mkdir lock 2>/dev/null; then echo got; fi; if ! mkdir lock 2>/dev/null; then echo busy; fi
--- out
got
busy

=== select files by a pattern and rename
touch a.txt b.txt; for f in *.txt; do mv "$f" "${f%.txt}.md"; done; echo *
--- out
a.md b.md

=== count lines without a subshell
printf 'a\nb\nc' > f; n=0; while IFS= read -r l || [[ -n $l ]]; do ((++n)); done < f; echo $n
--- out
3

=== strict unset with a message
(: "${REQUIRED:?must be set}") 2>&1 | grep -c 'must be set'
--- out
1

=== a function as filter
upper() { while IFS= read -r l; do echo "${l^^}"; done; }; printf 'a\nb\n' | upper
--- out
A
B

=== a syntax error ends a sourced file or eval, not the script
echo 'echo a
fi' >f
. ./f
echo $?
eval 'fi'
echo on
--- out
a
2
on
