#!/bin/sh
# The real ufw and the real firewalld, each on a Debian of its own that is installed on over ssh, with a published port
# (DNAT) beside: the gate holds through their restarts and reloads, what they let in and keep out stays so, what they close
# no knock opens, and their rules are as before when Sallyport is gone. Needs root, and what `npm run build` makes.
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

# What each is told, in its own words. 8444 is let in, 8443 is not.
ufw_up() {
  inside sh -c 'ufw allow 22/tcp && ufw allow 8444/tcp && ufw --force enable' >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"
}
# As docker does, behind ufw's back.
ufw_publishes() {
  inside sh -c 'iptables -t nat -A PREROUTING -p tcp --dport 8080 -m addrtype --dst-type LOCAL -j DNAT --to-destination 172.31.0.2:80
    iptables -I FORWARD -d 172.31.0.2 -p tcp --dport 80 -j ACCEPT; iptables -I FORWARD -s 172.31.0.2 -j ACCEPT'
}
ufw_again() { inside systemctl restart ufw; }
ufw_closes() { inside sh -c 'ufw delete allow 22/tcp && ufw reload' >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"; }
ufw_opens() { inside ufw allow 22/tcp >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"; }
firewalld_up() {
  inside systemctl enable --quiet --now firewalld
  inside sh -c 'firewall-cmd --permanent --add-port=8444/tcp && firewall-cmd --reload' >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"
}
firewalld_publishes() {
  inside sh -c 'firewall-cmd --permanent --add-forward-port=port=8080:proto=tcp:toport=80:toaddr=172.31.0.2 && firewall-cmd --reload' \
    >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"
}
firewalld_again() { inside sh -c 'firewall-cmd --reload && systemctl restart firewalld' >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"; }
firewalld_closes() {
  inside sh -c 'firewall-cmd --permanent --remove-service=ssh && firewall-cmd --reload' >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"
}
firewalld_opens() {
  inside sh -c 'firewall-cmd --permanent --add-service=ssh && firewall-cmd --reload' >"$work/fw" 2>&1 || fail "$(cat "$work/fw")"
}

# It does its work: a port that it lets in, one that it keeps out although something listens there, one that is published.
at_work() { reach 8444 && ! reach 8443 && published_port; }
works() {
  reach 8444 || fail "$1 no longer lets 8444 in"
  if reach 8443; then fail "$1 no longer keeps 8443 out"; fi
  published_port || fail 'the published port is cut off'
}
ready() {
  stop_listeners # of before a restart
  serve 8443 8444
  container
  "$1_publishes"
  within 30 at_work || works "$1"
}
beside() {
  fw=$1
  say "$fw: a Debian that it guards"
  make_root
  add_packages "$fw" iptables
  let_log_in /root
  boot
  up
  clock_says yes
  "${fw}_up"
  ready "$fw"
  # Both keep their rules in the order of the last change, which comes again below.
  "${fw}_closes"
  "${fw}_opens"
  remember
  hold_session
  client installer web1 --out "$work/$fw.sh" --arch amd64 >/dev/null 2>&1
  ip netns exec "$ns" scp -q "$work/$fw.sh" root@192.0.2.1:/tmp/web1.sh

  say "$fw: installed, and both do their work"
  over_ssh --yes || fail "$(cat "$work/said")"
  told "$fw +active, lets 22 in"
  told 'installed and proven'
  expect 192.0.2.3 filtered
  works "$fw"
  session_lives

  say "$fw: restarted and reloaded, the gate holds and the session lives"
  "${fw}_again"
  expect 192.0.2.3 filtered
  wait_for "$fw at its work" at_work
  session_lives
  inside systemctl restart sallyportd
  expect 192.0.2.3 filtered
  works "$fw"
  session_lives
  wait_for 'the end of the grant' probe 192.0.2.2 filtered
  knocked

  say "$fw: what it closes, no knock opens; the installer says which command would"
  "${fw}_closes"
  wait_for 'the end of the grant' probe 192.0.2.2 filtered
  if client knock web1 --json >"$work/knocked" 2>&1; then fail "it was opened: $(cat "$work/knocked")"; fi
  expect 192.0.2.2 filtered
  inside sallyportd status --json | grep -q '"source": "192.0.2.2"' || fail 'the knock was not heard'
  inside sh -c 'sh /tmp/web1.sh --check' >"$work/said" 2>&1 || fail "$(cat "$work/said")"
  told "$fw +active and does not let 22 in: (ufw allow 22/tcp|firewall-cmd --permanent --add-port=22/tcp && firewall-cmd --reload)"
  "${fw}_opens"

  say "$fw: after a restart both are there, and a knock opens"
  end_session
  reboot
  wait_for 'the machine to be up again' every is-active "$fw" sallyportd ssh
  ready "$fw"
  expect 192.0.2.2 filtered
  knocked
  hold_session

  say "$fw: removed, its rules are as they were"
  inside sallyport-setup --uninstall --purge --yes >"$work/said" || fail "$(cat "$work/said")"
  expect 192.0.2.3 open
  inside rm -f /tmp/web1.sh
  as_before
  works "$fw"
  session_lives
  end_session
  stop_listeners
  stop_machine
}

beside ufw
beside firewalld
say 'done'
