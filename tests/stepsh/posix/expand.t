Parameter expansion: XCU 2.6.2. The matrix of the standard: set and not null, set but
null, unset; each with and without the colon, plain and in double quotes.
=== set ${x:-word}
x=v
printf "<%s>" ${x:-word}; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x:-word} quoted
x=v
printf "<%s>" "${x:-word}"; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x-word}
x=v
printf "<%s>" ${x-word}; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x-word} quoted
x=v
printf "<%s>" "${x-word}"; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x:=word}
x=v
printf "<%s>" ${x:=word}; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x:=word} quoted
x=v
printf "<%s>" "${x:=word}"; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x=word}
x=v
printf "<%s>" ${x=word}; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x=word} quoted
x=v
printf "<%s>" "${x=word}"; echo
echo "${x-unset}"
--- out
<v>
v

=== set ${x:?word}
x=v
(printf "<%s>" ${x:?word}; echo) 2>/dev/null || echo failed
--- out
<v>

=== set ${x:?word} quoted
x=v
(printf "<%s>" "${x:?word}"; echo) 2>/dev/null || echo failed
--- out
<v>

=== set ${x?word}
x=v
(printf "<%s>" ${x?word}; echo) 2>/dev/null || echo failed
--- out
<v>

=== set ${x?word} quoted
x=v
(printf "<%s>" "${x?word}"; echo) 2>/dev/null || echo failed
--- out
<v>

=== set ${x:+word}
x=v
printf "<%s>" ${x:+word}; echo
echo "${x-unset}"
--- out
<word>
v

=== set ${x:+word} quoted
x=v
printf "<%s>" "${x:+word}"; echo
echo "${x-unset}"
--- out
<word>
v

=== set ${x+word}
x=v
printf "<%s>" ${x+word}; echo
echo "${x-unset}"
--- out
<word>
v

=== set ${x+word} quoted
x=v
printf "<%s>" "${x+word}"; echo
echo "${x-unset}"
--- out
<word>
v

=== null ${x:-word}
x=
printf "<%s>" ${x:-word}; echo
echo "${x-unset}"
--- out
<word>

=== null ${x:-word} quoted
x=
printf "<%s>" "${x:-word}"; echo
echo "${x-unset}"
--- out
<word>

=== null ${x-word}
x=
printf "<%s>" ${x-word}; echo
echo "${x-unset}"
--- out
<>

=== null ${x-word} quoted
x=
printf "<%s>" "${x-word}"; echo
echo "${x-unset}"
--- out
<>

=== null ${x:=word}
x=
printf "<%s>" ${x:=word}; echo
echo "${x-unset}"
--- out
<word>
word

=== null ${x:=word} quoted
x=
printf "<%s>" "${x:=word}"; echo
echo "${x-unset}"
--- out
<word>
word

=== null ${x=word}
x=
printf "<%s>" ${x=word}; echo
echo "${x-unset}"
--- out
<>

=== null ${x=word} quoted
x=
printf "<%s>" "${x=word}"; echo
echo "${x-unset}"
--- out
<>

=== null ${x:?word}
x=
(printf "<%s>" ${x:?word}; echo) 2>/dev/null || echo failed
--- out
failed

=== null ${x:?word} quoted
x=
(printf "<%s>" "${x:?word}"; echo) 2>/dev/null || echo failed
--- out
failed

=== null ${x?word}
x=
(printf "<%s>" ${x?word}; echo) 2>/dev/null || echo failed
--- out
<>

=== null ${x?word} quoted
x=
(printf "<%s>" "${x?word}"; echo) 2>/dev/null || echo failed
--- out
<>

=== null ${x:+word}
x=
printf "<%s>" ${x:+word}; echo
echo "${x-unset}"
--- out
<>

=== null ${x:+word} quoted
x=
printf "<%s>" "${x:+word}"; echo
echo "${x-unset}"
--- out
<>

=== null ${x+word}
x=
printf "<%s>" ${x+word}; echo
echo "${x-unset}"
--- out
<word>

=== null ${x+word} quoted
x=
printf "<%s>" "${x+word}"; echo
echo "${x-unset}"
--- out
<word>

=== unset ${x:-word}
unset x
printf "<%s>" ${x:-word}; echo
echo "${x-unset}"
--- out
<word>
unset

=== unset ${x:-word} quoted
unset x
printf "<%s>" "${x:-word}"; echo
echo "${x-unset}"
--- out
<word>
unset

