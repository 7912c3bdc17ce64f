Arithmetic expansion: XCU 2.6.4.
=== value of 1+2
echo $((1+2))
--- out
3

=== value of 1 + 2 with blanks
echo $(( 1 + 2 ))
--- out
3

=== value of 7-10
echo $((7-10))
--- out
-3

=== value of 6*7
echo $((6*7))
--- out
42

=== value of 17/5
echo $((17/5))
--- out
3

=== value of -17/5
echo $((-17/5))
--- out
-3

=== value of 17%5
echo $((17%5))
--- out
2

=== value of -17%5
echo $((-17%5))
--- out
-2

=== value of 17%-5
echo $((17%-5))
--- out
2

=== value of 2+3*4
echo $((2+3*4))
--- out
14

=== value of (2+3)*4
echo $(((2+3)*4))
--- out
20

=== value of 2*3+4*5
echo $((2*3+4*5))
--- out
26

=== value of 100/10/5
echo $((100/10/5))
--- out
2

=== value of 100-10-5
echo $((100-10-5))
--- out
85

=== value of 1<2
echo $((1<2))
--- out
1

=== value of 2<1
echo $((2<1))
--- out
0

=== value of 2<=2
echo $((2<=2))
--- out
1

=== value of 3>2
echo $((3>2))
--- out
1

=== value of 3>=4
echo $((3>=4))
--- out
0

=== value of 1==1
echo $((1==1))
--- out
1

=== value of 1!=1
echo $((1!=1))
--- out
0

=== value of 1<2&&2<3
echo $((1<2&&2<3))
--- out
1

=== value of 1&&0
echo $((1&&0))
--- out
0

=== value of 0||0
echo $((0||0))
--- out
0

=== value of 0||5
echo $((0||5))
--- out
1

=== value of !0
echo $((!0))
--- out
1

=== value of !7
echo $((!7))
--- out
0

=== value of !!7
echo $((!!7))
--- out
1

=== value of ~0
echo $((~0))
--- out
-1

=== value of ~5
echo $((~5))
--- out
-6

=== value of -5
echo $((-5))
--- out
-5

=== value of - -5
echo $((- -5))
--- out
5

=== value of +5
echo $((+5))
--- out
5

=== value of -(3)
echo $((-(3)))
--- out
-3

=== value of 1<<10
echo $((1<<10))
--- out
1024

=== value of 1024>>3
echo $((1024>>3))
--- out
128

=== value of -8>>1
echo $((-8>>1))
--- out
-4

=== value of 6&3
echo $((6&3))
--- out
2

=== value of 6|3
echo $((6|3))
--- out
7

=== value of 6^3
echo $((6^3))
--- out
5

=== value of 1|2&0
echo $((1|2&0))
--- out
1

=== value of 1^1|2
echo $((1^1|2))
--- out
2

=== value of 5&3==3
echo $((5&3==3))
--- out
1

=== value of 1+1<<2
echo $((1+1<<2))
--- out
8

=== value of 0x10
echo $((0x10))
--- out
16

=== value of 0xfF
echo $((0xfF))
--- out
255

=== value of 0XA
echo $((0XA))
--- out
10

=== value of 010
echo $((010))
--- out
8

=== value of 0777
echo $((0777))
--- out
511

=== value of 0
echo $((0))
--- out
0

=== value of 00
echo $((00))
--- out
0

=== value of 1?2:3
echo $((1?2:3))
--- out
2

=== value of 0?2:3
echo $((0?2:3))
--- out
3

=== value of 1?0?1:2:3
echo $((1?0?1:2:3))
--- out
2

=== value of 0?1:0?2:3
echo $((0?1:0?2:3))
--- out
3

=== assignment by =
x=13; echo $((x = 3)) $x
--- out
3 3

=== assignment by +=
x=13; echo $((x += 3)) $x
--- out
16 16

=== assignment by -=
x=13; echo $((x -= 3)) $x
--- out
10 10

=== assignment by *=
x=13; echo $((x *= 3)) $x
--- out
39 39

=== assignment by /=
x=13; echo $((x /= 3)) $x
--- out
4 4

=== assignment by %=
x=13; echo $((x %= 3)) $x
--- out
1 1

=== assignment by <<=
x=13; echo $((x <<= 3)) $x
--- out
104 104

=== assignment by >>=
x=13; echo $((x >>= 3)) $x
--- out
1 1

=== assignment by &=
x=13; echo $((x &= 3)) $x
--- out
1 1

=== assignment by |=
x=13; echo $((x |= 3)) $x
--- out
15 15

=== assignment by ^=
x=13; echo $((x ^= 3)) $x
--- out
14 14

=== variables with and without a dollar
x=5; echo $((x+1)) $(($x+1)) $((${x}+1)) $(( x * x ))
--- out
6 6 6 25

=== an unset variable is 0
unset x; echo $((x)) $((x+1))
--- out
0 1

=== an empty variable is 0
x=; echo $((x+1))
--- out
1

=== a negative value
x=-5; echo $((x+1)) $((-x)) $((x*x)) $((3-x))
--- out
-4 5 25 8

