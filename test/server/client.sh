# The person's side of the tests that install over ssh: the command line with an agent and ssh, in the network namespace
# that the machine's link ends in; and what else lives on the machine. ip-netns(8) binds /etc/netns/NAME/* over /etc, so
# that ssh finds a home folder of its own.
login=root by_hand= session= listeners= beside="sallyport-beside-$$"
end_client=leave

make_client() {
  mkdir -p "$work/home/.ssh" "$work/client" "$work/helpers" "/etc/netns/$ns"
  chmod 700 "$work/home/.ssh"
  sed "s|^\(root:[^:]*:[^:]*:[^:]*:[^:]*:\)[^:]*|\1$work/home|" /etc/passwd >"/etc/netns/$ns/passwd"
  ssh-keygen -q -t ed25519 -N '' -f "$work/home/.ssh/id_ed25519"
  printf 'StrictHostKeyChecking accept-new\nBatchMode yes\nConnectTimeout 10\n' >"$work/home/.ssh/config"
  cp -r "$repo/build/helper/linux-amd64" "$repo/build/helper/linux-arm64" "$work/helpers/"
  head -c 32 /dev/urandom | base32 -w0 | tr -d = >"$work/key"
  chmod 600 "$work/key"
}

# let_log_in FOLDER [OWNER] has an account's home on the machine take the person's key.
let_log_in() {
  mkdir -p "$root$1/.ssh"
  chmod 0700 "$root$1/.ssh"
  cp "$work/home/.ssh/id_ed25519.pub" "$root$1/.ssh/authorized_keys"
  chroot "$root" chown -R "${2-root}:" "$1/.ssh"
}

# up waits for the machine, and adds the profile the first time.
up() {
  [ "$init" != -b ] ||
    wait_for 'the machine to be up' inside sh -c 'systemctl is-system-running | grep -Eq "running|degraded"'
  client list 2>/dev/null | grep -q web1 ||
    client add web1 --host 192.0.2.1 --user "$login" --rotating-secret-file "$work/key" --period 10 --open-for 20s >/dev/null 2>&1
  wait_for 'sshd' probe 192.0.2.3 open
}

client() {
  ip netns exec "$ns" env HOME="$work/home" SALLYPORT_HOME="$work/client" SALLYPORT_KEYCHAIN=session \
    SALLYPORT_HELPERS="$work/helpers/linux-amd64" "$repo/build/helper/linux-amd64/sallyport" "$@"
}

# over_ssh OPTIONS... keeps what is said; told looks for it.
over_ssh() { client installer web1 --over-ssh "$@" >"$work/said" 2>&1 </dev/null; }

# knocked_over_ssh is for a gate that is up: the way in is a knock, here as with any ssh.
knocked_over_ssh() {
  client knock web1 >"$work/said" 2>&1 || return 1
  over_ssh "$@"
}

told() { grep -Eq "$1" "$work/said" || fail "it did not say \"$1\": $(cat "$work/said")"; }

to_server() { ip netns exec "$ns" ssh root@192.0.2.1 "$@"; }

# install_by_hand SECONDS: the file copied and run in a plain session, which then waits.
install_by_hand() {
  rm -f "$work/web1.sh"
  client installer web1 --out "$work/web1.sh" --arch amd64 >/dev/null 2>&1
  ip netns exec "$ns" scp -q "$work/web1.sh" root@192.0.2.1:web1.sh
  : >"$work/said" # what an earlier one said is no sign of this one
  to_server "sh web1.sh --yes --trial-time $1; rm web1.sh; sleep 1000" >"$work/said" 2>&1 </dev/null &
  by_hand=$!
  wait_for 'the trial' grep -q 'On trial' "$work/said"
}