=== unset ${x-word}
unset x
printf "<%s>" ${x-word}; echo
echo "${x-unset}"
--- out
<word>
unset

=== unset ${x-word} quoted
unset x
printf "<%s>" "${x-word}"; echo
echo "${x-unset}"
--- out
<word>
unset

=== unset ${x:=word}
unset x
printf "<%s>" ${x:=word}; echo
echo "${x-unset}"
--- out
<word>
word

=== unset ${x:=word} quoted
unset x
printf "<%s>" "${x:=word}"; echo
echo "${x-unset}"
--- out
<word>
word

=== unset ${x=word}
unset x
printf "<%s>" ${x=word}; echo
echo "${x-unset}"
--- out
<word>
word

=== unset ${x=word} quoted
unset x
printf "<%s>" "${x=word}"; echo
echo "${x-unset}"
--- out
<word>
word

=== unset ${x:?word}
unset x
(printf "<%s>" ${x:?word}; echo) 2>/dev/null || echo failed
--- out
failed

=== unset ${x:?word} quoted
unset x
(printf "<%s>" "${x:?word}"; echo) 2>/dev/null || echo failed
--- out
failed

=== unset ${x?word}
unset x
(printf "<%s>" ${x?word}; echo) 2>/dev/null || echo failed
--- out
failed

=== unset ${x?word} quoted
unset x
(printf "<%s>" "${x?word}"; echo) 2>/dev/null || echo failed
--- out
failed

=== unset ${x:+word}
unset x
printf "<%s>" ${x:+word}; echo
echo "${x-unset}"
--- out
<>
unset

=== unset ${x:+word} quoted
unset x
printf "<%s>" "${x:+word}"; echo
echo "${x-unset}"
--- out
<>
unset

=== unset ${x+word}
unset x
printf "<%s>" ${x+word}; echo
echo "${x-unset}"
--- out
<>
unset

=== unset ${x+word} quoted
unset x
printf "<%s>" "${x+word}"; echo
echo "${x-unset}"
--- out
<>
unset

=== the word is not expanded when it is not used
x=v; echo ${x:-$(echo side >&2)} 2>err; cat err
unset y; echo ${y+$(echo side >&2)}
--- out
v

=== the word may hold expansions
unset x; y=1
echo ${x:-$y$(echo 2)$((1+2))} "${x:-$y `echo 2`}"
--- out
123 1 2

=== nested defaults
unset a b; c=3
echo ${a:-${b:-${c:-4}}} "${a-"${b-"$c"}"}"
--- out
3 3

=== the word is split when it is not quoted
unset x
printf '<%s>' ${x:-a b  c}; echo
printf '<%s>' ${x:-"a b"  c}; echo
printf '<%s>' "${x:-a b  c}"; echo
--- out
<a><b><c>
<a b><c>
<a b  c>

=== an assigned default is split afterwards
unset x
printf '<%s>' ${x:=a b}; echo
echo "$x"
--- out
<a><b>
a b

=== an assigned default keeps quoted blanks
unset x
: ${x="a  b"}
echo "$x"
--- out
a  b

=== a default to a positional parameter cannot be assigned
set --
(echo ${1:=x}) 2>/dev/null || echo failed
--- out
failed

=== the default is a tilde
HOME=/h; unset x
echo ${x:-~} ${x:-~/a}
--- out
/h /h/a

=== the message of ${x?word} goes to stderr
unset x
(: ${x?my message}) 2>err; grep -c 'my message' err
--- out
1

=== ${x?} has a message of its own
unset x
(: ${x?}) 2>err; grep -c x err
--- out
1

