Expansions of bash.
=== brace expansion: lists
echo a{b,c,d}e {x,y}{1,2} {a,b{1,2},c}
--- out
abe ace ade x1 x2 y1 y2 a b1 b2 c

=== brace expansion: sequences
echo {1..5} {5..1} {a..e} {01..03} {1..10..3} {10..1..4} {-2..2} {a..i..2}
--- out
1 2 3 4 5 5 4 3 2 1 a b c d e 01 02 03 1 4 7 10 10 6 2 -2 -1 0 1 2 a c e g i

=== brace expansion: not these
echo {a} {} a{b {1..} {a,b '{a,b}' "{a,b}" \{a,b}
--- out
{a} {} a{b {1..} {a,b {a,b} {a,b} {a,b}

=== brace expansion: empty parts
printf '<%s>' x{,a,}y; echo
--- out
<xy><xay><xy>

=== brace expansion comes first
x=1 y=2; echo {$x,$y} "$x"{a,b}; a=3; echo {1..$a}
--- out
1 2 1a 1b
{1..3}

=== brace expansion: nested and adjacent
echo {a,b}{c,{d,e}}f
--- out
acf adf aef bcf bdf bef

=== brace expansion with quotes inside
echo {a,'b c',"d e"}
--- out
a b c d e

=== brace expansion: no expansion in assignments
x={a,b}; echo $x
--- out
{a,b}

=== brace expansion with globs
touch a.c b.c; echo {a,b,z}.c *.{c,h}
--- out
a.c b.c z.c a.c b.c *.h

=== substring
x=abcdefgh; echo ${x:2} ${x:2:3} ${x:0:1} ${x: -3} ${x: -3:2} ${x:2:-2} ${x:8} ${x:1+1:1*2}
--- out
cdefgh cde a fgh fg cdef cd

=== substring of an unset or short value
x=ab; echo "[${x:5}] [${x:1:9}] [${nosuch:0:2}]"
--- out
[] [b] []

=== substring counts characters
x=äöüß; echo ${x:1:2} ${#x}
--- out
öü 4

=== substring of "$@"
set -- a b c d e; echo ${@:2} / ${@:2:2} / ${@: -2} / "${@:1:1}" / ${*:4}
--- out
b c d e / b c / d e / a / d e

=== replace
x=banana; echo ${x/a/o} ${x//a/o} ${x/#b/B} ${x/%a/A} ${x/an} ${x//an/} ${x/z/y}
--- out
bonana bonono Banana bananA bana ba banana

=== replace with patterns
x=a.b.c; echo ${x//./-} ${x/.*/!} ${x//[a-c]/x} ${x//?/_}
--- out
a-b-c a! x.x.x _____

=== replace longest
x=aXbXc; echo ${x/X*/!} ${x/*X/!}
--- out
a! !c

=== replace with expansions
x=abc p=b r=ZZ; echo ${x/$p/$r} "${x/$p/[$r]}" ${x/"$p"/'*'}
--- out
aZZc a[ZZ]c a*c

=== replace with a slash
x=a/b/c; echo ${x//\//:} "${x////:}"
--- out
a:b:c a:b:c

=== replace with quotes kept apart
x='a b'; echo "${x/ /"  "}" "${x/ /'-'}"
--- out
a  b a-b

=== replace & when patsub_replacement
x=abc; echo ${x/b/[&]} ${x/b/\&} "${x/b/'&'}"
--- out
a[b]c a&c a&c

=== replace an empty pattern
x=abc; echo ${x//} ${x/#/pre} ${x/%/post}
--- out
abc preabc abcpost

=== replace on "$@" and arrays
set -- ab cb; echo ${@/b/X}; a=(x1 x2); echo ${a[@]/x/y} ${a[*]//[0-9]/n}
--- out
aX cX
y1 y2 xn xn

=== case of letters
x='hello World'; echo ${x^} ${x^^} ${x,} ${x,,} ${x^^[lo]} ${x~~}
--- out
Hello World HELLO WORLD hello World hello world heLLO WOrLd HELLO wORLD

=== case of letters on arrays
a=(ab cd); echo ${a[@]^} ${a[@]^^}
--- out
Ab Cd AB CD

=== indirection
x=y y=value; echo ${!x} ${!x:-d}; z=; echo "${!z-}" 2>/dev/null; n=1; set -- first; echo ${!n}
--- out
value value
--- status 1

=== indirection to an array element
a=(1 2 3); r='a[1]'; echo ${!r}; r='a[@]'; echo ${!r}
--- out
2
1 2 3

=== names by prefix
abc1=1 abc2=2; echo ${!abc*} ${!abc@}
--- out
abc1 abc2 abc1 abc2

=== ${x@Q} and others
x="it's a b"; echo ${x@Q}; y=abc; echo ${y@Q} ${y@U} ${y@u} ${y@L}; z='a\tb'; echo "${z@E}"
--- out
'it'\''s a b'
'abc' ABC Abc abc
a	b

=== ${x@A} and ${x@a}
declare -i n=5; declare -r r=1; declare -a a=(1 2); echo ${n@A}; echo ${n@a} ${r@a} ${a@a}; echo ${a[@]@A}
--- out
declare -i n='5'
i r a
declare -a a=([0]="1" [1]="2")

=== ${x@P}
x='\$ a'; y="${x@P}"; echo "${y#[\$#]}"
--- out
 a

=== ${a[@]@K}
a=(x 'y z'); echo "${a[@]@K}"; echo "${a[@]@Q}"
--- out
0 "x" 1 "y z"
'x' 'y z'

=== append
x=a; x+=b; echo $x; x+=c x+=d; echo $x; declare -i n=1; n+=2; echo $n
--- out
ab
abcd
3

=== append in the environment of a command
x=a; x+=b $SH -c 'echo $x'; echo $x
--- out
ab
a

=== $'...'
printf '<%s>' $'a\tb' $'\x41\u00e9\101' $'it\'s' $'\cA' | od -An -c
--- out
   <   a  \t   b   >   <   A 303 251   A   >   <   i   t   '   s
   >   < 001   >

=== $"..." is a string
echo $"hello $((1+1))"
--- out
hello 2

=== arithmetic: ++ -- ** , and bases
x=5; echo $((x++)) $x $((++x)) $((x--)) $((--x)) $((2**10)) $((1,2)) $((16#ff)) $((2#101)) $((36#z))
--- out
5 6 7 7 5 1024 2 255 5 35

=== arithmetic: recursive values
a=b b=c c=7; echo $((a+1)); e='1+2'; echo $((e*2))
--- out
8
6

=== arithmetic: arrays
a=(1 2 3); echo $((a[1]+a[2])) $((a[0]++)) ${a[0]}; i=1; echo $((a[i]*10))
--- out
5 1 2
20

=== arithmetic: $[...]
echo $[1+2]
--- out
3

=== (( )) command
((1)); echo $?; ((0)); echo $?; x=3; ((x+=2)); echo $x; ((x>4)) && echo big
--- out
0
1
5
big

=== (( )) with unusual operators
((x = 5 > 3 ? 10 : 20)); echo $x; (( a = 1, b = 2 )); echo $a $b; ((! 0)) && echo yes
--- out
10
1 2
yes

=== let
let x=1+2 y=x*2; echo $x $y; let 0; echo $?; let 'z = 5'; echo $z
--- out
3 6
1
5

=== for ((
for ((i=0; i<3; i++)); do echo $i; done; for ((;;)); do break; done; for ((i=0,j=5;i<j;i++,j--)); do echo $i$j; done
--- out
0
1
2
05
14
23

=== for (( with braces
for ((i=0;i<2;i++)) { echo $i; }
--- out
0
1

=== process substitution in
cat <(echo a) <(echo b); while read x; do echo "<$x>"; done < <(printf '1\n2\n')
--- out
a
b
<1>
<2>

=== process substitution out
echo hi > >(cat > f; :); sleep 0.2; cat f
--- out
hi

=== process substitution keeps variables
n=0; while read x; do n=$((n+x)); done < <(printf '1\n2\n3\n'); echo $n
--- out
6

=== here-string
cat <<< 'a b'; x='c  d'; cat <<< $x; cat <<< "$x"; read a b <<< "1 2"; echo $b
--- out
a b
c  d
c  d
2

=== $(< file)
echo content > f; echo $(<f); x=$(< f); echo "$x"
--- out
content
content

=== extglob off in arguments by default, on in [[ ]]
[[ aaa == +(a) ]] && echo yes; [[ abc == @(abc|def) ]] && echo at; [[ x == !(y) ]] && echo not
--- out
yes
at
not

=== extglob
shopt -s extglob
touch a.c b.h c.o; echo *.@(c|h) !(*.o); x=aaabbb; echo ${x##+(a)} ${x/+(b)/-}; case foo.c in *.+(c|h)) echo m;; esac
--- out
a.c b.h a.c b.h
bbb aaa-
m

=== nullglob
shopt -s nullglob; echo x*; touch x1; echo x*
--- out

x1

=== failglob
shopt -s failglob
{ echo x*; } 2>/dev/null
echo $?; touch x1; echo x*
--- out
1
x1

=== dotglob
touch .h v; shopt -s dotglob; echo *; shopt -u dotglob; echo *
--- out
.h v
v

=== globstar
mkdir -p d/e; touch d/f d/e/g; shopt -s globstar; echo **; echo **/g; echo d/**
--- out
d d/e d/e/g d/f
d/e/g
d/ d/e d/e/g d/f

=== nocaseglob and nocasematch
touch Ab; shopt -s nocaseglob; echo a*; shopt -s nocasematch; case ABC in abc) echo m;; esac; [[ X == x ]] && echo m2
--- out
Ab
m
m2

=== GLOBIGNORE
touch a b c; GLOBIGNORE='a:c'; echo *
--- out
b

=== tilde + and -
cd /; cd /usr; echo ~+ ~-
--- out
/usr /

=== quoted and unquoted $@ in odd places
set -- 'a b' c; x=("$@"); echo ${#x[@]}; y=($@); echo ${#y[@]}; z="$*"; echo "$z"
--- out
2
3
a b c

=== IFS and "${a[*]}"
a=(1 2 3); IFS=,; echo "${a[*]}"; echo "${a[@]}"
--- out
1,2,3
1 2 3

=== length forms
x=abc; a=(aa bbb); echo ${#x} ${#a[@]} ${#a[1]} ${#a[*]} ${#a}
--- out
3 2 3 2 2

=== default values on arrays
a=(); echo "${a[@]-none}" "${a[0]:-zero}" "${b[@]+set}"; a=(1); echo "${a[@]+set}"
--- out
none zero
set

=== removal on arrays
a=(a.c b.c); echo ${a[@]%.c} ${a[*]#?.}
--- out
a b c c

=== nested expansions
x=abc; y=${x:0:$((1+1))}; echo ${y^^} ${x/${x:1:1}/-}
--- out
AB a-c
