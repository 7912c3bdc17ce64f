Grammar and compound commands: XCU 2.3, 2.4, 2.9.4, 2.10.
=== if
if true; then echo a; fi; if false; then echo b; else echo c; fi
--- out
a
c

=== elif
for x in 1 2 3 4; do if [ $x = 1 ]; then echo one; elif [ $x = 2 ]; then echo two; elif [ $x = 3 ]; then echo three; else echo other; fi; done
--- out
one
two
three
other

=== if over lines
if
true
then
echo yes
else
echo no
fi
--- out
yes

=== the condition is a list
if false; true; then echo last; fi
if true && false || true; then echo andor; fi
--- out
last
andor

=== nested if
if true; then if false; then echo a; else echo b; fi; fi
--- out
b

=== while
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done
--- out
0
1
2

=== until
i=0; until [ $i -ge 3 ]; do echo $i; i=$((i+1)); done
--- out
0
1
2

=== while with a list as condition
i=0; while i=$((i+1)); [ $i -lt 3 ]; do echo $i; done
--- out
1
2

=== for with words
for i in a 'b c' d; do echo "<$i>"; done
--- out
<a>
<b c>
<d>

=== for without in: the positional parameters
set -- x 'y z'; for i do echo "<$i>"; done; for i; do echo "[$i]"; done
--- out
<x>
<y z>
[x]
[y z]

=== for with a newline before do
for i in a b
do echo $i; done
for i
do echo none; done
--- out
a
b

=== for with newlines before in
for i

in a b; do echo $i; done
--- out
a
b

=== for with an empty list
for i in; do echo no; done; for i in $nothing; do echo no; done; echo end
--- out
end

=== for with "$@"
set -- 'a b' c; for i in "$@"; do echo "<$i>"; done
--- out
<a b>
<c>

=== for: the list is expanded once
x='1 2'; for i in $x; do x=changed; echo $i; done
--- out
1
2

=== for with a reserved word as a word
for i in if do done for in; do echo $i; done
--- out
if
do
done
for
in

=== for with a name like a reserved word
for in in a b; do echo $in; done
--- out
a
b

=== case
case abc in x) echo x;; abc) echo yes;; *) echo star;; esac
--- out
yes

=== case with alternatives
case b in a|b|c) echo yes;; esac; case d in a | b) echo no;; (d | e) echo paren;; esac
--- out
yes
paren

=== case: the first match only
case a in a) echo 1;; a) echo 2;; *) echo 3;; esac
--- out
1

=== case without the last ;;
case a in a) echo yes
esac
--- out
yes

=== case over lines
case a
in
  b)
    echo b
    ;;
  a)
    echo a

    ;;
esac
--- out
a

=== case with an empty list
case a in a) ;; *) echo no;; esac; case a in esac; echo end
--- out
end

=== case with empty word and pattern
case '' in '') echo empty;; esac; case "$nothing" in ?*) echo no;; *) echo star;; esac
--- out
empty
star

=== case: patterns are expanded in order until one matches
case a in a) echo a;; $(echo side >&2)) echo no;; esac
--- out
a

=== case: word is not split
x='a b'; case $x in 'a b') echo same;; esac
--- out
same

=== case with a quoted pattern
case '*' in '*') echo star;; esac; case a in '*') echo no;; *) echo other;; esac
--- out
star
other

=== case with reserved words
case if in if) echo ok;; esac; case in in in) echo in;; esac; case esac in (esac) echo e;; esac
--- out
ok
in
e

=== case ;& falls through (2024)
case a in a) echo 1;& b) echo 2;; c) echo 3;; esac
--- out
1
2
--- not dash: new in Issue 8

=== case ;& at the end
case a in a) echo 1;& esac; echo end
--- out
1
end
--- not dash: new in Issue 8

=== group is in this shell
{ x=1; }; echo $x
--- out
1

=== braces are words unless first
echo { } a{b} {
--- out
{ } a{b} {

=== } needs to be first too
{ echo }; }
--- out
}

=== a brace word alone
echo {a}
--- out
{a}

=== subshell needs no blanks
(echo a;echo b);(echo c)
--- out
a
b
c