=== hexadecimal and octal values in variables
x=0x1f y=010; echo $((x)) $((y)) $((x+y))
--- out
31 8 39

=== blanks around a value
x=' 7 '; echo $((x+1))
--- out
8

=== assignment inside
echo $((x=3)) $x; echo $((x=x+1)) $x
--- out
3 3
4 4

=== assignments are right associative
echo $((a=b=4)) $a $b
--- out
4 4 4

=== an assignment in the middle needs parentheses
echo $((1+(x=2))) $x
--- out
3 2

=== the right side of && and || is not evaluated when not needed
x=0; : $((0 && (x=1))) $((1 || (x=2))); echo $x
: $((1 && (x=3))); echo $x; : $((0 || (x=4))); echo $x
--- out
0
3
4

=== only one branch of ?: is evaluated
x=0 y=0; : $((1 ? (x=1) : (y=1))); echo $x $y
--- out
1 0

=== division by zero is not met when skipped
echo $((0 && 1/0)) $((1 || 1%0)) $((1 ? 5 : 1/0))
--- out
0 1 5

=== division by zero is an error
$SH -c 'echo $((1/0)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== remainder by zero is an error
$SH -c 'echo $((1%0)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== a syntax error is an error
$SH -c 'echo $((1+)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== a missing parenthesis inside is an error
$SH -c 'echo $(((1+2)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== a bad octal digit is an error
$SH -c 'echo $((09)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== letters after digits are an error
$SH -c 'echo $((12a)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== assignment to a number is an error
$SH -c 'echo $((1=2)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== a float is an error
$SH -c 'echo $((1.5)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== assignment to a readonly variable is an error
$SH -c 'readonly x=1; echo $((x=2)); echo no' 2>/dev/null; [ $? -ne 0 ] && echo error
--- out
error

=== 64 bits
echo $((9223372036854775807)) $((-9223372036854775807-1)) $((4611686018427387904+4611686018427387903))
--- out
9223372036854775807 -9223372036854775808 9223372036854775807

=== wrap around
echo $((9223372036854775807+1)) $((-9223372036854775807-2))
--- out
-9223372036854775808 9223372036854775807

=== expansions inside
x=3; echo $(($(echo 4)+x)) $((`echo 5`*2)) $(( ${#x} + ${y:-7} ))
--- out
7 10 8

=== quotes around it
echo "$((1 + 1))" "a$((2))b"
--- out
2 a2b

=== double quotes inside
echo $(("1" + 1))
--- out
2
--- not dash: does not take them

=== nested arithmetic
echo $((1+$((2+$((3))))))
--- out
6

=== parentheses at the border
echo $(( (1+2) )) $(((1+2))) $(((1)+(2)))
--- out
3 3 3

=== newlines inside
echo $((1 +
2 +
3))
--- out
6

=== backslash newline inside
echo $((1 + \
2))
--- out
3

=== an operator from a variable by expansion
op='*'; echo $((3 $op 4))
--- out
12

=== a whole expression by expansion
e='1 + 2'; echo $(($e * 3))
--- out
7

=== the value is one word
set -- $((1+2)) $((3)); echo $#
--- out
2

=== in an assignment, a redirection and a case
x=$((1+1)); echo hi > f$((x+1)); cat f3
case $((x*2)) in 4) echo four;; esac
--- out
hi
four

=== in a here-document
x=4; cat <<E
$((x*2)) \$((x))
E
--- out
8 $((x))

=== in a for list
for i in $((1)) $((1+1)); do echo $i; done
--- out
1
2

=== a counting loop
i=0; s=0; while [ $i -lt 100 ]; do i=$((i+1)); s=$((s+i)); done; echo $s
--- out
5050

=== precedence: shift below plus, compare below shift
echo $((1+2<<1)) $((1<<2<8)) $((8>>1>3))
--- out
6 1 1

=== precedence: & below ==, ^ below &, | below ^
echo $((2&2==2)) $((1^3&2)) $((1|1^1))
--- out
0 3 1

=== precedence: && below |, || below &&
echo $((0|1&&0)) $((1||0&&0))
--- out
0 1

=== precedence: unary binds tightest
echo $((-2*-3)) $((!0+1)) $((~0*2)) $((- - 1))
--- out
6 2 -2 1

=== ternary is right associative
echo $((0?1:1?2:3)) $((1?1:1?2:3))
--- out
2 1

=== comparison gives 0 or 1
echo $((5==5)) $((5!=5)) $(((3<4)+(4<5)))
--- out
1 0 2

=== recursion by eval
fib() { if [ $1 -lt 2 ]; then r=$1; else fib $(($1-1)); eval "a$1=$r"; fib $(($1-2)); eval "r=\$((a$1+r))"; fi; }
fib 10; echo $r
--- out
55

=== positional parameters
set -- 3 4; echo $(($1*$2)) $(($#+1)) $(($1$2))
--- out
12 3 34

=== an unset positional parameter leaves nothing
set --; echo $((1 $1))
--- out
1

=== exit status of an expansion as command
$((0)) 2>/dev/null; echo $?
--- out
127
