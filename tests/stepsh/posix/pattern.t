Patterns and path expansion: XCU 2.14, 2.6.6.
=== case a against 'a'
case 'a' in a) echo yes;; *) echo no;; esac
--- out
yes

=== case a against 'b'
case 'b' in a) echo yes;; *) echo no;; esac
--- out
no

=== case ? against 'a'
case 'a' in ?) echo yes;; *) echo no;; esac
--- out
yes

=== case ? against 'ab'
case 'ab' in ?) echo yes;; *) echo no;; esac
--- out
no

=== case ? against ''
case '' in ?) echo yes;; *) echo no;; esac
--- out
no

=== case * against ''
case '' in *) echo yes;; *) echo no;; esac
--- out
yes

=== case * against 'abc'
case 'abc' in *) echo yes;; *) echo no;; esac
--- out
yes

=== case a*c against 'abbc'
case 'abbc' in a*c) echo yes;; *) echo no;; esac
--- out
yes

=== case a*c against 'abb'
case 'abb' in a*c) echo yes;; *) echo no;; esac
--- out
no

=== case *b* against 'abc'
case 'abc' in *b*) echo yes;; *) echo no;; esac
--- out
yes

=== case [abc] against 'b'
case 'b' in [abc]) echo yes;; *) echo no;; esac
--- out
yes

=== case [abc] against 'd'
case 'd' in [abc]) echo yes;; *) echo no;; esac
--- out
no

=== case [!abc] against 'd'
case 'd' in [!abc]) echo yes;; *) echo no;; esac
--- out
yes

=== case [!abc] against 'a'
case 'a' in [!abc]) echo yes;; *) echo no;; esac
--- out
no

=== case [a-c]x against 'bx'
case 'bx' in [a-c]x) echo yes;; *) echo no;; esac
--- out
yes

=== case [a-cx-z] against 'y'
case 'y' in [a-cx-z]) echo yes;; *) echo no;; esac
--- out
yes

=== case []a] against ']'
case ']' in []a]) echo yes;; *) echo no;; esac
--- out
yes

=== case [!]a] against 'b'
case 'b' in [!]a]) echo yes;; *) echo no;; esac
--- out
yes

=== case [a-] against '-'
case '-' in [a-]) echo yes;; *) echo no;; esac
--- out
yes

=== case [-a] against '-'
case '-' in [-a]) echo yes;; *) echo no;; esac
--- out
yes

=== case [ against '['
case '[' in [) echo yes;; *) echo no;; esac
--- out
yes

=== case [a against '[a'
case '[a' in [a) echo yes;; *) echo no;; esac
--- out
yes

=== case a] against 'a]'
case 'a]' in a]) echo yes;; *) echo no;; esac
--- out
yes

=== case [[:alpha:]] against 'q'
case 'q' in [[:alpha:]]) echo yes;; *) echo no;; esac
--- out
yes

=== case [[:alpha:]] against '1'
case '1' in [[:alpha:]]) echo yes;; *) echo no;; esac
--- out
no

=== case [[:digit:][:upper:]] against 'Q'
case 'Q' in [[:digit:][:upper:]]) echo yes;; *) echo no;; esac
--- out
yes

=== case [![:space:]] against ' '
case ' ' in [![:space:]]) echo yes;; *) echo no;; esac
--- out
no

=== case [[:alnum:]_] against '_'
case '_' in [[:alnum:]_]) echo yes;; *) echo no;; esac
--- out
yes

=== case [[:xdigit:]] against 'f'
case 'f' in [[:xdigit:]]) echo yes;; *) echo no;; esac
--- out
yes

=== case [[:punct:]] against '!'
case '!' in [[:punct:]]) echo yes;; *) echo no;; esac
--- out
yes

=== case [[:blank:]] against ' '
case ' ' in [[:blank:]]) echo yes;; *) echo no;; esac
--- out
yes

=== case \* against '*'
case '*' in \*) echo yes;; *) echo no;; esac
--- out
yes

=== case \* against 'a'
case 'a' in \*) echo yes;; *) echo no;; esac
--- out
no

=== case \? against '?'
case '?' in \?) echo yes;; *) echo no;; esac
--- out
yes

=== case '*' against '*'
case '*' in '*') echo yes;; *) echo no;; esac
--- out
yes

=== case '*' against 'x'
case 'x' in '*') echo yes;; *) echo no;; esac
--- out
no

=== case "[a]" against '[a]'
case '[a]' in "[a]") echo yes;; *) echo no;; esac
--- out
yes

=== case "[a]" against 'a'
case 'a' in "[a]") echo yes;; *) echo no;; esac
--- out
no

=== case [a\-c] against 'b'
case 'b' in [a\-c]) echo yes;; *) echo no;; esac
--- out
no

=== case [a\-c] against '-'
case '-' in [a\-c]) echo yes;; *) echo no;; esac
--- out
yes

=== case [a'-'c] against 'b'
case 'b' in [a'-'c]) echo yes;; *) echo no;; esac
--- out
no

=== case [a'-'c] against '-'
case '-' in [a'-'c]) echo yes;; *) echo no;; esac
--- out
yes

=== case ['!'a] against '!'
case '!' in ['!'a]) echo yes;; *) echo no;; esac
--- out
yes

=== case [\]a] against ']'
case ']' in [\]a]) echo yes;; *) echo no;; esac
--- out
yes

=== case ** against 'ab'
case 'ab' in **) echo yes;; *) echo no;; esac
--- out
yes

=== case *? against 'a'
case 'a' in *?) echo yes;; *) echo no;; esac
--- out
yes

