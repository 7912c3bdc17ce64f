Quoting: XCU 2.2.
=== backslash keeps each special character (2.2.1)
echo \| \& \; \< \> \( \) \$ \` \\ \" \' \* \? \[ \# \~ \= \%
--- out
| & ; < > ( ) $ ` \ " ' * ? [ # ~ = %

=== backslash newline joins lines
echo a\
b c\
 d
--- out
ab c d

=== backslash newline inside a word of a keyword
i\
f true; th\
en echo yes; f\
i
--- out
yes

=== backslash newline inside an operator
true &\
& echo and
false |\
| echo or
--- out
and
or

=== backslash blank is part of the word
printf '[%s]\n' a\ b \  c\	d
--- out
[a b]
[ ]
[c	d]

=== backslash before an ordinary character vanishes
printf '[%s]\n' \a\b\c \n
--- out
[abc]
[n]

=== single quotes keep everything (2.2.2)
printf '[%s]\n' '$HOME `echo` \ " * \n' 'a
b'
--- out
[$HOME `echo` \ " * \n]
[a
b]

=== a backslash in single quotes is no escape
printf '[%s]\n' 'a\' 'b\\'
--- out
[a\]
[b\\]

=== empty single quotes make an empty word
printf '[%s]\n' '' a'' ''b
--- out
[]
[a]
[b]

=== double quotes: dollar, backquote and backslash stay active (2.2.3)
x=1
printf '[%s]\n' "$x" "`echo b`" "\$x" "\`" "\"" "\\" "$(echo c)" "$((1+1))"
--- out
[1]
[b]
[$x]
[`]
["]
[\]
[c]
[2]

=== double quotes: backslash before another character stays
printf '[%s]\n' "\a\b\'\n\ " "a\{b\}"
--- out
[\a\b\'\n\ ]
[a\{b\}]

=== double quotes: backslash newline is removed
printf '[%s]\n' "a\
b"
--- out
[ab]

=== double quotes: a newline stays
printf '[%s]\n' "a
b"
--- out
[a
b]

=== double quotes: no splitting and no globbing
touch f1 f2
x='a   b *'
printf '[%s]\n' "$x" "*"
--- out
[a   b *]
[*]

=== double quotes: single quotes are ordinary
x=v
printf '[%s]\n' "'$x'" "it's"
--- out
['v']
[it's]

=== single quotes inside ${...} in double quotes are ordinary
unset x
printf '[%s]\n' "${x-'a b'}"
--- out
['a b']

=== double quotes inside ${...} in double quotes
unset x
printf '[%s]\n' "${x-"a  b"}"
--- out
[a  b]

=== backslash inside ${...} in double quotes
unset x
printf '[%s]\n' "${x-\$y}" "${x-a\}b}" "${x-\a}"
--- out
[$y]
[a}b]
[\a]

=== quotes inside ${...} outside double quotes
unset x
printf '[%s]\n' ${x-'a b' c} ${x-"d  e"f}
--- out
[a b]
[c]
[d  ef]

=== a quoted brace does not end ${...}
unset x
printf '[%s]\n' ${x-'}'} ${x-"}"} ${x-\}}
--- out
[}]
[}]
[}]

=== adjacent quotings make one word
x='1 2'
printf '[%s]\n' a'b c'"d e"f\ g"$x"
--- out
[ab cd ef g1 2]

=== quoted operators are words
printf '[%s]\n' '|' ";" \& "(" ')'
--- out
[|]
[;]
[&]
[(]
[)]

=== a quoted keyword is no keyword
if() { echo never; }
--- status 2
--- err ?*

=== quoted reserved words are commands
'if' 2>/dev/null; echo $?
"while" 2>/dev/null; echo $?
\for 2>/dev/null; echo $?
--- out
127
127
127

=== dollar alone is itself
printf '[%s]\n' $ a$ $, "$" "$ " "a$"
--- out
[$]
[a$]
[$,]
[$]
[$ ]
[a$]

=== dollar before a quote in double quotes
printf '[%s]\n' "a$"'b'
--- out
[a$b]

=== comment needs a word start (2.3)
echo a#b #c
echo a '#'b \#c
--- out
a#b
a #b #c

=== comment runs to the newline only
echo a # b \
echo c
--- out
a
c

=== comment in the middle of a list
echo 1; # x; echo no
echo 2 && # y
echo 3
--- out
1
2
3

=== quoted command name
'ec'ho "a"; "e"c\ho b
--- out
a
b

=== command name from a variable
x=echo; $x hi; "$x" ho
--- out
hi
ho

=== quoting in an assignment
a='x y'; b="x y"; c=x\ y; d=$a
printf '[%s]\n' "$a" "$b" "$c" "$d"
--- out
[x y]
[x y]
[x y]
[x y]

=== empty expansion vanishes, quoted one stays
x=
printf '<%s>' a $x b; echo
printf '<%s>' a "$x" b; echo
printf '<%s>' a $x"" b; echo
--- out
<a><b>
<a><><b>
<a><><b>

=== quote removal keeps quotes that an expansion made (2.6.7)
x='"a" '\''b'\'' \d'
printf '[%s]\n' $x
--- out
["a"]
['b']
[\d]

=== backslash at the end of double quotes
printf '[%s]\n' "a\\"
--- out
[a\]

=== nested command substitution with quotes
printf '[%s]\n' "$(echo "a  b" 'c  d')" "$(echo "$(echo "x  y")")"
--- out
[a  b c  d]
[x  y]

=== backquotes inside double quotes with escaped quotes
printf '[%s]\n' "`echo \"a  b\"`"
--- out
[a  b]

=== nested backquotes
echo `echo \`echo deep\``
--- out
deep

=== parentheses and quotes in $(...)
echo $(echo ')' '(' "(" \))
--- out
) ( ( )

=== comment in $(...) with a parenthesis
echo $(echo a # )
)
--- out
a

=== case with an unbalanced parenthesis in $(...)
echo $(case a in a) echo yes;; esac)
--- out
yes

=== dollar-single: simple escapes (2.2.4)
printf '%s' $'a\tb\n\\\'\"' | od -An -c
--- out
   a  \t   b  \n   \   '   "
--- not dash: XCU 2.2.4 is new in Issue 8

=== dollar-single: octal, hex and control
printf '%s' $'\101\x41\cA\e' | od -An -tx1
--- out
 41 41 01 1b
--- not dash: XCU 2.2.4 is new in Issue 8

=== dollar-single in double quotes is not special
printf '[%s]\n' "$'a'"
--- out
[$'a']

=== dollar-single is quoted text
x=1; printf '[%s]\n' $'$x  *'
--- out
[$x  *]
--- not dash: XCU 2.2.4 is new in Issue 8

=== tilde is not expanded in quotes
HOME=/h
printf '[%s]\n' '~' "~" \~ ~
--- out
[~]
[~]
[~]
[/h]

=== multi-byte characters in words
printf '[%s]\n' é 'ü'"ß" 日本
--- out
[é]
[üß]
[日本]

=== line continuation inside a parameter name
foo=bar
echo $fo\
o ${fo\
o}
--- out
bar bar

=== line continuation between $ and (
echo $\
(echo sub)
--- out
sub

=== escaped newline in single quotes stays
printf '[%s]\n' 'a\
b'
--- out
[a\
b]

=== a word may hold an equals sign
echo a=b =c d= ==
--- out
a=b =c d= ==

=== long words
x=$(printf '%05000d' 7)
echo ${#x}
y=$x$x$x$x
echo ${#y}
--- out
5000
20000
