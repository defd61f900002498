# The machine of these tests: made by debootstrap, booted by systemd-nspawn in a network namespace of its own.
base=${SALLYPORT_SERVER_BASE:-/var/tmp/sallyport-server-base}
work=$(mktemp -d /var/tmp/sallyport-server.XXXXXX)
root=$work/root
ns=sallyport-server-$$
machine=spd$$
nspawn=
init=-b # or the path of another
secret=AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTCQKRMFYYDENBWHA5DYPQ

say() { printf '%s\n' "$*"; }

fail() {
  printf 'FAILED: %s\n' "$*" >&2
  [ ! -s "$work/console" ] || { printf 'the console said:\n' >&2; tail -n 20 "$work/console" >&2; }
  exit 1
}

# One complete base serves every run; a broken attempt leaves none.
make_base() {
  [ ! -d "$base" ] || return 0
  say "making a base system in $base, once"
  fetch_base || fetch_base || { rm -rf "$base.$$"; fail 'debootstrap'; } # a mirror may fail to answer once
  rm -f "$base.$$/etc/machine-id" # every machine gets its own
  mv "$base.$$" "$base"
}

fetch_base() {
  rm -rf "$base.$$"
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,nftables,iproute2,procps,openssh-server \
    bookworm "$base.$$" >"$work/console" 2>&1
}

# A fresh root with nothing of ours in it.
make_root() {
  cp -a --reflink=auto "$base" "$root"
  systemd-machine-id-setup --root="$root" >/dev/null 2>&1 # else systemd asks for a first boot
  printf '[Match]\nName=host0\n[Network]\nAddress=192.0.2.1/24\nLinkLocalAddressing=no\n' >"$root/etc/systemd/network/10-host0.network"
  systemctl --root="$root" --quiet enable systemd-networkd
}

# add_packages NAME... puts Debian's packages into the root that is not booted yet; none of their services starts.
add_packages() {
  chroot "$root" env DEBIAN_FRONTEND=noninteractive sh -c 'apt="apt-get -o Acquire::Retries=3"
    $apt update && $apt install -y --no-install-recommends "$@"' sh "$@" \
    >"$work/apt" 2>&1 || { tail -n 5 "$work/apt" >&2; fail "these could not be installed: $*"; }
}

install_daemon() {
  make_root
  (cd "$repo/helper" && CGO_ENABLED=0 go build -trimpath -o "$root/usr/local/sbin/sallyportd" ./cmd/sallyportd)
  for unit in sallyportd sallyport-gate sallyportd-knockd; do
    install -m 0644 "$repo/build/systemd/$unit.service" "$root/etc/systemd/system/"
  done
  mkdir -p "$root/etc/systemd/system/sallyportd.service.d"
  printf '[Service]\nWatchdogSec=8\n' >"$root/etc/systemd/system/sallyportd.service.d/test.conf" # not to wait so long
  chroot "$root" useradd --system --home-dir /nonexistent --shell /usr/sbin/nologin sallyport
  install -d -m 0750 "$root/etc/sallyport"
  printf '%s\n' "$secret" >"$root/etc/sallyport/alice.key"
  write_config
  systemctl --root="$root" --quiet enable sallyportd sallyport-gate
}

write_config() {
  cat >"$root/etc/sallyport/sallyportd.toml" <<'TOML'
[[door]]
name = "ssh"
ports = ["22/tcp"]
open_for = "120s"
  [[door.key]]
  user = "alice"
  method = "rotating"
  secret_file = "alice.key"
TOML
  chroot "$root" sh -c 'chown -R root:sallyport /etc/sallyport && chmod 0640 /etc/sallyport/*'
}

# Where the clients are; it outlives the machine's restarts.
make_net() { [ -e "/run/netns/$ns" ] || { ip netns add "$ns" && ip -n "$ns" link set lo up; }; }

boot() {
  make_net
  nsenter --net="/run/netns/$ns" systemd-nspawn --quiet -D "$root" --machine="$machine" --register=no --keep-unit \
    --network-veth --console=pipe $init >"$work/console" 2>&1 </dev/null &
  nspawn=$!
  link
}

link() {
  wait_for 'the link to the machine' ip -n "$ns" link set "ve-$machine" up
  for address in 192.0.2.2 192.0.2.3; do ip -n "$ns" address add "$address/24" dev "ve-$machine"; done
}

# With --keep-unit, systemd-nspawn ends with status 133 when the machine wants to be booted again.
reboot() {
  inside reboot || true
  status=0
  wait "$nspawn" || status=$?
  [ "$status" = 133 ] || fail "the machine ended with status $status"
  boot
}

leader() { pgrep -P "$nspawn" -x 'systemd|init'; }

inside() { nsenter -t "$(leader)" -a -- "$@"; }