=== case ?* against ''
case '' in ?*) echo yes;; *) echo no;; esac
--- out
no

=== case *a*a* against 'banana'
case 'banana' in *a*a*) echo yes;; *) echo no;; esac
--- out
yes

=== case a?c against 'a/c'
case 'a/c' in a?c) echo yes;; *) echo no;; esac
--- out
yes

=== case * against '/x/y'
case '/x/y' in *) echo yes;; *) echo no;; esac
--- out
yes

=== case *.c against '.c'
case '.c' in *.c) echo yes;; *) echo no;; esac
--- out
yes

=== case é against 'é'
case 'é' in é) echo yes;; *) echo no;; esac
--- out
yes

=== case caf? against 'café'
case 'café' in caf?) echo yes;; *) echo no;; esac
--- out
yes
--- not dash: bytes

=== case ^ as negation or not is left open; quoted it is itself
case ^ in ['^'a]) echo yes;; esac
--- out
yes

=== a pattern from a variable
p='a*'; case abc in $p) echo yes;; esac
case abc in "$p") echo yes;; *) echo no;; esac
--- out
yes
no

=== a bracket from a variable
p='[0-9]'; case 5 in $p) echo yes;; esac
case 5 in "$p") echo yes;; *) echo no;; esac
--- out
yes
no

=== part quoted, part not
p='*'; case 'a*b' in a"$p"*) echo yes;; esac
case 'axb' in a"$p"*) echo yes;; *) echo no;; esac
--- out
yes
no

=== a backslash from a variable quotes
p='\*'; case '*' in $p) echo yes;; *) echo no;; esac
case x in $p) echo yes;; *) echo no;; esac
--- out
yes
no

=== glob: star
touch a b ab .h; echo *
--- out
a ab b

=== glob: question mark
touch a b ab; echo ?
--- out
a b

=== glob: brackets
touch a b c; echo [ab] [!a]
--- out
a b b c

=== glob: no match stays as it is
echo z* [z] ?zz
--- out
z* [z] ?zz

=== glob: sorted
touch b a C 1 _; echo *
--- out
1 C _ a b

=== glob: hidden files need a literal period
touch .a .b c; echo .[!.]* [.]a *
--- out
.a .b [.]a c

=== glob: quoted stays
touch a; echo '*' "*" \*
--- out
* * *

=== glob: partly quoted
touch 'a*b' axb; echo a'*'* a\**
--- out
a*b a*b

=== glob: folders
mkdir d e; touch d/x e/x e/y; echo */x */y d/*
--- out
d/x e/x e/y d/x

=== glob: a slash needs a literal one
mkdir d; touch d/x; echo d?x d[/]x *x
--- out
d?x d[/]x *x

=== glob: a last slash means folders
mkdir d; touch f; echo */
--- out
d/

=== glob: through several levels
mkdir -p a/b/c; touch a/b/c/f; echo */*/*/* a/*/c
--- out
a/b/c/f a/b/c

=== glob: absolute paths
mkdir d; touch d/1 d/2; for i in "$PWD"/d/*; do echo "${i##*/}"; done
--- out
1
2

=== glob: names with blanks stay one word
touch 'a b' 'c  d'; printf '<%s>' *; echo
--- out
<a b><c  d>

=== glob: names with special characters
touch 'a[b' 'x\y' '$z'; printf '<%s>' *; echo
--- out
<$z><a[b><x\y>

=== glob: names with a newline
touch 'a
b'; printf '<%s>' *; echo
--- out
<a
b>

=== glob: not in assignments
touch a b; x=*; echo "$x"
--- out
*

=== glob: in the value of a variable
touch a1 a2; x='a*'; echo $x; echo "$x"
--- out
a1 a2
a*

=== glob: in command substitution
touch a1 a2; echo $(echo 'a*')
--- out
a1 a2

=== glob: not in a case word or pattern
touch a; case * in '*') echo star;; esac
--- out
star

=== glob: for
touch f1 f2; for i in f*; do echo "$i"; done
--- out
f1
f2

=== glob: set -f switches it off
touch a; set -f; echo *; set +f; echo *
--- out
*
a

=== glob: set --
touch a b c; set -- *; echo $#
--- out
3

=== glob: not in here-documents
touch a; cat <<E
*
E
--- out
*

=== glob: dangling symbolic links are found
ln -s nowhere l; echo l*
--- out
l

=== glob: an unreadable match further down
touch f; echo f/* f*
--- out
f/* f

=== glob: a dot folder in the path
touch a; echo ./* ../d/*
--- out
./a ../d/a

=== glob: result is not split
touch 'a b'; set -- a*; echo $#
--- out
1

=== glob: a bracket with a hyphen
touch a-b a_b; echo a[-_]b
--- out
a-b a_b

=== glob: a bracket that does not end
touch '[x'; echo [x*
--- out
[x

=== glob: many files
i=0; while [ $i -lt 300 ]; do : > f$i; i=$((i+1)); done
set -- f*; echo $# $1 $300 "${300}"
--- out
300 f0 f1000 f99

=== glob: classes
touch a1 b2 cc; echo *[[:digit:]] [[:alpha:]][[:alpha:]]
--- out
a1 b2 cc

=== glob: range is by code
touch a B c; echo [a-c]
--- out
a c

=== glob: redirection target with one match is left open, quoted is safe
echo x > 'f*'; cat 'f*'
--- out
x

=== glob: command name
cat > runme <<E
echo ran
E
chmod +x runme; ./runm*
--- out
ran
