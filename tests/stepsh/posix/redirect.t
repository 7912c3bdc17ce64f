Redirection: XCU 2.7.
=== output and input
echo hi > f; cat < f
--- out
hi

=== truncation
echo long text > f; echo x > f; cat f
--- out
x

=== append
echo a > f; echo b >> f; cat f
--- out
a
b

=== append makes the file
echo a >> new; cat new
--- out
a

=== a number in front chooses the descriptor
{ echo out; echo err >&2; } 2> e; cat e
--- out
out
err

=== a number must touch the operator
echo 2 >f; cat f
echo a2>f; cat f
--- out
2
a2

=== a quoted number is a word
echo \2>f; cat f
--- out
2

=== duplicate output
{ echo a; echo b >&2; } > f 2>&1; cat f
--- out
a
b

=== order matters
{ { echo a; echo b >&2; } 2>&1 > f; } | sed 's/^/p:/'; cat f
--- out
p:b
a

=== duplicate input
echo hi > f; exec 3< f; cat <&3
--- out
hi

=== closing output
(echo x >&- ) 2>/dev/null; [ $? -ne 0 ] && echo failed
--- out
failed

=== closing input
cat <&- 2>/dev/null; [ $? -ne 0 ] && echo failed
--- out
failed

=== closing what is not open is no error
echo a 5>&-; echo $?
--- out
a
0

=== duplicating a closed descriptor is an error
(echo x >&7) 2>/dev/null || echo failed
--- out
failed

=== read and write
echo abc > f; exec 3<> f; read x <&3; echo more >&3; exec 3>&-; cat f; echo $x
--- out
abc
more
abc

=== read and write makes the file
: 3<> newfile; [ -f newfile ] && echo made
--- out
made

=== noclobber
set -C; echo a > f; (echo b > f) 2>/dev/null || echo refused; cat f
--- out
refused
a

=== >| overrides noclobber
set -C; echo a > f; echo b >| f; cat f
--- out
b

=== noclobber does not stop appending
set -C; echo a > f; echo b >> f; cat f
--- out
a
b

=== noclobber and a device
set -C; echo x > /dev/null && echo ok
--- out
ok

=== several redirections of one command
echo x > a > b; cat a; echo -; cat b
--- out
-
x

=== redirections may stand anywhere
> f echo a b; cat f
echo c > f d; cat f
--- out
a b
c d

=== redirections alone make files
> a; >> b; ls
--- out
a
b

=== a missing input file fails the command
cat < nofile 2>/dev/null; [ $? -ne 0 ] && echo failed
--- out
failed

=== a failing redirection does not run the command
(echo ran > f < nofile) 2>/dev/null; cat f

=== a failing redirection of a simple command does not end the shell
cat < nofile 2>/dev/null; echo go on
--- out
go on

=== a failing redirection of a special builtin ends the shell (2.8.1)
$SH -c ': < nofile; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== a failing redirection of a compound command does not end the shell
{ echo no; } < nofile 2>/dev/null; [ $? -ne 0 ] && echo go on
--- out
go on

=== a failing redirection of exec ends the shell
$SH -c 'exec < nofile; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== a failing redirection of a function
f() { echo no; }; f < nofile 2>/dev/null; [ $? -ne 0 ] && echo go on
--- out
go on

=== redirections of a builtin are undone
echo a > f; echo b; cat f
--- out
b
a

=== redirections of a group
{ echo a; echo b; } > f; cat f
--- out
a
b

=== redirections of a subshell
(echo a; echo b) > f; cat f
--- out
a
b

=== redirections of if, while, for, case
if true; then echo i; fi > f1
while :; do echo w; break; done > f2
for x in 1; do echo f; done > f3
case a in a) echo c;; esac > f4
cat f1 f2 f3 f4
--- out
i
w
f
c

=== a loop reads its redirected input
printf '1\n2\n3\n' > f; while read x; do echo "<$x>"; done < f
--- out
<1>
<2>
<3>

=== redirections of a function definition apply at each call
f() { echo in f; } > out; f; f; cat out
--- out
in f

=== a redirected function call
f() { echo x; }; f > out; cat out
--- out
x

=== exec redirects the shell itself
exec > f; echo a; exec >&2; cat f > g; exec > /dev/null

=== exec opens descriptors
exec 3> f; echo a >&3; echo b >&3; exec 3>&-; cat f
--- out
a
b

=== exec saves and restores stdout
exec 3>&1; exec > f; echo hidden; exec 1>&3 3>&-; echo shown; cat f
--- out
shown
hidden

=== moved descriptors
exec 4>&1; echo via4 >&4; exec 4>&-; (echo x >&4) 2>/dev/null || echo closed
--- out
via4
closed

=== descriptor inherited by commands
exec 3> f; $SH -c 'echo child >&3'; cat f
--- out
child

=== the target expands
x='a b'; echo hi > "$x"; ls
--- out
a b

=== the target is not split
x=c; echo hi > a$x.$((1+1)); ls
--- out
ac.2

=== the target of a duplication expands
fd=2; { echo x >&$fd; } 2> f; cat f
--- out
x

=== duplication to itself
echo x 1>&1; echo $?
--- out
x
0

=== stdin of a background command is /dev/null
echo data | { cat & wait; echo end; }
--- out
end
--- not bash: not below a pipe

