Field splitting: XCU 2.6.5.
=== default IFS splits on space, tab and newline
x='  a	b
c  '
printf '<%s>' $x; echo
--- out
<a><b><c>

=== runs of IFS white space are one separator
x='a   b		c'
printf '<%s>' $x; echo
--- out
<a><b><c>

=== a non-space separator makes empty fields
IFS=:; x=a::b:c
printf '<%s>' $x; echo
--- out
<a><><b><c>

=== a leading non-space separator makes an empty field
IFS=:; x=:a
printf '<%s>' $x; echo
--- out
<><a>

=== a last separator makes no empty field
IFS=:; x=a:b:
printf '<%s>' $x; echo
--- out
<a><b>

=== two last separators make one empty field
IFS=:; x=a::
printf '<%s>' $x; echo
--- out
<a><>

=== only a separator makes one empty field
IFS=:; x=:
printf '<%s>' $x; echo
--- out
<>

=== white space around a separator belongs to it
IFS=' :'; x='a : b:c   d : : e'
printf '<%s>' $x; echo
--- out
<a><b><c><d><><e>

=== leading and trailing IFS white space vanishes
IFS=' :'; x='  a:b  '
printf '<%s>' $x; echo
--- out
<a><b>

=== IFS white space that is not in IFS stays
IFS=:; x=' a : b '
printf '<%s>' $x; echo
--- out
< a >< b >

=== empty IFS: no splitting
IFS=; x='a b:c'
printf '<%s>' $x; echo
--- out
<a b:c>

=== unset IFS: as the default
unset IFS; x=' a  b '
printf '<%s>' $x; echo
--- out
<a><b>

=== only expansions are split, not literal text
IFS=:; printf '<%s>' a:b; echo
x=c:d; printf '<%s>' a:b$x; echo
--- out
<a:b>
<a:bc><d>

=== text next to an expansion joins its outer fields
x='b c'
printf '<%s>' a$x'd'; echo
x=' b c '
printf '<%s>' a${x}d; echo
--- out
<ab><cd>
<a><b><c><d>

=== quoted text next to an expansion
x='b c'
printf '<%s>' "a "$x" d"; echo
--- out
<a b><c d>

=== splitting of command substitution
printf '<%s>' $(echo 'a  b
c'); echo
--- out
<a><b><c>

=== splitting of arithmetic
IFS=0; printf '<%s>' $((10101)); echo
--- out
<1><1><1>

=== no splitting in double quotes
IFS=:; x=a:b
printf '<%s>' "$x" "$(echo c:d)"; echo
--- out
<a:b><c:d>

=== an expansion of only white space makes no field
x='   '; printf '<%s>' a $x b; echo
--- out
<a><b>

=== an expansion of only white space separates what stands around it
x='   '; printf '<%s>' a${x}b; echo
--- out
<a><b>

=== an empty expansion makes no field, with quotes it does
x=; printf '<%s>' $x ''$x "$x"; echo
--- out
<><>

=== IFS with a letter
IFS=x; x=axbxxc
printf '<%s>' $x; echo
--- out
<a><b><><c>

=== IFS with a backslash
IFS='\'; x='a\b\c'
printf '<%s>' $x; echo
--- out
<a><b><c>

=== IFS with several kinds
IFS=',; '; x='a, b;c  d,,e'
printf '<%s>' $x; echo
--- out
<a><b><c><d><><e>

=== splitting two expansions in one word
IFS=:; x=a:b y=c:d
printf '<%s>' $x$y; echo
--- out
<a><bc><d>

=== a separator at the join of two expansions
IFS=:; x=a: y=:b
printf '<%s>' $x$y; echo
--- out
<a><><b>

=== $* is split again
IFS=:; set -- a:b c
printf '<%s>' $*; echo
--- out
<a><b><c>

=== $@ is split again
IFS=:; set -- a:b c
printf '<%s>' $@; echo
--- out
<a><b><c>

=== "$*" uses the first character of IFS
IFS=:-; set -- a b c
printf '<%s>' "$*"; echo
--- out
<a:b:c>

=== splitting happens after assignment of IFS only in later words
x='a:b'; IFS=:; printf '<%s>' $x; echo
--- out
<a><b>

=== IFS set in front of a special builtin
x=a:b
IFS=: eval 'printf "<%s>" $x'; echo
--- out
<a><b>

=== for splits its words
x='1 2 3'; for i in $x; do printf '<%s>' $i; done; echo
--- out
<1><2><3>

=== case does not split its word
x='a  b'; case $x in 'a  b') echo same;; esac
--- out
same

=== a redirection's target is not split in a file name
x='a b'; echo hi > "$x"; cat 'a b'
--- out
hi

=== split fields are globbed
touch f1 f2; x='f* z'
printf '<%s>' $x; echo
--- out
<f1><f2><z>

=== no globbing with -f but splitting
touch f1; set -f; x='f* z'
printf '<%s>' $x; echo
--- out
<f*><z>

=== newline only in IFS
IFS='
'
x='a b
c d'
printf '<%s>' $x; echo
--- out
<a b><c d>

=== a default value of an expansion is split at its unquoted blanks
unset y; IFS=:
printf '<%s>' ${y-a:b c}; echo
--- out
<a><b c>

=== splitting of ${x:-...} mixes quoted and unquoted parts
x='1 2'; unset y
printf '<%s>' ${y-$x"$x"$x}; echo
--- out
<1><21 21><2>

=== tabs are trimmed too
IFS='	'; x='	a		b	'
printf '<%s>' $x; echo
--- out
<a><b>

=== IFS space and colon: empty first field
IFS=': '; x=' : a'
printf '<%s>' $x; echo
--- out
<><a>

=== read splits by IFS too
IFS=: ; echo a:b:c | { read x y; printf '<%s>' "$x" "$y"; echo; }
--- out
<a><b:c>

=== multi-byte separator
IFS=é; x=aébéc
printf '<%s>' $x; echo
--- out
<a><b><c>
--- not dash: splits at bytes

=== long text with many fields
x=$(i=0; while [ $i -lt 300 ]; do printf '%d ' $i; i=$((i+1)); done)
set -- $x; echo $# ${300}
--- out
300 299
