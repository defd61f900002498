#!/bin/sh
# User-data as it is exported, given to the real cloud-init of a Debian at its first boot (NoCloud): closed before anybody
# logs in, knocked at, and still so after a reboot; then the same with a daemon that is fetched, and with one that is not
# the right one. Needs root, and what `npm run build` makes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
. "$here/machine.sh"

[ "$(id -u)" = 0 ] || fail 'this test needs root: it boots a machine in namespaces'
need debootstrap debootstrap; need systemd-nspawn systemd-container; need ip iproute2; need nsenter util-linux
need nc netcat-openbsd; need node nodejs
helpers=$repo/build/helper/linux-$(uname -m | sed 's/x86_64/amd64/; s/aarch64/arm64/')
arch=${helpers##*-}
[ -x "$helpers/sallyport" ] && [ -f "$repo/dist/agent.cjs" ] || fail 'the client is not built: npm run build'

end_client=quit_client
trap clean EXIT
trap 'exit 130' INT TERM HUP PIPE
make_base

say 'a Debian with cloud-init, which has never been started'
make_root
add_packages cloud-init python3 netcat-openbsd
# No cloud is asked, and the network is as it is.
printf 'datasource_list: [NoCloud]\nnetwork: {config: disabled}\nresize_rootfs: false\nssh_deletekeys: false\n' \
  >"$root/etc/cloud/cloud.cfg.d/99-test.cfg"
seed=$root/var/lib/cloud/seed/nocloud
mkdir -p "$seed"

export SALLYPORT_HOME="$work/home" SALLYPORT_KEYCHAIN=session
make_net
client() { ip netns exec "$ns" "$helpers/sallyport" "$@"; }
# user_data INSTANCE OPTION... writes it for a server that cloud-init has not seen before.
user_data() {
  printf 'instance-id: %s\nlocal-hostname: web1\n' "$1" >"$seed/meta-data"
  shift
  rm -f "$work/user-data"
  client installer web1 --format cloud-init --arch "$arch" --out "$work/user-data" "$@" >/dev/null 2>"$work/said" ||
    { cat "$work/said" >&2; fail 'the user-data was not written'; }
  cp "$work/user-data" "$seed/user-data"
}
printf '%s\n' "$secret" | client add web1 --host 192.0.2.1 --rotating-secret-file - >/dev/null
up() { wait_for 'cloud-init to be done' inside test -f /run/cloud-init/result.json; }
log() { cat "$root/var/log/cloud-init-output.log"; }

say 'closed from the first boot on, with the daemon in the user-data'
user_data first
boot
up
inside cloud-init schema --config-file /var/lib/cloud/seed/nocloud/user-data >"$work/schema" 2>&1 || { cat "$work/schema" >&2; fail 'cloud-init does not take the file'; }
inside systemctl is-active --quiet sallyportd || { log >&2; fail 'the daemon does not run'; }
expect 192.0.2.2 filtered
knocked
expect 192.0.2.3 filtered
[ "$(inside stat -c '%a %U:%G' /etc/sallyport /etc/sallyport/me-ssh.key | tr '\n' ' ')" = '750 root:sallyport 640 root:sallyport ' ] ||
  fail "the secret is $(inside stat -c '%a %U:%G' /etc/sallyport/me-ssh.key)"
if inside sh -c 'test -e /run/sallyport-setup || test -e /usr/local/sbin/sallyport-first-boot'; then fail 'the script is left'; fi
if log | grep -qF "$secret"; then fail 'the secret is in the log'; fi

say 'closed again after a reboot'
reboot
up
wait_for 'the daemon' inside systemctl is-active --quiet sallyportd
expect 192.0.2.2 filtered
knocked

say 'a daemon that is not the right one is not run, and nothing is closed'
inside sh -c 'systemctl --quiet disable --now sallyportd sallyport-gate; sallyportd cleanup; rm -rf /etc/sallyport /usr/local/sbin/sallyportd /var/lib/sallyport'
cp "$helpers/sallyportd" "$work/sallyportd"
# What stands in for curl serves a file of the machine's own, so that no network is needed.
printf '#!/bin/sh\nfor last; do :; done\nwhile [ "$1" != --output ]; do shift; done\necho "$last" >/srv/asked\ncp /srv/served "$2"\n' >"$root/usr/local/bin/curl"
chmod 755 "$root/usr/local/bin/curl"
printf 'not the daemon\n' >"$root/srv/served"
user_data second --daemon-url 'https://files.example.org/sallyportd-{arch}'
reboot
up
log | grep -q 'SHA-256 is not .*; nothing was closed' || { log >&2; fail 'it does not say why'; }
expect 192.0.2.3 open

say 'the right one is fetched, checked and run'
cp "$helpers/sallyportd" "$root/srv/served"
user_data third --daemon-url 'https://files.example.org/sallyportd-{arch}'
reboot
up
grep -qx "https://files.example.org/sallyportd-$arch" "$root/srv/asked" || fail "it asked for $(cat "$root/srv/asked")"
inside systemctl is-active --quiet sallyportd || { log >&2; fail 'the daemon does not run'; }
expect 192.0.2.2 filtered
knocked
say 'done'
