# The machine of boot.sh and installer.sh: made by debootstrap, booted by systemd-nspawn in a network namespace of its own.
base=${SALLYPORT_SERVER_BASE:-/var/tmp/sallyport-server-base}
work=$(mktemp -d /var/tmp/sallyport-server.XXXXXX)
root=$work/root
ns=sallyport-server-$$
machine=spd$$
nspawn=
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
  debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,nftables,iproute2,procps,openssh-server \
    bookworm "$base.$$" >"$work/console" 2>&1 || { rm -rf "$base.$$"; fail 'debootstrap'; }
  rm -f "$base.$$/etc/machine-id" # every machine gets its own
  mv "$base.$$" "$base"
}

# A fresh root with nothing of ours in it.
make_root() {
  cp -a --reflink=auto "$base" "$root"
  systemd-machine-id-setup --root="$root" >/dev/null 2>&1 # else systemd asks for a first boot
  printf '[Match]\nName=host0\n[Network]\nAddress=192.0.2.1/24\nLinkLocalAddressing=no\n' >"$root/etc/systemd/network/10-host0.network"
  systemctl --root="$root" --quiet enable systemd-networkd
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

boot() {
  [ -e "/run/netns/$ns" ] || { ip netns add "$ns" && ip -n "$ns" link set lo up; }
  nsenter --net="/run/netns/$ns" systemd-nspawn --quiet -D "$root" --machine="$machine" -b --register=no --keep-unit \
    --network-veth --console=pipe >"$work/console" 2>&1 </dev/null &
  nspawn=$!
  link
}

link() {
  wait_for 'the link to the machine' ip -n "$ns" link set "ve-$machine" up
  for address in 192.0.2.2 192.0.2.3; do ip -n "$ns" address add "$address/24" dev "ve-$machine"; done
}

# With --keep-unit, systemd-nspawn ends with status 133 when the machine wants to be booted again.
reboot() {
  inside systemctl reboot || true
  status=0
  wait "$nspawn" || status=$?
  [ "$status" = 133 ] || fail "the machine ended with status $status"
  boot
}

leader() { pgrep -P "$nspawn" -x systemd; }

inside() { nsenter -t "$(leader)" -a -- "$@"; }

wait_for() {
  what=$1
  shift
  tries=0
  until "$@" >/dev/null 2>&1; do
    tries=$((tries + 1))
    [ "$tries" -lt 240 ] || fail "waited a minute for $what"
    sleep 0.25
  done
}

# probe FROM open|filtered tells whether port 22 looks so; expect insists.
probe() {
  if ip netns exec "$ns" nc -z -w 1 -s "$1" 192.0.2.1 22 >/dev/null 2>&1; then [ "$2" = open ]; else [ "$2" = filtered ]; fi
}

expect() { probe "$1" "$2" || fail "from $1, port 22 is not $2"; }

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

need() {
  command -v "$1" >/dev/null || fail "$1 is missing: apt-get install $2"
}

need_machine() {
  [ "$(id -u)" = 0 ] || fail 'this test needs root: it boots a machine in namespaces'
  need debootstrap debootstrap; need systemd-nspawn systemd-container; need ip iproute2
  need nsenter util-linux; need nc netcat-openbsd; need go 'golang (1.26 or newer, https://go.dev/dl)'
}

# enter knocks from 192.0.2.2 until the door is open; each code opens once, so the next may have to be waited for.
enter() { wait_for 'the door to open' attempt; }
attempt() { probe 192.0.2.2 open || { knock 192.0.2.2 0 && probe 192.0.2.2 open; }; }

clean() {
  status=$?
  [ -z "${end_client-}" ] || $end_client
  if [ -n "$nspawn" ]; then
    kill -TERM "$nspawn" 2>/dev/null || true
    sleep 0.5
    kill -TERM "$nspawn" 2>/dev/null || true # the second time it does not wait
    wait "$nspawn" 2>/dev/null || true
  fi
  ip netns del "$ns" 2>/dev/null || true
  rm -rf "$work"
  exit "$status"
}