newer_daemon() {
  (cd "$repo/helper" && CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=0.2.0' \
    -o "$work/helpers/linux-amd64/sallyportd" ./cmd/sallyportd)
}

# A session that was open before, and must stay so.
hold_session() {
  : >"$work/ticks"
  to_server 'while echo tick; do sleep 0.2; done' >"$work/ticks" 2>/dev/null </dev/null &
  session=$!
  wait_for 'the open session' grep -q tick "$work/ticks"
}

session_lives() {
  before=$(wc -l <"$work/ticks")
  sleep 1.5
  within 10 ticked || fail 'the session that was open has been cut'
}
ticked() { [ "$(wc -l <"$work/ticks")" -gt "$before" ]; }

end_session() {
  kill "$session" 2>/dev/null || true
  wait "$session" 2>/dev/null || true
}

# Programs of the server's own, in place of the real ones, because its clock is this machine's.
clock_says() {
  printf '#!/bin/sh\necho %s\n' "$1" >"$root/usr/local/bin/timedatectl"
  chmod 755 "$root/usr/local/bin/timedatectl"
}

server_date() {
  rm -f "$root/usr/local/bin/date"
  [ "$1" != 0 ] || return 0
  printf '#!/bin/sh\nif [ "$*" = +%%s ]; then echo $(($(/bin/date +%%s) + %s)); else exec /bin/date "$@"; fi\n' "$1" >"$root/usr/local/bin/date"
  chmod 755 "$root/usr/local/bin/date"
}

# lose_knocks on: the network between loses all but what goes to sshd.
lose_knocks() {
  if [ "$1" = on ]; then
    ip netns exec "$ns" nft -f - <<'NFT'
table inet lossy {
  chain out { type filter hook output priority 0; udp dport 10000-49999 drop; tcp dport 10000-49999 drop; }
}
NFT
  else ip netns exec "$ns" nft delete table inet lossy; fi
}

# serve PORT... listens there, in the machine's network.
serve() {
  for port; do
    nsenter -t "$(leader)" -n nc -l -k -p "$port" >/dev/null 2>&1 </dev/null &
    listeners="$listeners $!"
  done
}
stop_listeners() {
  for process in $listeners; do kill "$process" 2>/dev/null || true; done
  listeners=
}
reach() { ip netns exec "$ns" nc -z -w 1 192.0.2.1 "$1" >/dev/null 2>&1; }

# container has something listen at 172.31.0.2:80, beside the machine.
container() {
  inside sysctl -qw net.ipv4.ip_forward=1
  ip netns del "$beside" 2>/dev/null || true # of before a restart
  ip netns add "$beside"
  ip link add "spb$$" type veth peer name "spc$$"
  ip link set "spb$$" netns "$(leader)"
  ip link set "spc$$" netns "$beside"
  inside ip address add 172.31.0.1/24 dev "spb$$"
  inside ip link set "spb$$" up
  ip -n "$beside" address add 172.31.0.2/24 dev "spc$$"
  ip -n "$beside" link set "spc$$" up
  ip -n "$beside" route add default via 172.31.0.1
  ip netns exec "$beside" nc -l -k -p 80 >/dev/null 2>&1 </dev/null &
  listeners="$listeners $!"
}
published_port() { ip netns exec "$ns" nc -z -w 2 192.0.2.1 8080 >/dev/null 2>&1; }

# What other programs have put on the machine: rules as ufw's and firewalld's, which let 22 and 8444 in and keep 8443 out,
# and a container's published port.
neighbours() {
  stop_listeners # of before a restart
  nsenter -t "$(leader)" -m -n nft -f - <<'NFT'
table ip filter {
  chain INPUT { type filter hook input priority filter; policy drop; jump ufw-before-input; jump ufw-user-input; }
  chain ufw-before-input { iif lo accept; ct state related,established accept; ct state invalid drop; }
  chain ufw-user-input { tcp dport { 22, 8444, 8445 } counter accept; }
  chain FORWARD { type filter hook forward priority filter; policy accept; }
}
table inet firewalld {
  chain filter_INPUT { type filter hook input priority filter + 10; policy accept; ct state established,related accept; iif lo accept; tcp dport { 22, 8443, 8444 } ct state new,untracked accept; reject with icmpx admin-prohibited; }
}
table ip nat {
  chain PREROUTING { type nat hook prerouting priority dstnat; policy accept; fib daddr type local tcp dport 8080 dnat to 172.31.0.2:80; }
}
NFT
  serve 8443 8444 8445
  container
  wait_for 'the published port' published_port
  neighbours_live
}

neighbours_live() {
  published_port || fail 'the published port of the container is cut off'
  reach 8444 || fail 'what both other firewalls let in is cut off'
  if reach 8443; then fail 'the rules as of ufw no longer keep 8443 out'; fi
  if reach 8445; then fail 'the rules as of firewalld no longer keep 8445 out'; fi
}

leave() {
  client quit >/dev/null 2>&1 || true
  for process in $by_hand $session; do kill "$process" 2>/dev/null || true; done
  stop_listeners
  ip netns del "$beside" 2>/dev/null || true
  rm -rf "/etc/netns/$ns"
}
