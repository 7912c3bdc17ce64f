Exit status and errors: XCU 2.8, 2.9.
=== not found is 127
nosuchcommand_x 2>/dev/null; echo $?
--- out
127

=== not executable is 126
echo > f; ./f 2>/dev/null; echo $?
--- out
126

=== a folder is 126
mkdir d; ./d 2>/dev/null; echo $?
--- out
126

=== not found with a slash is 127
./nosuch 2>/dev/null; echo $?
--- out
127

=== a signal is above 128
$SH -c 'kill -KILL $$' ; [ $? -eq 137 ] && echo killed
--- out
killed

=== TERM is 143
$SH -c 'kill -TERM $$'; echo $?
--- out
143

=== status of an assignment is 0
false; x=1; echo $?
--- out
0

=== status of an empty function body's last command
f() { false; }; f; echo $?
--- out
1

=== status of a pipeline is the last
false | true; echo $?
true | false; echo $?
--- out
0
1

=== ! negates
! true; echo $?
! false; echo $?
! (exit 5); echo $?
--- out
1
0
0

=== ! negates a pipeline
! true | false; echo $?
! false | true; echo $?
--- out
0
1

=== status of && and ||
false && true; echo $?
true || false; echo $?
true && (exit 3); echo $?
false || (exit 4); echo $?
--- out
1
0
3
4

=== and-or is left to right with equal precedence
true || echo a && echo b
false && echo a || echo b
false && echo a && echo b || echo c
--- out
b
b
c

=== status of if without a true condition is 0
false; if false; then :; fi; echo $?
--- out
0

=== status of while that never runs is 0
false; while false; do :; done; echo $?
--- out
0

=== status of a loop is its last body
for i in 1 2; do (exit $i); done; echo $?
--- out
2

=== status of for without words is 0
false; for i in; do false; done; echo $?
--- out
0

=== status of case without a match is 0
false; case a in b) false;; esac; echo $?
--- out
0

=== status of case is that of its list
case a in a) (exit 6);; esac; echo $?
--- out
6

=== status of an empty case list is 0
false; case a in a) ;; esac; echo $?
--- out
0

=== status of a subshell
(exit 9); echo $?; (true; false); echo $?
--- out
9
1

=== status of a group
{ true; false; }; echo $?
--- out
1

=== status of a background list is 0
false & echo $?; wait
--- out
0

=== wait gives the status
(exit 3) & wait $!; echo $?
--- out
3

=== exit without operand uses the last status
(false; exit); echo $?
(true; exit); echo $?
--- out
1
0

=== exit modulo 256
(exit 256); echo $?
(exit 255); echo $?
--- out
0
255

=== return without operand uses the last status
f() { false; return; }; f; echo $?
--- out
1

=== status of a negated command in if
if ! false; then echo yes; fi
--- out
yes

=== the shell exits with the last status
(exit 42)
--- status 42

=== exit in the middle
echo a; exit 2; echo b
--- out
a
--- status 2

