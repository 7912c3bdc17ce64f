# Tests of formula.
