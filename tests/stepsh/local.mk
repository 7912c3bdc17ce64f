# Tests of stepsh.