=== a syntax error ends the shell with failure
$SH -c 'echo a; if; echo b' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== a syntax error in eval
$SH -c 'eval "if"; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== an unterminated quote is a syntax error
$SH -c "echo 'abc" 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== an unterminated substitution is a syntax error
$SH -c 'echo $(echo a' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== an unterminated ${ is a syntax error
$SH -c 'echo ${a' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== lines before a syntax error are run
printf 'echo a\nif\nfi\n' > s; $SH s 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
a
error

=== an unexpected token is a syntax error
for s in '&&' '|' ';;' ')' 'fi' 'done' 'then' 'do' '}' 'esac' 'a;;' 'echo )' '( )' '{ }' 'if true; fi' 'while true; done' 'for 1 in a; do :; done' 'case' 'a | | b' 'a && || b' '; a' '& a' 'f() ' '> ' 'else' 'elif' '! ' ; do $SH -c "$s" 2>/dev/null && echo "accepted: $s"; done; echo end
--- out
end
--- not dash bash: take "! "

=== an expansion error ends the shell (2.8.1)
$SH -c 'unset x; echo ${x?}; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== an expansion error in a subshell ends only that
(unset x; echo ${x?}; echo no) 2>/dev/null; echo go on
--- out
go on

=== an assignment error with a command
$SH -c 'readonly a=1; a=2 true; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended
--- not bash: goes on unless it is a special builtin

=== an error of a special builtin ends the shell
$SH -c 'set -o nosuchoption; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== command takes that away
$SH -c 'command set -o nosuchoption; echo go on' 2>/dev/null
--- out
go on

=== an error of dot with a missing file ends the shell
$SH -c '. ./nosuch; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== command . with a missing file does not
$SH -c 'command . ./nosuch; echo go on' 2>/dev/null
--- out
go on

=== an error of a regular builtin does not end the shell
cd /nosuch 2>/dev/null; [ $? -ne 0 ] && echo go on
--- out
go on

=== write errors are reported
(echo x > /dev/full) 2>/dev/null; [ $? -ne 0 ] && echo failed
(printf x > /dev/full) 2>/dev/null; [ $? -ne 0 ] && echo failed
--- out
failed
failed

=== set -e ends the shell (errexit)
$SH -ec 'false; echo no'; echo $?
--- out
1

=== set -e: status of the shell is that of the command
$SH -ec '(exit 5); echo no'; echo $?
--- out
5

=== set -e: not in if
set -e; if false; then :; fi; echo ok
--- out
ok

=== set -e: not in elif, while, until
set -e; if false; then :; elif false; then :; fi; while false; do :; done; until true; do :; done; echo ok
--- out
ok

=== set -e: not for the left of && and ||
set -e; false && true; false || true; echo ok
--- out
ok

=== set -e: for the last of && and ||
$SH -ec 'true && false; echo no'; echo $?
$SH -ec 'false || false; echo no'; echo $?
--- out
1
1

=== set -e: not after !
set -e; ! true; ! false; echo ok
--- out
ok

=== set -e: not for a member of a pipeline but the last
set -e; false | true; echo ok
$SH -ec 'true | false; echo no'; echo $?
--- out
ok
--- status 1

=== set -e in a function called in a condition is off
set -e; f() { false; echo in f; }; if f; then echo yes; fi; f || echo no; f && echo and
--- out
in f
yes
in f
in f
and

=== set -e in a subshell
$SH -ec '(false; echo no); echo no'; echo $?
--- out
1

=== set -e in a subshell within a condition is off
set -e; if (false; echo in); then echo yes; fi
--- out
in
yes

=== set -e in a group within a condition is off
set -e; { false; echo in; } && echo yes
--- out
in
yes

=== set -e in a function
$SH -ec 'f() { false; echo no; }; f; echo no'; echo $?
--- out
1

=== set -e and command substitution in an assignment
$SH -ec 'x=$(false); echo no'; echo $?
--- out
1

=== set -e and command substitution in an argument
set -e; echo "a$(false)b"
--- out
ab

=== set -e and failing redirection
$SH -ec 'cat < nofile; echo no' 2>/dev/null; [ $? -ne 0 ] && echo ended
--- out
ended

=== set -e: compound command whose failure was ignored
set -e; for i in 1; do false || true; done; echo ok
--- out
ok

=== set -e and case
$SH -ec 'case a in a) false;; esac; echo no'; echo $?
--- out
1

=== set -e and a loop body
$SH -ec 'for i in 1 2; do echo $i; false; done; echo no'; echo $?
--- out
1
1

=== set -e and return of failure
$SH -ec 'f() { return 3; }; f; echo no'; echo $?
--- out
3

=== set -e and eval
$SH -ec 'eval false; echo no'; echo $?
$SH -ec 'eval "false || true"; echo ok'
--- out
1
ok

=== set -e and dot
echo false > s; $SH -ec '. ./s; echo no'; echo $?
--- out
1

=== set +e
set -e; set +e; false; echo ok
--- out
ok

=== set -e runs the EXIT trap
$SH -ec 'trap "echo bye \$?" EXIT; (exit 3)'; echo $?
--- out
bye 3
3

=== set -e and wait
$SH -ec '(exit 2) & wait $!; echo no'; echo $?
--- out
2

=== set -e and an and-or list in a function
$SH -ec 'f() { true && false; }; f; echo no'; echo $?
$SH -ec 'f() { false && true; }; f; echo no'; echo $?
--- out
1
1

=== set -e and a negated pipeline as last of a function
$SH -ec 'f() { ! true; }; f; echo no'; echo $?
--- out
1

=== set -e: and-or as last command of a group keeps going
set -e; { false && true; }; echo ok
--- out
ok

=== set -e inherited in command substitution
$SH -ec 'x=$(false; echo a); echo "$x"'; echo $?
--- out
1

=== pipefail (2024)
set -o pipefail; false | true; echo $?; (exit 3) | (exit 4) | true; echo $?; true | true; echo $?
--- out
1
4
0
--- not dash: new in Issue 8

=== pipefail with !
set -o pipefail; ! false | true; echo $?
--- out
0
--- not dash: new in Issue 8

=== pipefail and -e
$SH -c 'set -e -o pipefail; false | true; echo no'; echo $?
--- out
1
--- not dash: new in Issue 8

=== assignments before a program see each other (2.9.1)
a=a; b=b; b=$a c=$b sh -c 'echo $b $c'; echo $b
--- out
a a
b

=== a background command that ended is gone without wait
sleep 0 & p=$!
while kill -0 $p 2>/dev/null; do :; done; echo gone; wait $p; echo $?
--- out
gone
0

=== a local variable stays exported
export z=z; f() { local z=a; sh -c 'echo $z'; }; f; sh -c 'echo $z'
--- out
a
z

=== a trap comes between the rounds of a loop that only continues
trap 'echo trap; exit 3' USR1
(kill -USR1 $$) &
while continue; do :; done
--- out
trap
--- status 3
