test, printf, echo.
=== test: the number of arguments
test; echo $?; test ''; echo $?; test a; echo $?; test !; echo $?; test -n; echo $?
--- out
1
1
0
0
0

=== test: two arguments
test ! ''; echo $?; test ! a; echo $?; test -n a; echo $?; test -z ''; echo $?
--- out
0
1
0
0

=== test: three arguments
test a = a; echo $?; test a != a; echo $?; test ! -n a; echo $?; test '(' a ')'; echo $?
--- out
0
1
1
0

=== test: an operand that looks like an operator
test -n = -n; echo $?; test ! = !; echo $?; test '(' = '('; echo $?; test = = =; echo $?
--- out
0
0
0
0

=== test: four arguments
test ! a = b; echo $?; test '(' -n a ')'; echo $?; test '(' ! a ')'; echo $?
--- out
0
0
1

=== test: numbers
test 1 -eq 1 && test 1 -ne 2 && test 1 -lt 2 && test 2 -le 2 && test 3 -gt 2 && test 3 -ge 3 && echo all
--- out
all

=== test: negative numbers and zeros
test -5 -lt 3 && test 010 -eq 10 && test -0 -eq 0 && echo all
--- out
all

=== test: numbers that are none
test a -eq 1 2>/dev/null; echo $?; test 1 -eq '' 2>/dev/null; echo $?; test 1.5 -eq 1 2>/dev/null; echo $?
--- out
2
2
2

=== test: files
: > f; mkdir d; ln -s f l; echo x > g
for o in -e -f -d -h -L -s -r -w; do for n in f d l g no; do test $o $n && echo "$o $n"; done; done
--- out
-e f
-e d
-e l
-e g
-f f
-f l
-f g
-d d
-h l
-L l
-s d
-s g
-r f
-r d
-r l
-r g
-w f
-w d
-w l
-w g
--- status 1

=== test: -x and permission
: > f; chmod 755 f; test -x f; echo $?; chmod 644 f; test -x f; echo $?
--- out
0
1

=== test: special files
test -c /dev/null; echo $?; mkfifo p; test -p p; echo $?; test -b /dev/null; echo $?; test -S p; echo $?
--- out
0
0
1
1

=== test: -g -u -k
: > f; chmod 6755 f; test -u f && test -g f && echo both
--- out
both

=== test: -t of what is no terminal
test -t 0; echo $?; test -t 1 > f; echo $?; test -t 77; echo $?
--- out
1
1
1

=== test: -nt -ot -ef (2024)
: > a; touch -d '2020-01-01' b; ln a c; test a -nt b; echo $?; test b -ot a; echo $?; test a -ef c; echo $?; test a -ef b; echo $?; test a -nt nosuch; echo $?
--- out
0
0
0
1
0
--- not dash: a missing file is not older

=== test: < and > (2024)
test a '<' b; echo $?; test b '>' a; echo $?; test b '<' a; echo $?
--- out
0
0
1

=== test: -a and -o
test a = a -a b = b; echo $?; test a = b -o b = b; echo $?; test a = b -a b = b; echo $?
--- out
0
0
1

=== test: parentheses
test '(' a = b -o b = b ')' -a c; echo $?
--- out
0

=== test: errors
test a b 2>/dev/null; echo $?; test a b c 2>/dev/null; echo $?
--- out
2
2

=== [ needs ]
[ a 2>/dev/null; echo $?; [ a = a ]; echo $?; [ ]; echo $?
--- out
2
0
1

=== [ with variables
x='a b'; [ "$x" = 'a b' ] && echo yes; y=; [ -z "$y" ] && echo empty
--- out
yes
empty

=== [ -z without an operand
[ -z ]; echo $?
--- out
0

=== printf: text and escapes
printf 'a\tb\n\\\a\b\f\r\v' | od -An -c
--- out
   a  \t   b  \n   \  \a  \b  \f  \r  \v

=== printf: octal
printf '\101\60\0602\n' | od -An -c
--- out
   A   0   0   2  \n

=== printf: %s
printf '%s|%5s|%-5s|%.2s|%5.1s|\n' ab ab ab abc abc
--- out
ab|   ab|ab   |ab|    a|

=== printf: %d and %i
printf '%d %i %5d|%-5d|%05d %+d % d\n' 1 -2 3 4 5 6 7
--- out
1 -2     3|4    |00005 +6  7

=== printf: %o %u %x %X
printf '%o %u %x %X %#o %#x\n' 8 9 255 255 8 255
--- out
10 9 ff FF 010 0xff

=== printf: numbers in other bases
printf '%d %d %d\n' 0x1f 017 -0x1f
--- out
31 15 -31

=== printf: characters as numbers
printf '%d %d %d\n' "'A" '"a' "'0"
--- out
65 97 48

=== printf: %c
printf '%c%c|%3c|\n' abc d e
--- out
ad|  e|

=== printf: %b
printf '%b|%b\n' 'a\tb' '\0101\0060\n'
--- out
a	b|A0

=== printf: %b with \c
printf '%b%s\n' 'a\cb' c; echo
--- out
a

=== printf: %%
printf '%%|%s\n' x
--- out
%|x

=== printf: the format is used again
printf '%s-%s\n' a b c d e
--- out
a-b
c-d
e-

=== printf: missing arguments
printf '%s|%d|%x|\n'; printf '%s,%s\n' a
--- out
|0|0|
a,

=== printf: a format without conversions
printf 'x\n' a b c
--- out
x

=== printf: star
printf '%*d|%-*d|%.*s\n' 5 1 5 2 2 abc
--- out
    1|2    |ab

=== printf: floats
printf '%f %.2f %e %g %G\n' 1.5 2.345 12345.678 0.0001 1e10
--- out
1.500000 2.35 1.234568e+04 0.0001 1E+10

=== printf: a bad number
printf '%d\n' abc 2>/dev/null; echo $?; printf '%d\n' 12x 2>/dev/null; echo $?
--- out
0
1
12
1

=== printf: a bad conversion
printf '%z' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== printf: no format
printf 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== printf: --
printf -- '%s\n' a; printf -- '-x\n'
--- out
a
-x

=== printf: numbered arguments (2024)
printf '%2$s %1$s\n' a b
--- out
b a
--- not dash bash: new in Issue 8

=== printf: large numbers
printf '%d %x %u\n' 9223372036854775807 255 18446744073709551615
--- out
9223372036854775807 ff 18446744073709551615

=== printf: negative as unsigned
printf '%u %x %o\n' -1 -1 -1
--- out
18446744073709551615 ffffffffffffffff 1777777777777777777777

=== printf: precision of integers
printf '%.3d|%8.3d|%-8.3d|\n' 5 5 5
--- out
005|     005|005     |

=== printf: empty string as number
printf '%d\n' ''; echo $?
--- out
0
0

=== printf: NUL
printf 'a\0b\000c' | od -An -c
--- out
   a  \0   b  \0   c

=== echo
echo; echo a b; echo 'a  b'; echo -- x; echo -
--- out

a b
a  b
-- x
-

=== echo -n
echo -n a; echo b
--- out
ab
--- not bash: may print -n when xpg_echo

=== echo with escapes, as XSI says
echo 'a\tb\0101\c'; echo
--- out
a	bA
--- not bash: needs xpg_echo

=== echo: write to a closed output
(echo x >&-) 2>/dev/null; [ $? -ne 0 ] && echo failed
--- out
failed
