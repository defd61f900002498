#!/bin/sh
# Debian started by SysV's init, and by OpenRC: installed on over ssh, on trial, proven, confirmed, killed, restarted,
# removed; and a restart in the trial. Needs root, and what `npm run build` makes.
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
make_client
init=/sbin/init

# Nothing of systemd runs; the network is ifupdown's.
machine_with() {
  make_root
  add_packages sysvinit-core ifupdown "$@"
  printf 'auto lo host0\niface lo inet loopback\niface host0 inet static\n  address 192.0.2.1/24\n' >"$root/etc/network/interfaces"
  clock_says yes
  let_log_in /root
  boot
  up
  if inside test -d /run/systemd/system; then fail 'systemd runs here'; fi
}

# came_up waits until the daemon answers; from outside there is no way in then.
came_up() { wait_for 'the daemon' inside sallyportd status; }
at_boot() {
  case $kind in
  sysv) inside sh -c 'ls /etc/rc2.d' | grep -c sallyport ;;
  openrc) inside rc-update show | grep -c sallyport ;;
  esac
}

story() {
  kind=$1
  remember
  hold_session

  say "$kind: installed over ssh, proven, confirmed"
  over_ssh --yes || fail "$(cat "$work/said")"
  told "services +$kind"
  told 'proven: filtered -> open'
  told 'installed and proven'
  session_lives
  expect 192.0.2.3 filtered
  [ "$(at_boot)" = 1 ] || fail "$(at_boot) services of ours start at boot"
  inside ps -eo user:12=,args= | grep -q '^sallyport .*sallyportd run' || fail "$(inside ps -eo user:12=,args=)"

  say "$kind: a second time nothing changes"
  snapshot >"$work/installed"
  knocked_over_ssh --yes || fail "$(cat "$work/said")"
  told 'has it all already; nothing was changed'
  snapshot | diff "$work/installed" - || fail 'something was changed'

  say "$kind: killed, it is started again, and the gate holds"
  inside sh -c 'kill -9 $(pidof sallyportd)'
  expect 192.0.2.3 filtered
  came_up
  expect 192.0.2.3 filtered
  session_lives

  say "$kind: after a restart of the machine it is gated, and a knock opens"
  end_session
  reboot
  came_up
  expect 192.0.2.2 filtered
  knocked
  hold_session

  say "$kind: removed, nothing is left"
  inside sallyport-setup --uninstall --purge --yes >"$work/said" || fail "$(cat "$work/said")"
  expect 192.0.2.3 open
  as_before
  session_lives
  end_session

  say "$kind: a restart in the trial puts everything back"
  install_by_hand 600
  expect 192.0.2.3 filtered
  reboot
  wait_for 'sshd' probe 192.0.2.3 open
  wait_for 'the end of the rollback' inside sh -c '! test -e /var/lib/sallyport-setup'
  as_before

  say "$kind: so does the end of a trial whose session is lost"
  install_by_hand 30
  expect 192.0.2.3 filtered
  kill -9 "$by_hand"
  wait_for 'the rollback' probe 192.0.2.3 open
  wait_for 'the end of it' inside sh -c '! test -e /var/lib/sallyport-setup'
  as_before
  stop_machine
}

say 'a Debian with SysV init'
machine_with
story sysv
say 'a Debian with OpenRC'
machine_with openrc
story openrc
say 'done'
