#!/bin/sh
# A real Debian set up over ssh by the app, as a person would: app.test.ts clicks and types in it, and this script has the
# machine that it installs on, and looks from outside at what must hold. Needs root, and what `npm run build` makes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
. "$here/machine.sh"
. "$here/client.sh"

need_machine
need ssh openssh-client; need node nodejs; need script bsdutils; need gnome-keyring-daemon gnome-keyring
[ -f "$repo/dist/stand-in.cjs" ] || fail 'the app is not built: npm run build'

tests=
end_app() {
  [ -z "$tests" ] || kill "$tests" 2>/dev/null || true
  leave
}
end_client=end_app
trap clean EXIT
trap 'exit 130' INT TERM HUP PIPE
make_base
make_root
make_client
let_log_in /root
boot
wait_for 'the machine to be up' inside sh -c 'systemctl is-system-running | grep -Eq "running|degraded"'
wait_for 'sshd' probe 192.0.2.3 open
neighbours
clock_says yes
remember
hold_session

# The two sides tell each other by files where they are.
story=$work/story
mkdir "$story"
cd "$repo"
ip netns exec "$ns" env HOME="$work/home" NO_COLOR=1 SALLYPORT_STORY="$story" \
  node node_modules/vitest/vitest.mjs run --project server >"$work/tests" 2>&1 </dev/null &
tests=$!

# reached WHERE waits until the tests are there; tests that end before are a failure.
reached() {
  tries=0
  until [ -e "$story/$1" ]; do
    kill -0 "$tests" 2>/dev/null || { cat "$work/tests" >&2; fail "the tests ended before \"$1\""; }
    tries=$((tries + 1))
    [ "$tries" -lt 1920 ] || { cat "$work/tests" >&2; fail "waited eight minutes for \"$1\""; }
    sleep 0.25
  done
}

reached trial
say 'the app has put the gate on trial; the server waits for its knock'
session_lives

reached installed
say 'installed by the app: proven by its knock, confirmed, told'
session_lives
expect 192.0.2.3 filtered
neighbours_live
every is-enabled sallyportd sallyport-gate || fail 'it would not start at boot'
if inside systemctl list-timers --all --no-pager | grep -q sallyport; then fail 'the timer is still there'; fi
inside sh -c '! ls /tmp/tmp.* 2>/dev/null' || fail 'the upload was left behind'

say 'the machine restarts'
end_session
reboot
wait_for 'the machine to be up again' every is-active sallyportd ssh
neighbours
expect 192.0.2.2 filtered
expect 192.0.2.3 filtered
touch "$story/rebooted"

status=0
wait "$tests" || status=$?
[ "$status" = 0 ] || { cat "$work/tests" >&2; fail 'the tests of the app failed'; }
grep -E 'Tests +[0-9]+ passed' "$work/tests" || { cat "$work/tests" >&2; fail 'no test of the app was run'; }
tests=

say 'removed over the session that the app opened: nothing is left'
expect 192.0.2.3 open
as_before
neighbours_live
say 'done'
