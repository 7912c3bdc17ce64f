Command substitution and tilde expansion: XCU 2.6.3, 2.6.1.
=== both forms
echo $(echo a) `echo b`
--- out
a b

=== trailing newlines are removed
x=$(printf 'a\n\n\n'); printf '[%s]\n' "$x"
--- out
[a]

=== inner newlines stay in quotes
printf '[%s]\n' "$(printf 'a\nb\n')"
--- out
[a
b]

=== an empty substitution
printf '<%s>' a $() `` b; echo
--- out
<a><b>

=== the exit status of an assignment is that of the substitution
x=$(false); echo $?
x=$(exit 3); echo $?
x=$(exit 3)y$(true); echo $?
--- out
1
3
0

=== the exit status of a command does not depend on it
echo "$(false)" ; echo $?
--- out

0

=== a command that is only a substitution
$(echo echo hi)
$(false); echo $?
`exit 4`; echo $?
--- out
hi
1
4

=== status of an empty command made of a substitution and a redirection
$(exit 5) >f; echo $?
--- out
5

=== nesting
echo $(echo $(echo $(echo deep)))
--- out
deep

=== it runs in a subshell environment
x=1; y=$(x=2; echo $x); echo $x $y
(cd /; :); y=$(cd /; pwd); [ "$PWD" != / ] && echo $y
--- out
1 2
/

=== exit in a substitution ends only that
x=$(echo a; exit 1; echo b); echo $? $x
--- out
1 a

=== functions work inside
f() { echo "f $1"; }; echo $(f x)
--- out
f x

=== positional parameters are seen inside
set -- a b; echo $(echo $2 $#)
--- out
b 2

=== several commands
echo $(echo a; echo b
echo c)
--- out
a b c

=== pipelines
echo $(printf '3\n1\n2\n' | sort)
--- out
1 2 3

=== a here-document inside
x=$(cat <<E
in here
E
)
echo "$x"
--- out
in here

=== quotes inside double quotes
echo "$(echo "a  b")" "$(echo 'c  d')"
--- out
a  b c  d

=== backquotes: backslash before $ ` and \ only
x=v
printf '%s ' `echo \$x` `echo '\$x'` `printf '%s' '\\q'` `printf '%s' '\q'`
--- out
v $x \q \q 

=== backquotes inside double quotes
x=v
echo "`echo \"$x  y\"`" "`echo '$x'`"
--- out
v  y $x

=== $(...) keeps backslashes
printf '%s\n' $(printf '%s' '\\q')
--- out
\\q

=== case inside $(...)
echo $(case x in (x) echo ok;; esac) $(case x in x) echo ok;; esac)
--- out
ok ok

=== subshell inside: $( (...) )
echo $( (echo sub) ) $( (echo a); (echo b) )
--- out
sub a b

=== arithmetic look-alike
echo $((echo 1); (echo 2))
--- out
1 2
--- not dash bash: left open; a space must be there

=== nul bytes vanish or not, the rest stays
x=$(printf 'a\0b'); echo ${#x}
--- out
2
--- not bash: warns on stderr only

=== large output
x=$(i=0; while [ $i -lt 2000 ]; do echo "line number $i of many"; i=$((i+1)); done)
echo ${#x}
--- out
48889

=== stdin of a substitution is that of the shell
echo data | { x=$(cat); echo "got $x"; }
--- out
got data

=== stderr is not captured
x=$(echo err >&2) 2>/dev/null; echo "[$x]"
--- out
[]

=== background process does not need to end when its output is redirected
x=$(sleep 5 >/dev/null & echo done); echo $x
--- out
done

=== $? inside is the status before
false; echo $(echo $?)
--- out
1

=== unset inside does not matter outside
x=1; : $(unset x); echo $x
--- out
1

=== trap in a substitution is reset, output still works
trap 'echo t' EXIT
x=$(echo in); echo "$x"
--- out
in
t

=== substitution in a here-document
cat <<E
a $(echo b) `echo c`
E
--- out
a b c

=== substitution in a redirection
echo hi > $(echo f); cat f
--- out
hi

=== substitution in a case pattern
case ab in $(echo 'a*')) echo yes;; esac
--- out
yes

=== substitution in a for list
for i in $(echo 1 2) `echo 3`; do printf '<%s>' $i; done; echo
--- out
<1><2><3>

=== side effects happen left to right
echo $(echo a >>f; echo 1) $(echo b >>f; echo 2); cat f
--- out
1 2
a
b

=== comment with a quote inside
echo $(
# it's a comment
echo ok
)
--- out
ok

=== tilde: alone and with a slash (2.6.1)
HOME=/h; echo ~ ~/ ~/a ~/a/~
--- out
/h /h/ /h/a /h/a/~

=== tilde: only at the start of a word
HOME=/h; echo a~ x/~ a~/b
--- out
a~ x/~ a~/b

=== tilde: in assignments after each colon
HOME=/h; x=~:~/a:b~:~; echo $x
--- out
/h:/h/a:b~:/h

=== tilde: not after a colon in an argument
HOME=/h; echo a:~ --x=~
--- out
a:~ --x=~

=== tilde: after = in an argument is no assignment
HOME=/h; echo x=~
--- out
x=~

=== tilde: its result is neither split nor globbed
HOME='/a  *b'; printf '<%s>' ~ ~/x; echo
--- out
</a  *b></a  *b/x>

=== tilde: unset HOME is left open but no crash
unset HOME; x=~; echo ok
--- out
ok

=== tilde: empty HOME
HOME=; printf '<%s>' ~ ; echo
--- out
<>

=== tilde: root's home
echo ~root
--- out
/root

=== tilde: unknown user stays
echo ~nosuchuser_x/y
--- out
~nosuchuser_x/y

=== tilde: quoted anywhere in the name stays
HOME=/h; echo \~ '~' "~" ~'root' ~r\oot ""~
--- out
~ ~ ~ ~root ~root ~

=== tilde: from a variable is not expanded
HOME=/h; x='~'; echo $x
--- out
~

=== tilde: in case words and patterns
HOME=/h; case /h in ~) echo yes;; esac
case ~ in /h) echo yes;; esac
--- out
yes
yes

=== tilde: in a redirection
HOME=$PWD; echo hi > ~/tf; cat tf
--- out
hi

=== tilde: in for
HOME=/h; for i in ~ ~/a; do echo $i; done
--- out
/h
/h/a

=== tilde: in export and readonly arguments
HOME=/h; export x=~/a; readonly y=~:~; echo $x $y
--- out
/h/a /h:/h

=== export does not split its argument
v='a b'; export x=$v; echo "$x"
--- out
a b
--- not dash: 2.9.1.1 declaration utilities are new in Issue 8

=== readonly does not split its argument
v='a *'; readonly x=$v; echo "$x"
--- out
a *
--- not dash: 2.9.1.1 declaration utilities are new in Issue 8

=== command export does not split either
v='a b'; command export x=$v; echo "$x"
--- out
a b
--- not dash bash: 2.9.1.1

=== export through a variable may or may not be a declaration utility
v='a b'; e=export; $e "x=$v"; echo "$x"
--- out
a b