=== ((echo) is two subshells when a space is there
( (echo a) )
--- out
a

=== reserved words only in command position
echo if then else fi while do done case esac for in { } !
--- out
if then else fi while do done case esac for in { } !

=== reserved words after reserved words
if if true; then true; fi; then echo nested; fi
--- out
nested

=== reserved words after && | ;
true && if true; then echo a; fi; echo x | while read y; do echo $y; done
--- out
a
x

=== reserved words after an assignment are not
x=1 if 2>/dev/null; [ $? -eq 127 ] && echo notfound
--- out
notfound

=== ! needs a blank
!true 2>/dev/null; [ $? -eq 127 ] && echo notfound
--- out
notfound

=== ! before compound commands
! { false; }; echo $?; ! (true); echo $?; ! if false; then :; fi; echo $?
--- out
0
1
1

=== ! in a list
! false && echo yes; true && ! false && echo yes2
--- out
yes
yes2

=== empty lines and comments
# first

echo a # trailing

# between
echo b
--- out
a
b

=== semicolons
echo a; echo b;
echo c;
--- out
a
b
c

=== an ampersand ends a command
echo a & wait
echo b
--- out
a
b

=== pipelines over lines with comments
echo a | # comment
cat
--- out
a

=== && over lines with comments
true && # comment
# another

echo yes
--- out
yes

=== redirection before the command name
< /dev/null cat; > f echo hi; cat f
--- out
hi

=== assignments and redirections mixed
x=1 > f y=2 $SH -c 'echo $x$y'; cat f
--- out
12

=== only an assignment with a redirection
x=5 > f; echo $x
--- out
5

=== operators need no blanks
echo a;echo b&&echo c||echo d;(echo e)|cat;true&wait
--- out
a
b
c
e

=== >& and <& without blanks
echo a>&2 2>/dev/null; cat</dev/null; echo b>f;cat<f
--- out
b

=== digits next to redirection
echo 1>f; cat f; echo 1 >f; cat f; echo a1>f; cat f
--- out

1
a1

=== a word with a hash in it
echo a#b ${x-#} $#
--- out
a#b # 0

=== a line that ends in the end of file
printf 'echo a; echo b' > s; $SH s
--- out
a
b

=== a comment at the end of file
printf 'echo a # c' > s; $SH s
--- out
a

=== a script of only comments
printf '# a\n# b\n' > s; $SH s; echo $?
--- out
0

=== an empty script
: > s; $SH s; echo $?; $SH -c ''; echo $?; $SH -c '
'; echo $?
--- out
0
0
0

=== carriage returns are ordinary characters
printf 'echo a\r\n' > s; $SH s | od -An -c
--- out
   a  \r  \n

=== tabs and blanks separate
echo	a  	b
--- out
a b

=== a long line
$SH -c "echo $(i=0; while [ $i -lt 3000 ]; do printf 'w '; i=$((i+1)); done) | wc -w" | tr -d ' '
--- out
3000

=== deep nesting of groups
eval "$(i=0; while [ $i -lt 200 ]; do printf '{ '; i=$((i+1)); done; printf 'echo deep; '; while [ $i -gt 0 ]; do printf '}; '; i=$((i-1)); done)"
--- out
deep

=== deep nesting of subshell text
eval "$(i=0; while [ $i -lt 30 ]; do printf '( '; i=$((i+1)); done; printf 'echo deep '; while [ $i -gt 0 ]; do printf ') '; i=$((i-1)); done)"
--- out
deep

=== deep nesting of if
eval "$(i=0; while [ $i -lt 200 ]; do printf 'if true; then '; i=$((i+1)); done; printf 'echo deep; '; while [ $i -gt 0 ]; do printf 'fi; '; i=$((i-1)); done)"
--- out
deep

=== a function named like a variable in use
x=1; x() { echo fn; }; echo $x; x
--- out
1
fn

=== a list in parentheses over lines
(
echo a
echo b
)
--- out
a
b

=== a group with redirection and pipe
{ echo b; echo a; } 2>/dev/null | sort > f; cat f
--- out
a
b

=== while reading with a pipe into it
printf '%s\n' a b | while read x; do echo "<$x>"; done
--- out
<a>
<b>

=== compound commands in the background
for i in 1; do echo bg; done & wait; if true; then echo bg2; fi & wait
--- out
bg
bg2

=== case in a loop in a function
f() { for i in "$@"; do case $i in -*) echo opt;; *) echo arg;; esac; done; }; f -a b
--- out
opt
arg

=== while loop with && in body
i=0; while [ $i -lt 5 ]; do i=$((i+1)); [ $((i%2)) = 0 ] && continue; echo $i; done
--- out
1
3
5

=== nested quotes and substitutions
x=$(echo "$(echo "a \"b\" $(echo 'c d')")"); echo "$x"
--- out
a "b" c d

=== arithmetic against nested subshell
echo $(( (1) + (2) )) $( (echo 3) )
--- out
3 3

=== a here-document and a function in one line
f() { cat; }; f <<E; echo after
in
E
--- out
in
after

=== reserved word time-like names are commands
select=1; function=2; echo $select $function
--- out
1 2

=== names that are reserved elsewhere are ordinary words
echo function select time coproc [[ ]] 
--- out
function select time coproc [[ ]]

=== assignment to a name with digits
a1=x a_2=y; echo $a1$a_2
--- out
xy

=== line continuation between words
echo a \
  b \
  c
--- out
a b c

=== line continuation in a comment does not continue
# comment \
echo shown
--- out
shown

=== an unquoted newline ends the command
echo a
echo b
--- out
a
b

=== exit status of the last in a multi-line list
true
false
--- status 1

=== aliases that lead to each other (2.3.1)
alias qa=qb qb=qc qc=qa
qa 2>/dev/null; echo $?
--- out
127

=== break in a subshell of a loop ends the subshell
for i in 1 2; do echo $i; (break; echo no); done
--- out
1
2
--- not bash: goes on

=== a here-document's delimiter may be continued
cat <<EOF
one
EO\
F
echo two
--- out
one
two
--- not dash: reads on