=== ${x:?} ends a shell that is not interactive
$SH -c 'unset x; : ${x:?}; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== length
x=abc y= z='a b  c'
echo ${#x} ${#y} ${#z} "${#z}"
--- out
3 0 6 6

=== length of an unset variable is 0
unset x; echo ${#x}
--- out
0

=== length counts characters
x=äöü€; echo ${#x}
--- out
4
--- not dash: counts bytes

=== length of positional and special parameters
set -- ab cde; echo ${#1} ${#2} ${##} ${#?}
false; echo ${#?}
--- out
2 3 1 1
1

=== ${#} ${#-} ${#:-}
set -- a b; echo ${#} ${#:-x}
--- out
2 2
--- not bash dash: the forms after # are left open (2.6.2); here: length of $# is not asked

=== smallest and largest suffix
x=a.b.c; echo ${x%.*} ${x%%.*}
--- out
a.b a

=== smallest and largest prefix
x=a.b.c; echo ${x#*.} ${x##*.}
--- out
b.c c

=== a suffix that does not match
x=abc; echo ${x%z} ${x%%z*} ${x#z} ${x##*z}
--- out
abc abc abc abc

=== an empty pattern removes nothing
x=abc y=; echo ${x%} ${x#} ${x%$y} ${x##$y}
--- out
abc abc abc abc

=== the pattern may hold expansions
x=foo.tar.gz e=.gz; echo ${x%$e} ${x%.$(echo tar).*}
--- out
foo.tar foo

=== an expanded pattern is active, a quoted one is not
x='a*b' p='*'; echo ${x%$p} ${x%"$p"b} ${x#a"$p"} ${x##$p}
--- out
a*b a b

=== quoted star in a removal pattern
x='ab*'; echo ${x%'*'} ${x%\*} ${x%"*"}
--- out
ab ab ab

=== brackets in a removal pattern
x=file123; echo ${x%%[0-9]*} ${x%[0-9]} ${x##*[!0-9]}
--- out
file file12 123

=== question marks in a removal pattern
x=abcd; echo ${x%??} ${x#?} ${x#????} ${x#?????}
--- out
ab bcd abcd

=== classes in a removal pattern
x=abc123; echo ${x%%[[:digit:]]*} ${x##[[:alpha:]]*[[:alpha:]]}
--- out
abc 123

=== slash is no special character for removal
x=/usr/lib/x.so; echo ${x##*/} ${x%/*} ${x#*/} ${x%%/*}.
--- out
x.so /usr/lib usr/lib/x.so .

=== a pattern removes all
x=abc; echo "[${x#*}] [${x##*}] [${x%*}] [${x%%*}]"
--- out
[abc] [] [abc] []

=== removal inside double quotes
x='a  b.c'; echo "${x%.c}" "${x#a}"
--- out
a  b   b.c

=== quotes within a removal pattern in double quotes
x='a*c'; echo "${x%'*'c}" "${x%"*"c}" "${x%\*c}"
--- out
a a a

=== a brace in a removal pattern
x='a}b'; echo ${x%\}*} "${x%\}*}" ${x%'}'*}
--- out
a a a

=== backslash in a removal pattern
x='a\b'; printf '%s\n' "${x%\\*}" "${x#*\\}"
--- out
a
b

=== removal of multi-byte characters
x=äöü; echo ${x#?} ${x%?} ${x#ä}
--- out
öü äö öü
--- not dash: a character is a byte there

=== a tilde in a removal pattern
HOME=/h; x=/h/a; echo ${x#~/}
--- out
a

=== backtracking in patterns
x=aaaaaaaaaaaaaaaaaaaaaaaaaaaaab; echo ${x##*a*a*a*a*a*a*c} ${x%%a*b}.
--- out
aaaaaaaaaaaaaaaaaaaaaaaaaaaaab .

=== braces delimit the name
x=1; echo ${x}y ${x}_ "${x}"z
--- out
1y 1_ 1z

=== a bad substitution is an error
$SH -c 'echo ${x!y}; echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error
--- not bash dash: bash takes some of these

=== a bad name in braces
$SH -c 'echo ${1a}; echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== an empty name in braces
$SH -c 'echo ${}; echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== special parameters with a default
set --; echo ${1-none} ${#-x} ${?:-y} "${*:-z}" "${@:-w}"
--- out
none 0 0 z w
--- not dash bash: ${#-x} differs

=== alternative value of positional parameters
set -- a ''; echo ${1+x} ${2+x} ${2:+y}. ${3+x}.
--- out
x x . .

=== removal on "$@" elements is left open, on one parameter it works
set -- a.c b.c; echo ${1%.c} ${2%.c}
--- out
a b

=== assignment by ${x:=} in a subshell is lost
unset x; (: ${x:=1}); echo ${x-unset}
--- out
unset

=== expansion of a variable that holds a dollar
x='$y' y=1; echo $x "$x"
--- out
$y $y

=== double expansion by eval
x='$y' y=1; eval echo $x
--- out
1

=== an empty alternative in quotes is an empty word
x=1; printf '<%s>' a "${x+}" "${x:+}" b; echo; printf '<%s>' a ${x+""} b; echo
--- out
<a><><><b>
<a><><b>
