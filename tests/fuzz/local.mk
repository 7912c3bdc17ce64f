# Fuzz targets: tests/fuzz/NAME.c defines LLVMFuzzerTestOneInput, seeds in
# tests/fuzz/seeds/NAME/. With --enable-fuzzers (clang) each is a libFuzzer program; in
# any build each is also NAME-replay, which `make check` runs over the seeds.
