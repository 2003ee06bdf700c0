#!/bin/sh
# Compiles every .in file to a hashed .txt that holds for Python 3.11 and newer, on every platform.
# Needs `uv`; run it after changing an .in file. No index address is written.
set -eu
cd "$(dirname "$0")"
for name in base train infra dev emulator; do
    uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
        --no-emit-find-links --custom-compile-command 'requirements/compile.sh' \
        "$@" "$name.in" --output-file "$name.txt"
done
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-deps \
    --no-emit-find-links --custom-compile-command 'requirements/compile.sh' "$@" lambda.in --output-file lambda.txt
