#!/bin/sh
# Builds the modules of attacks from their text, after that was changed. Needs wat2wasm (Debian: wabt). A test sees to it
# that text and module belong together.
set -eu
cd "$(dirname "$0")/modules"
for text in *.wat; do
    wat2wasm "$text" -o "${text%.wat}.wasm"
done
