#!/bin/sh
# on-a-tty.sh COMMAND… runs it on a terminal of its own, as a person's would be; what is piped in is typed.
exec script -qefc "$*" /dev/null
