#!/bin/sh
# Builds CoreMark as bench/target/coremark.wasm, for `./cloche bench budgets`, which measures it if it is there. Needs
# clang 14 or later with wasm-ld and wasi-libc (Debian: clang lld wasi-libc libclang-rt-14-dev-wasm32), and the sources:
# git clone https://github.com/eembc/coremark
set -eu
if [ $# -ne 1 ] || [ ! -f "$1/core_main.c" ]; then
    echo "usage: bench/guests/coremark.sh FOLDER, a checkout of eembc/coremark" >&2
    exit 2
fi
here=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$here/target"
cd "$1"
"${CC:-clang}" --target=wasm32-wasi -O2 -mexec-model=reactor -I. -Iposix -DITERATIONS=2000 -DPERFORMANCE_RUN=1 \
    -DMAIN_HAS_NOARGC=1 '-DFLAGS_STR="-O2"' -DMEM_METHOD=2 -DMULTITHREAD=1 -DSEED_METHOD=2 -Dmain=coremark_main \
    core_list_join.c core_main.c core_matrix.c core_state.c core_util.c posix/core_portme.c \
    -Wl,--export=coremark_main -Wl,-s -o "$here/target/coremark.wasm"
echo "built $here/target/coremark.wasm"
