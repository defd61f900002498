# The part of boot.sh that has sallyportd serve a knockd.conf, with commands that change a real firewall.
inside systemctl --quiet disable --now sallyportd sallyport-gate
inside sallyportd cleanup >/dev/null
expect 192.0.2.3 open
cat >"$root/etc/knockd.conf" <<'CONF'
[options]
  UseSyslog
  interface = host0
[ssh]
  sequence = 7011,8022:udp,9033
  tcpflags = syn
  start_command = nft add element inet demo in { %IP% }
  stop_command = nft delete element inet demo in { %IP% }
  cmd_timeout = 25
[file]
  sequence = 7111,8122:udp,9133
  tcpflags = syn
  start_command = echo %IP% >/var/lib/knocked
  stop_command = rm /var/lib/knocked
  cmd_timeout = 5
CONF
inside nft -f - <<'NFT'
table inet demo {
  set in { type ipv4_addr; }
  chain input { type filter hook input priority 0; ip saddr != @in tcp dport 22 drop; }
}
NFT
expect 192.0.2.2 filtered

knockd_status() { inside sallyportd status --knockd-conf /etc/knockd.conf "$@"; }
# send FROM STEP… sends one packet to each port.
send() {
  from=$1
  shift
  for step; do
    case $step in
    *:udp) printf x | ip netns exec "$ns" nc -u -w 0 -s "$from" 192.0.2.1 "${step%:udp}" ;;
    *) ip netns exec "$ns" nc -z -w 1 -s "$from" 192.0.2.1 "$step" >/dev/null 2>&1 || true ;;
    esac
  done
}

say "sallyportd in knockd's place runs a start command, and its stop command after kill -9"
inside systemctl --quiet enable --now sallyportd-knockd
send 192.0.2.2 7011 8022:udp 9033
wait_for 'the start command' probe 192.0.2.2 open
expect 192.0.2.3 filtered
knockd_status | grep -q '^open: ssh for 192.0.2.2, stop command in ' || fail "the status is $(knockd_status)"
main=$(inside systemctl show -P MainPID sallyportd-knockd)
inside systemctl kill -s KILL --kill-whom=main sallyportd-knockd
wait_for 'the restart' inside sh -c "systemctl is-active --quiet sallyportd-knockd && [ \"\$(systemctl show -P MainPID sallyportd-knockd)\" != $main ]"
expect 192.0.2.2 open
knockd_status --json | grep -q '"command": "nft delete element inet demo in { 192.0.2.2 }"' || fail "the status is $(knockd_status --json)"
wait_for 'the stop command' probe 192.0.2.2 filtered
owes_nothing() { knockd_status | grep -q '^no stop command is owed'; }
within 15 owes_nothing || fail "the status is $(knockd_status)"
within 15 inside sh -c "journalctl -q -o cat | grep -q '192.0.2.2: ssh: OPEN SESAME'" || fail 'the journal lacks what knockd would say'

say 'a config with an error is refused on reload, and the old one stays'
printf '[ssh]\n' >>"$root/etc/knockd.conf"
inside systemctl reload sallyportd-knockd
wait_for 'the refusal' inside sh -c 'journalctl -q -u sallyportd-knockd -o cat | grep -q "the old config stays in force"'
inside systemctl is-active --quiet sallyportd-knockd || fail 'it died of a bad config'
sed -i '$d' "$root/etc/knockd.conf"

say 'a stop command outlives a reboot'
send 192.0.2.2 7111 8122:udp 9133
wait_for 'the start command' test -s "$root/var/lib/knocked"
reboot
wait_for 'the unit to be up again' inside systemctl is-active --quiet sallyportd-knockd
wait_for 'the stop command' test ! -e "$root/var/lib/knocked"
