# Run once by cloud-init, as root: the files are here already, this brings the daemon and starts it. Nothing is closed
# before the daemon has read its config. What it says is in /var/log/cloud-init-output.log.
set -eu
umask 077
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
config=/etc/sallyport
here=/run/sallyport-setup

fail() {
  echo "sallyport: $1; nothing was closed. Next: $2, then: sh $0" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail 'this needs root' 'become root'
[ -d /run/systemd/system ] || fail 'systemd is not here' 'use an image with systemd'
case $(uname -m) in
x86_64 | amd64) arch=amd64 ;;
aarch64 | arm64) arch=arm64 ;;
armv7* | armv8l) arch=armv7 ;;
*) fail "the processor $(uname -m) is unknown" 'export again for a processor that the daemon is built for' ;;
esac
sum=''
for one in $SP_SUMS; do case $one in "$arch:"*) sum=${one#*:} ;; esac; done
[ -n "$sum" ] || fail "there is no daemon for $arch here" "export again with --arch $arch"

program=$here/daemon-$arch
mkdir -p "$here"
if [ -n "$SP_URL" ]; then
  case $SP_URL in
  *'{arch}'*) url=${SP_URL%%'{arch}'*}$arch${SP_URL#*'{arch}'} ;;
  *) url=$SP_URL ;;
  esac
  if command -v curl >/dev/null; then
    curl --silent --show-error --fail --location --proto '=https' --retry 5 --max-time 300 --output "$program" -- "$url" ||
      fail "the daemon could not be fetched from $url" 'see that the address answers'
  elif command -v wget >/dev/null; then
    wget -q -O "$program" -- "$url" || fail "the daemon could not be fetched from $url" 'see that the address answers'
  else
    fail 'neither curl nor wget is here' 'install curl'
  fi
fi
[ -f "$program" ] || fail "$program is missing" 'see that write_files was run'
[ "$(sha256sum <"$program" | cut -c1-64)" = "$sum" ] || fail "the daemon's SHA-256 is not $sum" 'put the daemon of this version there'

grep -q '^sallyport:' /etc/passwd ||
  useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sallyport
chown -R root:sallyport "$config"
chmod 0750 "$config"
chmod 0640 "$config"/*
cp "$program" /usr/local/sbin/sallyportd.new
chmod 0755 /usr/local/sbin/sallyportd.new
mv -f /usr/local/sbin/sallyportd.new /usr/local/sbin/sallyportd
/usr/local/sbin/sallyportd check || fail 'the daemon refuses the config' 'see the line above'
systemctl daemon-reload
systemctl --quiet enable sallyportd.service sallyport-gate.service
systemctl start sallyportd.service || fail 'the daemon did not start' 'journalctl -u sallyportd'
rm -rf "$here" "$0"
echo 'sallyport: the gate is closed; a knock opens it'