=== a background command with its own stdin
echo data > f; cat < f & wait
--- out
data

=== descriptor 9
exec 9> f; echo x >&9; exec 9>&-; cat f
--- out
x

=== the exit status of only redirections
> f; echo $?
--- out
0

=== variable assignment with redirection
x=1 > f; echo $x; ls
--- out
1
f

=== redirection sees the assignment of the shell, not of the command
x=old; x=new cat > f$x </dev/null; ls
--- out
fold
--- not bash dash: left open (2.9.1)

=== pipe and redirection: the redirection wins
echo a | cat < /dev/null; echo end
--- out
end

=== an output redirection before a pipe
echo a > f | cat; cat f
--- out
a

=== permission denied as an ordinary message
mkdir d; (echo x > d) 2>/dev/null; [ $? -ne 0 ] && echo failed
--- out
failed

=== here-document (2.7.4)
cat <<E
one
two
E
--- out
one
two

=== here-document expands
x=v; cat <<E
$x ${x} $(echo c) `echo b` $((1+1)) \$x \\ \` "q" 'q' \a
E
--- out
v v c b 2 $x \ ` "q" 'q' \a

=== here-document with a quoted end does not expand
x=v; cat <<'E'
$x `b` \$x \
end
E
--- out
$x `b` \$x \
end

=== any quoting of the end word counts
x=v; cat <<\E
$x
E
cat <<"E F"
$x
E F
cat <<E''
$x
E
--- out
$x
$x
$x

=== here-document: backslash newline joins
cat <<E
a\
b
E
--- out
ab

=== here-document: quoted end keeps backslash newline
cat <<'E'
a\
b
E
--- out
a\
b

=== <<- strips leading tabs
cat <<-E
	a
		b
	  c
	E
--- out
a
b
  c

=== <<- strips after the quoted end too
cat <<-'E'
	$a
	E
--- out
$a

=== <<- keeps tabs inside
cat <<-E
	a	b
E
--- out
a	b

=== tabs from an expansion stay
t='	x'; cat <<-E
	$t
	E
--- out
	x

=== two here-documents on a line
cat <<A; cat <<B
a
A
b
B
--- out
a
b

=== two here-documents for one command
cat <<A 3<<B <&3
a
A
b
B
--- out
b

=== here-document in a pipeline
cat <<E | tr a-z A-Z
text
E
--- out
TEXT

=== here-document before more of the line
cat <<E && echo after
text
E
--- out
text
after

=== here-document in a loop
for i in 1 2; do cat <<E
i=$i
E
done
--- out
i=1
i=2

=== here-document in a function
f() {
cat <<E
arg $1
E
}
f a; f b
--- out
arg a
arg b

=== here-document in a group
{ cat <<E
x
E
echo y; }
--- out
x
y

=== here-document in an if condition
if grep -q b <<E
abc
E
then echo found; fi
--- out
found

=== here-document feeds a loop
while read a b; do echo "$b $a"; done <<E
1 2
3 4
E
--- out
2 1
4 3

=== here-document without expansion of its end word
cat <<$x
text
$x
--- out
text

=== empty here-document
cat <<E
E
echo end
--- out
end

=== here-document with quotes left alone
x='a  b'; cat <<E
"$x" '$x'
E
--- out
"a  b" 'a  b'

=== here-document with ${x-"q"}
unset x; cat <<E
${x-"a b"} ${x-'c'}
E
--- out
a b 'c'

=== here-document: end word only at the line's start
cat <<E
 E
E 
EE
E
--- out
 E
E 
EE

=== here-document in a command substitution
echo "$(cat <<E
x
E
)"
--- out
x

=== here-document bigger than a pipe
i=0; t=; while [ $i -lt 12 ]; do t="$t${t}x"; i=$((i+1)); done
{ echo "cat <<E | wc -c"; i=0; while [ $i -lt 40 ]; do echo $t; i=$((i+1)); done; echo E; } > s
. ./s | tr -d ' '
--- out
163840

=== here-document to a builtin
read a b <<E
x y z
E
echo "$a,$b"
--- out
x,y z

=== here-document on another descriptor
exec 3<<E
three
E
cat <&3
--- out
three

=== here-document to a command that does not read
: <<E
$(echo expanded >&2)
E
echo ok
--- out
ok

=== here-document after a comment and operators
cat <<E # comment
x
E
--- out
x

=== a here-document in eval
eval 'cat <<E
in eval
E
'
--- out
in eval

=== here-document whose text looks like an end of another
cat <<A
<<B
B
A
--- out
<<B
B

=== special characters in the end word
cat <<'!-@'
x
!-@
--- out
x

=== unterminated $( in a quoted here-document is text
cat <<'E'
$(
E
--- out
$(

=== here-documents around and inside a substitution
cat <<A; echo "$(cat <<B
inner
B
)"
outer
A
--- out
outer
inner

=== command exec keeps redirections
command exec 3> f; echo x >&3; cat f
--- out
x

=== a subshell in the background is one process, redirected or not
(sh -c 'echo $PPID'; :) >ppid & p=$!
wait
[ "$(cat ppid)" = $p ] && echo same
--- out
same

=== a text without commands succeeds
echo '# nothing' >f
false
. ./f
echo $?
false
eval ''
echo $?
--- out
0
0
