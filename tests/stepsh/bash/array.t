Arrays and declare of bash.
=== an indexed array
a=(x y z); echo ${a[0]} ${a[1]} ${a[2]} ${a[@]} ${#a[@]} $a
--- out
x y z x y z 3 x

=== elements by subscript
a[0]=x a[5]=y; echo ${a[5]} ${#a[@]} ${!a[@]}
--- out
y 2 0 5

=== negative subscripts
a=(1 2 3); echo ${a[-1]} ${a[-3]}; a[-1]=9; echo ${a[@]}
--- out
3 1
1 2 9

=== an expression as subscript
a=(1 2 3); i=1; echo ${a[i]} ${a[i+1]} ${a[$i]} ${a[i*2]}; a[i+1]=x; echo ${a[2]}
--- out
2 3 2 3
x

=== with subscripts in the list
a=([2]=two [0]=zero three); echo ${!a[@]} ${a[@]}; a=(a [5]=f g); echo ${!a[@]}
--- out
0 1 2 zero three two
0 5 6

=== append
a=(1); a+=(2 3); echo ${a[@]}; a[0]+=x; echo ${a[0]}; a+=y; echo ${a[0]}
--- out
1 2 3
1x
1xy

=== unset of an element and of all
a=(1 2 3); unset 'a[1]'; echo ${a[@]} ${!a[@]} ${#a[@]}; unset a; echo ${#a[@]}
--- out
1 3 0 2 2
0

=== quoting of elements
a=('a b' "c d" e\ f); printf '<%s>' "${a[@]}"; echo; printf '<%s>' "${a[*]}"; echo; printf '<%s>' ${a[@]}; echo
--- out
<a b><c d><e f>
<a b c d e f>
<a><b><c><d><e><f>

=== over lines and with comments
a=(
 one   # first
 'two 2'

 three
)
echo ${#a[@]} "${a[1]}"
--- out
3 two 2

=== globs and expansions in the list
touch f1 f2; a=(f* $(echo x y) {1..3}); echo ${#a[@]} ${a[@]}
--- out
7 f1 f2 x y 1 2 3

=== an empty array
a=(); echo ${#a[@]} "${a[@]}" end; for i in "${a[@]}"; do echo no; done
--- out
0 end

=== copy
a=(1 'b c'); b=("${a[@]}"); b[0]=x; echo ${a[0]} ${b[0]} "${b[1]}"
--- out
1 x b c

=== slices
a=(0 1 2 3 4); echo ${a[@]:1:2} ${a[@]:3} ${a[@]: -2} ${a[*]:0:1}
--- out
1 2 3 4 3 4 0

=== iterate over indices
a=(x y); a[7]=z; for i in "${!a[@]}"; do echo "$i=${a[i]}"; done
--- out
0=x
1=y
7=z

=== a scalar becomes an array
x=s; x[1]=t; echo ${x[0]} ${x[1]} ${#x[@]}
--- out
s t 2

=== associative array
declare -A m; m[a]=1 m['b c']=2; m["d"]=3; echo ${m[a]} ${m[b c]} ${m["b c"]} ${#m[@]}
--- out
1 2 2 3

=== associative list
declare -A m=([x]=1 [y]='2 3'); echo ${m[x]} "${m[y]}"; k=x; echo ${m[$k]}
--- out
1 2 3
1

=== associative keys
declare -A m=([a]=1); for k in "${!m[@]}"; do echo "$k"; done; m[a]+=2; echo ${m[a]}; unset 'm[a]'; echo ${#m[@]}
--- out
a
12
0

=== associative key with special characters
declare -A m; k='a]b $x'; m[$k]=v; echo "${m[$k]}"; m[@x]=at; echo "${m[@x]}"
--- out
v
at

=== associative in arithmetic
declare -A m; m[n]=5; ((m[n]++)); echo ${m[n]} $((m[n]*2))
--- out
6 12

=== associative test of a key
declare -A m=([a]=''); [[ -v m[a] ]] && echo set; [[ -v m[b] ]] || echo unset; echo ${m[a]+yes} ${m[b]-no}
--- out
set
unset
yes no

=== declare -p
x='a b'; declare -p x; a=(1 'b c'); declare -p a; declare -A m=([k]=v); declare -p m; declare -i n=3; declare -p n; export e=1; declare -p e; readonly r=2; declare -p r
--- out
declare -- x="a b"
declare -a a=([0]="1" [1]="b c")
declare -A m=([k]="v" )
declare -i n="3"
declare -x e="1"
declare -r r="2"

=== declare -p of an unset name
declare -p nosuch 2>/dev/null; echo $?; declare u; declare -p u
--- out
1
declare -- u

=== declare -i
declare -i n; n=2+3; echo $n; n=n*2; echo $n; n=abc; echo $n
--- out
5
10
0

=== declare -r
declare -r x=1; (x=2) 2>/dev/null || echo refused; echo $x
--- out
refused
1

=== declare -x and +x
declare -x v=1; $SH -c 'echo ${v-unset}'; declare +x v; $SH -c 'echo ${v-unset}'
--- out
1
unset

=== declare -l and -u
declare -l l=ABC; declare -u u=abc; echo $l $u; l=XYZ; echo $l
--- out
abc ABC
xyz

=== declare -n
x=1; declare -n ref=x; echo $ref; ref=2; echo $x; echo ${!ref}; unset -n ref; echo $x
--- out
1
2
x
2

=== nameref to an array
a=(1 2); declare -n r=a; r+=(3); echo ${r[@]} ${#r[@]} ${a[2]}
--- out
1 2 3 3 3

=== nameref as a function's argument
f() { local -n out=$1; out="got $2"; }; f res x; echo $res
--- out
got x

=== nameref to an element
a=(1 2 3); declare -n r='a[1]'; r=x; echo ${a[@]}
--- out
1 x 3

=== declare in a function is local
f() { declare x=in; echo $x; }; x=out; f; echo $x
--- out
in
out

=== declare -g
f() { declare -g x=in; }; f; echo $x
--- out
in

=== local
f() { local x=1 y; echo $x "${y-unset}"; x=2; }; x=out; f; echo $x
--- out
1 unset
out

=== local is dynamic
f() { local x=f; g; }; g() { echo $x; x=changed; }; x=top; f; echo $x
--- out
f
top

=== local arrays
f() { local -a a=(1 2); local -A m=([k]=v); echo ${a[1]} ${m[k]}; }; f; echo ${#a[@]}
--- out
2 v
0

=== local keeps the status apart
f() { local x=$(false); echo $?; local y; y=$(false); echo $?; }; f
--- out
0
1

=== local outside a function is an error
local x 2>/dev/null; echo $?
--- out
1

=== local -r and -i
f() { local -r x=1; (x=2) 2>/dev/null || echo ro; local -i n=1+1; echo $n; }; f; x=ok; echo $x
--- out
ro
2
ok

=== unset of a local shows the outer or nothing
f() { local x=in; unset x; echo "${x-unset}"; }; x=out; f; echo $x
--- out
unset
out

=== declare does not split
v='a b'; declare x=$v; echo "$x"; local_() { local y=$v; echo "$y"; }; local_
--- out
a b
a b

=== declare with an array assignment in a function
f() { declare a=(1 2 3); echo ${#a[@]}; }; f
--- out
3

=== declare -f and -F
f() { echo hi; }; declare -F f; declare -f f | grep -c '^f *()'; declare -f nosuch; echo $?
--- out
f
1
1

=== declare -f can be read back
f() { if [ "$1" = a ]; then echo A; else for i in 1 2; do echo $i; done; fi; }; g=$(declare -f f); unset -f f; eval "$g"; f a; f b
--- out
A
1
2

=== typeset is declare
typeset -i n=1+1; echo $n; typeset x=5; echo $x
--- out
2
5

=== readonly arrays
readonly -a a=(1 2); (a[0]=x) 2>/dev/null || echo refused; echo ${a[@]}
--- out
refused
1 2

=== export of functions
f() { echo exported $1; }; export -f f; $SH -c 'f x'
--- out
exported x

=== mapfile
mapfile -t a <<< $'x\ny z\nw'; echo ${#a[@]} "${a[1]}"
--- out
3 y z

=== mapfile with options
printf '1\n2\n3\n4\n' > f; mapfile -t -s 1 -n 2 a < f; echo ${a[@]}; mapfile -O 2 -t b < f; echo ${!b[@]}; mapfile -d : -t c <<< a:b; echo "${c[0]}"
--- out
2 3
2 3 4 5
a

=== readarray
readarray -t a < <(printf 'p\nq\n'); echo ${a[@]}
--- out
p q

=== read -a
read -a a <<< 'x y z'; echo ${#a[@]} ${a[2]}; IFS=: read -ra b <<< 'p:q'; echo ${b[1]}
--- out
3 z
q

=== PIPESTATUS
true | false | (exit 3); echo ${PIPESTATUS[@]}; true; echo ${PIPESTATUS[@]}
--- out
0 1 3
0

=== BASH_REMATCH
[[ abc123def =~ ([a-z]+)([0-9]+)(.*) ]]; echo ${BASH_REMATCH[@]} ${#BASH_REMATCH[@]}
--- out
abc123def abc 123 def 4

=== array in [[ -v ]]
a=(1); [[ -v a ]] && echo a; [[ -v a[0] ]] && echo a0; [[ -v a[1] ]] || echo no; [[ -v nosuch ]] || echo no2
--- out
a
a0
no
no2

=== array elements in a for loop with an empty element
a=(x '' y); for i in "${a[@]}"; do echo "<$i>"; done; echo ${#a[@]}
--- out
<x>
<>
<y>
3

=== array assignment in one command with others
a=(1 2) b=3; echo ${a[1]}$b
--- out
23

=== passing arrays to functions
f() { echo $# "$2"; }; a=('1 2' '3 4'); f "${a[@]}"
--- out
2 3 4

=== array of arguments to a command
args=(-n 1); printf 'a\nb\n' | head "${args[@]}"
--- out
a

=== printf -v into an element
printf -v 'a[1]' '%03d' 7; echo ${a[1]}
--- out
007

=== sparse arrays keep order
a[10]=j a[2]=b a[5]=e; echo ${a[@]} ${!a[@]}
--- out
b e j 2 5 10

=== a large array
for ((i=0;i<2000;i++)); do a[i]=$i; done; echo ${#a[@]} ${a[1999]}
--- out
2000 1999

=== subscript with side effect
i=0; a[i++]=x; a[i++]=y; echo ${a[@]} $i
--- out
x y 2

=== assignment to ${a[@]} elements through read
for k in 0 1; do read "a[$k]" <<< "v$k"; done; echo ${a[@]}
--- out
v0 v1

=== nameref without a target
declare -n r; echo "<${r}>" ${r-unset}; [[ -R r ]] || echo none
--- out
<> unset
none

=== mapfile and read -a through a nameref
declare -n r=target; mapfile -t r <<< $'a\nb'; echo ${target[1]}; read -a r <<< 'x y z'; echo ${target[2]}
--- out
b
z

=== nameref to all of an array
arr=(x y); declare -n r='arr[@]'; echo "$r"
--- out
x y

=== declare of an array from a quoted list
x='a b'; declare -a 'arr=(${x} c)'; echo ${#arr[@]} "${arr[1]}"; declare -A 'm=([k]=v)'; echo ${m[k]}; declare s='(a b)'; echo "$s"
--- out
3 b
v
(a b)

=== a nameref cannot refer to what is no name
declare -n r=1a 2>/dev/null; echo $?; declare -n q='a b' 2>/dev/null; echo $?
--- out
1
1

=== unset -n and unset through a nameref
x=1; unset -n x; echo $x; a=(p q r); declare -n e='a[1]'; unset e; echo ${a[@]}; declare -n y=x; unset -n y; echo $x ${y-gone}
--- out
1
p r
1 gone

=== local lists the locals
f() { local a=1 b=2; local | sort; }; f
--- out
declare -- a="1"
declare -- b="2"
