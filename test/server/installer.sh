#!/bin/sh
# A real Debian without Sallyport, set up over ssh by the command line, as a person would: tried, proven, confirmed,
# restarted, upgraded, removed; and the stories that must end with everything as it was. Needs root, and what
# `npm run build` makes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
. "$here/machine.sh"
. "$here/client.sh"

need_machine
need ssh openssh-client; need node nodejs
[ -f "$repo/dist/agent.cjs" ] || fail 'the client is not built: npm run build'

trap clean EXIT
trap 'exit 130' INT TERM HUP PIPE
make_base
make_root
make_client
let_log_in /root
boot
up
neighbours
remember
hold_session

say 'a server whose clock is not synchronized is refused'
clock_says no
if over_ssh --yes; then fail 'it was installed'; fi
told 'the clock is not synchronized \(no\)'
as_before
clock_says yes

say 'a server whose clock is wrong is refused before anything runs'
server_date 300
if over_ssh --yes; then fail 'it was installed'; fi
told 'clock and this one differ by (4m5[5-9]|5m[0-5])'
server_date 0
as_before

say 'a door that cannot be proven is opened again, with everything put back'
lose_knocks on
if over_ssh --yes --trial-time 75; then fail 'it was confirmed'; fi
told 'the door could not be proven'
expect 192.0.2.3 filtered
lose_knocks off
wait_for 'the rollback' probe 192.0.2.3 open
wait_for 'the end of it' inside sh -c '! test -e /var/lib/sallyport-setup'
as_before

say 'so it is when the session is lost in the trial'
install_by_hand 35
expect 192.0.2.3 filtered
kill -9 "$by_hand"
wait_for 'the rollback' probe 192.0.2.3 open
wait_for 'the end of it' inside sh -c '! test -e /var/lib/sallyport-setup'
as_before

say 'and when the server restarts in the trial'
end_session
install_by_hand 600
expect 192.0.2.3 filtered
reboot
up
expect 192.0.2.3 open
wait_for 'the end of the rollback' inside sh -c '! test -e /var/lib/sallyport-setup'
neighbours
as_before
hold_session

say 'installed over ssh: tried, proven by a knock, confirmed over the new connection'
over_ssh --yes || fail "$(cat "$work/said")"
told 'On trial: 22/tcp is closed'
told 'proven: filtered -> open'
told 'installed and proven'
session_lives
expect 192.0.2.3 filtered
neighbours_live
every is-enabled sallyportd sallyport-gate || fail 'it would not start at boot'
if inside systemctl list-timers --all --no-pager | grep -q sallyport; then fail 'the timer is still there'; fi
if inside journalctl --no-pager | grep -qF "$(cat "$work/key")"; then fail 'the journal holds the secret'; fi
inside sh -c '! ls /tmp/tmp.* 2>/dev/null' || fail 'the upload was left behind'

say 'a second time nothing is changed'
snapshot >"$work/installed"
knocked_over_ssh --yes || fail "$(cat "$work/said")"
told 'has it all already; nothing was changed'
snapshot | diff "$work/installed" - || fail 'something was changed'

say 'a daemon that hangs is restarted by the watchdog, and the open session lives on'
inside mkdir -p /run/systemd/system/sallyportd.service.d
inside sh -c 'printf "[Service]\nWatchdogSec=8\n" >/run/systemd/system/sallyportd.service.d/test.conf'
inside systemctl daemon-reload
inside systemctl restart sallyportd
session_lives
main=$(inside systemctl show -P MainPID sallyportd)
inside kill -STOP "$main"
wait_for 'the watchdog' inside sh -c "systemctl is-active --quiet sallyportd && [ \"\$(systemctl show -P MainPID sallyportd)\" != $main ]"
expect 192.0.2.3 filtered
session_lives

say 'after a reboot it is gated and can be knocked at'
end_session
reboot
wait_for 'the machine to be up again' every is-active sallyportd ssh
neighbours
expect 192.0.2.3 filtered
client connect web1 2>/dev/null </dev/null >"$work/shell" || true
client knock web1 >"$work/said" 2>&1 || fail "$(cat "$work/said")"
expect 192.0.2.2 open
hold_session

say 'upgraded: the config stays, and the new daemon is proven before the old one is forgotten'
inside sh -c 'echo "# mine" >>/etc/sallyport/sallyportd.toml'
newer_daemon
knocked_over_ssh --yes --upgrade || fail "$(cat "$work/said")"
told 'installed and proven'
[ "$(inside sallyportd version)" = 'sallyportd 0.2.0' ] || fail "$(inside sallyportd version)"
inside grep -q '# mine' /etc/sallyport/sallyportd.toml || fail 'the config was replaced'
expect 192.0.2.3 filtered
session_lives

say 'removed: nothing is left, and the open session lives on'
inside sallyport-setup --uninstall --purge --yes >"$work/said" || fail "$(cat "$work/said")"
expect 192.0.2.3 open
as_before
session_lives
neighbours_live
say 'done'
