#!/bin/sh
# The terminal of the tests: test-terminal.sh FOLDER COMMAND… keeps what it was started with and then runs it, with a
# pipe for a keyboard and a file for a screen.
folder=$1
shift
number=$(ls "$folder" | grep -c '^argv')
printf '%s\n' "$@" >"$folder/argv$number.part"
mkfifo "$folder/keyboard$number"
mv "$folder/argv$number.part" "$folder/argv$number"
exec "$@" <"$folder/keyboard$number" >"$folder/screen$number" 2>&1
