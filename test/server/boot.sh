#!/bin/sh
# Boots a real Debian with systemd as PID 1, installs the daemon with its units, and looks at what they promise: the
# gate before the network, the daemon without root, knocks, reload, crash, watchdog, a boot with a broken config; then
# sallyportd in knockd's place.
# Needs root. The base system is made once (debootstrap) and kept in SALLYPORT_SERVER_BASE.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
. "$here/machine.sh"

need_machine
trap clean EXIT
trap 'exit 130' INT TERM HUP PIPE
make_base
install_daemon
boot

say 'the machine boots with the gate closed before the network is up'
wait_for 'the machine to be up' inside sh -c 'systemctl is-system-running | grep -q running'
every is-active sallyportd sallyport-gate ssh || fail "$(inside systemctl --failed --no-pager)"
gate=$(inside systemctl show -P ActiveEnterTimestampMonotonic sallyport-gate)
network=$(inside systemctl show -P ActiveEnterTimestampMonotonic systemd-networkd)
[ "$gate" -lt "$network" ] || fail "the gate came at $gate, the network at $network"
expect 192.0.2.2 filtered

say 'the daemon is not root and has two capabilities'
main=$(inside systemctl show -P MainPID sallyportd)
uid=$(inside sh -c "awk '/^Uid:/ { print \$2 }' /proc/$main/status")
[ "$uid" = "$(inside id -u sallyport)" ] || fail "the daemon runs as $uid"
caps=$(inside sh -c "awk '/^CapEff:/ { print \$2 }' /proc/$main/status")
[ "$caps" = 0000000000003000 ] || fail "its capabilities are $caps, not CAP_NET_ADMIN and CAP_NET_RAW"

say 'the clock is timedated'"'"'s word, because the sandbox hides the kernel'"'"'s'
synced=$(inside busctl get-property org.freedesktop.timedate1 /org/freedesktop/timedate1 org.freedesktop.timedate1 NTPSynchronized)
case $synced in 'b true') synced=yes ;; 'b false') synced=no ;; *) fail "timedated says $synced" ;; esac
inside sallyportd status --json | tr -d ' \n' | grep -q "\"clock\":{\"synchronized\":\"$synced\",\"source\":\"timedated\"}" ||
  fail "timedated says $synced, the daemon: $(inside sallyportd status --json | grep -A 3 clock)"

say 'a knock opens the door to sshd, and the journal has its fields'
knock 192.0.2.2 0
wait_for 'the door to open' probe 192.0.2.2 open
expect 192.0.2.3 filtered
noted() { inside journalctl -q -u sallyportd -o cat "$@" | grep -q "$note"; }
note='source=192.0.2.2'
within 15 noted SALLYPORT_EVENT=knock SALLYPORT_RESULT=opened SALLYPORT_USER=alice ||
  fail "no such entry: $(inside journalctl -u sallyportd --no-pager)"
if inside journalctl -u sallyportd -o export | grep -qF "$secret"; then fail 'the journal holds the secret'; fi
inside sallyportd status --json | grep -q '"source": "192.0.2.2"' || fail 'the status lacks the grant'

say 'systemctl reload takes a good config and refuses a bad one with file and line'
inside systemctl reload sallyportd || fail 'the reload of a good config failed'
printf 'colour = "blue"\n' >"$root/etc/sallyport/sallyportd.toml"
if inside systemctl reload sallyportd 2>/dev/null; then fail 'a bad config was taken'; fi
note='sallyportd.toml:1: unknown key'
within 15 noted || fail 'the journal does not say what is wrong'
inside systemctl is-active --quiet sallyportd || fail 'the daemon died of it'
write_config
expect 192.0.2.2 open

say 'a killed daemon is restarted, and the grant outlives it'
inside systemctl kill -s KILL --kill-whom=main sallyportd
wait_for 'the restart' inside sh -c "systemctl is-active --quiet sallyportd && [ \"\$(systemctl show -P MainPID sallyportd)\" != $main ]"
expect 192.0.2.2 open
expect 192.0.2.3 filtered

say 'a daemon that hangs is restarted by the watchdog'
main=$(inside systemctl show -P MainPID sallyportd)
inside kill -STOP "$main"
expect 192.0.2.3 filtered
wait_for 'the watchdog' inside sh -c "systemctl is-active --quiet sallyportd && [ \"\$(systemctl show -P MainPID sallyportd)\" != $main ]"
expect 192.0.2.3 filtered

say 'panic holds over a restart'
inside sallyportd panic >/dev/null
inside systemctl restart sallyportd
expect 192.0.2.3 open
inside sallyportd resume >/dev/null
expect 192.0.2.3 filtered

say 'a boot with a broken config is closed'
printf 'colour = "blue"\n' >"$root/etc/sallyport/sallyportd.toml"
reboot
wait_for 'the machine to be up again' inside systemctl is-active --quiet ssh
expect 192.0.2.2 filtered
if inside systemctl is-active --quiet sallyportd; then fail 'the daemon runs with a broken config'; fi
write_config
inside systemctl restart sallyportd
knock 192.0.2.2 1
wait_for 'the door to open' probe 192.0.2.2 open

. "$here/knockd.sh"
say 'done'