# within SECONDS COMMAND… tries until it succeeds.
within() {
  late=$(($(date +%s) + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s)" -lt "$late" ] || return 1
    sleep 0.25
  done
}

wait_for() {
  what=$1
  shift
  within 180 "$@" || fail "waited three minutes for $what"
}

# every QUESTION UNIT… asks systemctl about each, which itself is content with a yes for one of them.
every() {
  question=$1
  shift
  for unit; do inside systemctl "$question" --quiet "$unit" || return 1; done
}

# probe FROM open|filtered tells whether port 22 looks so; expect insists. A busy machine may answer late.
probe() {
  if ip netns exec "$ns" nc -z -w 1 -s "$1" 192.0.2.1 22 >/dev/null 2>&1; then [ "$2" = open ]; else [ "$2" = filtered ]; fi
}

expect() { probe "$1" "$2" || { [ "$2" = open ] && probe "$1" open; } || fail "from $1, port 22 is not $2"; }

# knock FROM OFFSET sends the code of now, OFFSET periods later, with what any system has.
knock() {
  while [ $(($(date +%s) % 30)) -ge 24 ]; do sleep 0.5; done
  code=$("$root/usr/local/sbin/sallyportd" derive --secret "$secret" --time $(($(date +%s) + 30 * $2)))
  for step in $(printf %s "$code" | tr , ' '); do
    case $step in
    *:udp) printf x | ip netns exec "$ns" nc -u -w 0 -s "$1" 192.0.2.1 "${step%:udp}" ;;
    *) ip netns exec "$ns" nc -z -w 1 -s "$1" 192.0.2.1 "${step%:tcp}" >/dev/null 2>&1 || true ;;
    esac
  done
}

# snapshot prints every file that lasts, with mode, owner and link, the hashes of those that an install could touch, accounts,
# services at boot, and the ruleset without counters and grants. Left out is what the system writes by itself, and what the
# tests put there.
snapshot() {
  inside sh -c 'cd /
    left_out="-path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log -o -path /var/tmp -o -path /var/lib/systemd
      -o -path /var/lib/private -o -path /usr/lib/rc/cache -o -path /var/cache -o -path /var/lib/sudo -o -path /usr/local/bin -o -name .ansible -o -name *-"
    set -f
    find / -xdev \( $left_out \) -prune -o -printf "%p %m %u %g %l\n" | sort
    find /run -xdev -name "*sallyport*" ! -path "/run/systemd/units/*" ! -path "/run/systemd/propagate/*" ! -path "/run/openrc/*"
    ls -d /tmp/*sallyport* /tmp/tmp.* 2>/dev/null
    find /etc /usr/local /root -xdev \( $left_out \) -prune -o -type f -exec sha256sum {} + 2>/dev/null | sort -k2
    systemctl list-unit-files --no-pager --no-legend --state=enabled 2>/dev/null | sort
    getent passwd; getent group
    nft -s -t list ruleset 2>/dev/null' # iptables-nft's tables come with a warning
}

remember() { snapshot >"$work/before"; }
no_difference() { snapshot | diff "$work/before" - >"$work/differences"; }
# What has ended may still be tidying up.
as_before() { within 15 no_difference || fail "the server is not as it was: $(cat "$work/differences")"; }

need() {
  command -v "$1" >/dev/null || fail "$1 is missing: apt-get install $2"
}

need_machine() {
  [ "$(id -u)" = 0 ] || fail 'this test needs root: it boots a machine in namespaces'
  need debootstrap debootstrap; need systemd-nspawn systemd-container; need ip iproute2
  need nsenter util-linux; need nc netcat-openbsd; need go 'golang (1.26 or newer, https://go.dev/dl)'
}

# knocked has the client (each test's own) knock, and insists that it has seen the port go from filtered to open.
knocked() {
  client knock web1 --json >"$work/knocked" 2>&1 || fail "the knock: $(cat "$work/knocked")"
  for seen in '"verdict": *"opened"' '"before": *"filtered"'; do
    grep -q "$seen" "$work/knocked" || fail "the knock: $(cat "$work/knocked")"
  done
  expect 192.0.2.2 open
}

# let_in knocks, also where an earlier knock still counts: for how long, nobody knows.
let_in() {
  if probe 192.0.2.2 filtered; then knocked; return; fi
  client knock web1 >"$work/knocked" 2>&1 || fail "the knock: $(cat "$work/knocked")"
}

quit_client() { client quit >/dev/null 2>&1 || true; }

# stop_machine ends it and forgets its root, so that another can be made.
stop_machine() {
  kill -TERM "$nspawn" 2>/dev/null || true
  sleep 0.5
  kill -TERM "$nspawn" 2>/dev/null || true # the second time it does not wait
  wait "$nspawn" 2>/dev/null || true
  nspawn=
  rm -rf "$root"
}

clean() {
  status=$?
  [ -z "${end_client-}" ] || $end_client
  [ -z "$nspawn" ] || stop_machine
  ip netns del "$ns" 2>/dev/null || true
  rm -rf "$work" || { sleep 2; rm -rf "$work"; } # who is ending may still write there
  exit "$status"
}
