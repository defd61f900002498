#!/bin/sh
# Installed over ssh by somebody who is not root there: sudo that asks for a password, on a terminal and without one; sudo
# that asks for none; and doas. Needs root, and what `npm run build` makes.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
repo=$(cd "$here/../.." && pwd)
. "$here/machine.sh"
. "$here/client.sh"

need_machine
need ssh openssh-client; need node nodejs; need script bsdutils
[ -f "$repo/dist/agent.cjs" ] || fail 'the client is not built: npm run build'

login=ops
typist=
end_accounts() {
  [ -z "$typist" ] || kill "$typist" 2>/dev/null || true
  leave
}
end_client=end_accounts
trap clean EXIT
trap 'exit 130' INT TERM HUP PIPE
make_base

say 'a Debian with sudo, doas, and an account that is not root'
make_root
add_packages sudo opendoas
chroot "$root" useradd --create-home --shell /bin/bash --groups sudo ops
printf 'ops:horse-battery\n' | chroot "$root" chpasswd
make_client
# sudo makes this file of its own at the first use.
chroot "$root" install -o ops -g ops -m 0644 /dev/null /home/ops/.sudo_as_admin_successful
let_log_in /home/ops ops # and nobody as root
boot
up
clock_says yes
remember

# removed takes it all away again, as root of the machine.
removed() {
  inside sallyport-setup --uninstall --purge --yes >"$work/said" || fail "$(cat "$work/said")"
  expect 192.0.2.3 open
  as_before
}

say 'sudo that wants a password, and no terminal to type it on: refused, and nothing changes'
if over_ssh --yes; then fail 'it was installed'; fi
told 'sudo: a (password|terminal) is required'
told 'the server ended with 1; its words stand above'
expect 192.0.2.3 open
inside sh -c '! ls -d /tmp/tmp.* 2>/dev/null' || fail 'the upload was left behind'
as_before

say 'the same on a terminal: the password is typed there, for the installation and for the confirmation'
mkfifo "$work/keyboard"
: >"$work/said"
ip netns exec "$ns" env HOME="$work/home" SALLYPORT_HOME="$work/client" SALLYPORT_KEYCHAIN=session \
  SALLYPORT_HELPERS="$work/helpers/linux-amd64" \
  "$here/on-a-tty.sh" "$repo/build/helper/linux-amd64/sallyport" installer web1 --over-ssh <"$work/keyboard" >"$work/said" 2>&1 &
typist=$!
exec 3>"$work/keyboard"
asked() { [ "$(grep -c "$1" "$work/said")" -ge "$2" ]; }
wait_for 'sudo to ask' asked 'password for ops' 1
printf 'horse-battery\n' >&3
wait_for 'the installer to ask' asked 'on trial for 180 seconds? \[y/N\]' 1
expect 192.0.2.3 open
printf 'y\n' >&3
wait_for 'sudo to ask again, over the new connection' asked 'password for ops' 2
told 'proven: filtered -> open'
printf 'horse-battery\n' >&3
wait "$typist" || fail "$(cat "$work/said")"
typist=
exec 3>&-
told 'installed and proven'
if grep -q horse-battery "$work/said"; then fail 'the password is on the screen'; fi
expect 192.0.2.3 filtered
every is-enabled sallyportd sallyport-gate || fail 'it would not start at boot'
removed

say 'sudo that asks for nothing: without a terminal'
printf 'ops ALL=(ALL) NOPASSWD: ALL\n' >"$root/etc/sudoers.d/ops"
chmod 0440 "$root/etc/sudoers.d/ops"
remember
over_ssh --yes || fail "$(cat "$work/said")"
told 'installed and proven'
expect 192.0.2.3 filtered
removed

say 'doas, where there is no sudo'
mv "$root/usr/bin/sudo" "$root/usr/bin/sudo.away"
# The machine's clock is told of by a program of the tests in /usr/local/bin, which doas would leave out.
printf 'permit nopass setenv { PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin } ops\n' >"$root/etc/doas.conf"
chmod 0400 "$root/etc/doas.conf"
remember
over_ssh --yes || fail "$(cat "$work/said")"
told 'installed and proven'
expect 192.0.2.3 filtered
removed

say 'neither: refused in words, and nothing changes'
mv "$root/usr/bin/doas" "$root/usr/bin/doas.away"
remember
if over_ssh --yes; then fail 'it was installed'; fi
told 'sudo: (command )?not found'
expect 192.0.2.3 open
as_before
say 'done'
