What stepsh says: file, line, column, a mark under the place, and the construct by name.
=== an unexpected word
echo a
if true; then
  echo b
fi fi
--- out
a
--- status 2
--- err ../script:4:4: syntax error: unexpected "fi"?fi fi?   ^~*

=== a quote that is never closed
echo "abc
--- status 2
--- err ../script:1:6: *double quote*closed?echo "abc?     ^*

=== a single quote that is never closed
echo ok
echo 'abc
def
--- out
ok
--- status 2
--- err ../script:2:6: *quote*closed*

=== a substitution that is never closed
echo $(echo a
--- status 2
--- err ../script:1:6: *$(*closed*

=== a loop without its end names its beginning
for i in a; do
  echo $i
--- status 2
--- err *unexpected end of the script, wanted "done" for the "for" at line 1 column 1*

=== an if without fi
  if true
  then :
--- status 2
--- err *"fi"*"if" at line 1 column 3*

=== a case without esac
case x in
  a) echo;;
--- status 2
--- err *unexpected end of the script*

=== a command that is not found says where
f() {
  nosuch_cmd x
}
f
--- status 127
--- err ../script:2:3: nosuch_cmd: not found?

=== a command that cannot be run
mkdir d
./d
--- status 126
--- err ../script:2:1: ./d: *directory*

=== a missing interpreter is named
printf '#!/no/such/interp\n' > s; chmod +x s
./s
--- status 127
--- err *../script:2:1: ./s:*/no/such/interp*

=== arithmetic says what and on which text
x=$((1 +))
--- status 1
--- err ../script:1:1: arithmetic: *"1 +"*

=== an unset variable under set -u is named
set -u
echo $nope
--- status 1
--- err ../script:2:1: nope: *not set*

=== a file that cannot be opened
cat < /nosuch/file
--- status 1
--- err ../script:1:1: cannot open /nosuch/file: No such file or directory?

=== a file that cannot be written
echo x > /nosuch/file
--- status 1
--- err ../script:1:1: *nosuch/file: No such file or directory?

=== a readonly variable is named
readonly r=1
r=2
--- status 1
--- err ../script:2:1: r: is read only?

=== a bad substitution is marked
echo ${x!}
--- status 1
--- err ../script:1:6: *bad substitution*?echo ${x!}?     ^~~*

=== builtins say who they are
[ 1 -eq x ]
cd /nosuch
kill -NOPE 1
umask 99
--- status 1
--- err ../script:1:1: [[]: x: not a whole number?../script:2:1: cd: /nosuch: No such file or directory?../script:3:1: kill: NOPE: no such signal?../script:4:1: umask: 99: not an octal mode?

=== a failed write is reported
echo x > /dev/full
printf x > /dev/full
pwd > /dev/full
echo go on
--- out
go on
--- err *echo: write error: No space left on device*printf: write error*pwd: write error*

=== inside eval the place is that of the eval
x='nosuch_cmd'
eval "$x"
--- status 127
--- err *2:*nosuch_cmd: not found?

=== inside a sourced file the place is in that file
printf 'echo in\nnosuch_cmd\n' > s
. ./s
--- out
in
--- status 127
--- err ./s:2:1: nosuch_cmd: not found?

=== a here-document that does not end
cat <<E
abc
--- out
abc

=== expressions nested too deep end with a message
x=1; i=0; while [ $i -lt 13 ]; do x="($x)"; x="$x"; i=$((i+1)); done; echo $(($x))
s=$(printf '%05000d' 0); echo $((${s//0/(}1${s//0/)}))
--- out
1
--- status 1
--- err *nested too deeply*

=== functions that call themselves without end
f() { f; }
f
echo "status $?"
--- status 2
--- err *too deep*

=== what only a terminal needs is not there, and says so
complete -F x y
fc -l
bind -p
--- status 127
--- err *complete: not found*fc: not found*bind: not found*

=== a NUL byte in a script
printf 'echo a\0b\n' > s; $SH s
--- status 2
--- err *NUL*

=== a very deep nesting of parentheses
s=$(printf '%020000d' 0); eval "${s//0/(} :"
--- status 2
--- err *nested*

=== what another shell's branch holds is no error until it is expanded
if [ -n "$ZSH_VERSION" ]; then unset ${(M)${(k)parameters[@]}:#x*}; echo ${=1} "${(q)x}"; fi
echo fine
--- out
fine
