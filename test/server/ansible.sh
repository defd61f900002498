#!/bin/sh
# The role that is exported for Ansible, applied by the real ansible-playbook over ssh to a real Debian: trial, the end of
# a trial that nobody proves, confirmed, again without a change, knocked at after a reboot, removed. Needs root, and what
# `npm run build` makes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
. "$here/machine.sh"

[ "$(id -u)" = 0 ] || fail 'this test needs root: it boots a machine in namespaces'
need debootstrap debootstrap; need systemd-nspawn systemd-container; need ip iproute2; need nsenter util-linux
need nc netcat-openbsd; need ansible-playbook ansible-core; need ssh openssh-client; need node nodejs
helpers=$repo/build/helper/linux-$(uname -m | sed "s/x86_64/amd64/; s/aarch64/arm64/")
[ -x "$helpers/sallyport" ] && [ -f "$repo/dist/agent.cjs" ] || fail 'the client is not built: npm run build'

end_client=quit_client
trap clean EXIT
trap 'exit 130' INT TERM HUP PIPE
make_base

say 'a Debian with Python and a key for root'
cp -a --reflink=auto "$base" "$root"
systemd-machine-id-setup --root="$root" >/dev/null 2>&1
chroot "$root" env DEBIAN_FRONTEND=noninteractive sh -c 'apt-get -o Acquire::Retries=3 update && apt-get -o Acquire::Retries=3 install -y --no-install-recommends python3' \
  >"$work/apt" 2>&1 || { tail -n 5 "$work/apt" >&2; fail 'python3 could not be installed'; }
printf '[Match]\nName=host0\n[Network]\nAddress=192.0.2.1/24\nLinkLocalAddressing=no\n' >"$root/etc/systemd/network/10-host0.network"
systemctl --root="$root" --quiet enable systemd-networkd
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
install -d -m 0700 "$root/root/.ssh"
install -m 0600 "$work/key.pub" "$root/root/.ssh/authorized_keys"

export SALLYPORT_HOME="$work/home" SALLYPORT_KEYCHAIN=session
client() { ip netns exec "$ns" "$helpers/sallyport" "$@"; }
boot
wait_for 'the machine to be up' inside sh -c 'systemctl is-system-running | grep -q running'

say 'the role is written by the command line'
printf '%s\n' "$secret" | client add web1 --host 192.0.2.1 --user root --rotating-secret-file - >/dev/null
client installer web1 --format ansible --arch "${helpers##*-}" --out "$work/role.tar.gz" >/dev/null
if gzip -dc "$work/role.tar.gz" | grep -qaF "$secret"; then fail 'the role holds the secret'; fi
tar -xzf "$work/role.tar.gz" -C "$work"
cd "$work/sallyport-ansible"
sed "s/^sallyport_key: ''/sallyport_key: $secret/" secrets.example.yml >secrets.yml
printf 'not much of a secret\n' >"$work/phrase"
ansible-vault encrypt --vault-password-file "$work/phrase" secrets.yml >/dev/null 2>&1 || fail 'the vault could not be made'

# play ARGUMENT... runs the playbook from the network of the client, each time over a new connection that it keeps.
plays=0
play() {
  plays=$((plays + 1))
  ANSIBLE_SSH_ARGS="-F none -o UserKnownHostsFile=$work/known -o ControlMaster=auto -o ControlPersist=15s -o ConnectTimeout=5" \
    ANSIBLE_NOCOLOR=1 ANSIBLE_SSH_CONTROL_PATH_DIR="$work/c$plays" \
    ANSIBLE_HOST_KEY_CHECKING=False ANSIBLE_LOCAL_TEMP="$work/tmp" \
    ip netns exec "$ns" ansible-playbook -i 192.0.2.1, -u root --private-key "$work/key" \
    --vault-password-file "$work/phrase" site.yml "$@" >"$work/play" 2>&1
}
played() { play "$@" || { tail -n 30 "$work/play" >&2; fail "the playbook failed: $*"; }; }
recap() { grep -Eq "$1" "$work/play" || { tail -n 30 "$work/play" >&2; fail "the playbook did not say $1"; }; }
# One long session that must live through all of it.
ip netns exec "$ns" ssh -F none -i "$work/key" -o UserKnownHostsFile="$work/known" -o StrictHostKeyChecking=no \
  root@192.0.2.1 'while echo alive; do sleep 1; done' >"$work/session" 2>/dev/null &
session=$!
wait_for 'the session' grep -q alive "$work/session"
lives() { kill -0 "$session" 2>/dev/null || fail 'the session was lost'; }
remember

say 'a clock that is not synchronized is refused, and nothing changes'
if inside timedatectl show -p NTPSynchronized --value | grep -q no; then
  if play; then fail 'it was installed'; fi
  recap 'The clock is not synchronized'
  recap 'changed=0 '
else
  say 'LEFT OUT: the clock of this machine is synchronized'
fi

say 'a trial that nobody proves opens again'
played -e sallyport_force_clock=true -e sallyport_trial_seconds=45
expect 192.0.2.3 filtered
lives
wait_for 'the end of the trial' probe 192.0.2.3 open
if inside systemctl is-active --quiet sallyportd; then fail 'the daemon runs on'; fi
if play -e sallyport_force_clock=true -e sallyport_trial_seconds=x; then fail 'a trial without an end began'; fi
recap 'sallyport_trial_seconds is a number of seconds'

say 'a trial is confirmed only after a knock, and then lasts'
played -e sallyport_force_clock=true
expect 192.0.2.2 filtered
if inside sallyportd confirm 2>/dev/null; then fail 'it was confirmed without a knock'; fi
knocked
played -e sallyport_force_clock=true -e sallyport_trial=false
every is-enabled sallyportd sallyport-gate || fail 'it does not start at boot'
expect 192.0.2.3 filtered
lives

say 'a second time nothing changes'
let_in
played -e sallyport_force_clock=true
recap 'changed=0 '

say 'after a reboot it is closed, and a knock opens'
kill "$session" 2>/dev/null || true
reboot
wait_for 'the machine to be up again' every is-active ssh sallyportd
expect 192.0.2.2 filtered
knocked

say 'removed, nothing is left'
played -e sallyport_force_clock=true -e sallyport_present=false
expect 192.0.2.3 open
as_before
played -e sallyport_force_clock=true -e sallyport_present=false
recap 'failed=0 '
say 'done'
