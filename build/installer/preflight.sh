# shellcheck shell=sh
# --- What it finds here ---------------------------------------------------------------------------------------------

# look finds out what the rest needs to know and changes nothing.
look() {
  case $(uname -s) in Linux) ;; *) fail 1 "this is $(uname -s)" 'the daemon runs on Linux only' ;; esac
  case $(uname -m) in
  x86_64 | amd64) ARCH=amd64 ;;
  aarch64 | arm64) ARCH=arm64 ;;
  armv7* | armv8l) ARCH=armv7 ;;
  *) ARCH="unknown ($(uname -m))" ;;
  esac
  KERNEL=$(uname -r)
  SYSTEM=$(sed -n 's/^PRETTY_NAME="\{0,1\}\([^"]*\)"\{0,1\}$/\1/p' /etc/os-release 2>/dev/null) || true
  RUN=/run
  [ -d /run ] || RUN=/var/run
  if [ -d /run/systemd/system ]; then
    INIT=systemd
  elif have rc-service && have openrc-run; then
    INIT=openrc
  elif [ -d /etc/init.d ] && [ -d /etc/rc2.d ]; then
    INIT=sysv
  else
    INIT=none
  fi
  CLOCK=$(clock)
}

# clock: yes, no, or unknown. Synchronized is what the kernel says of its clock, however it is kept.
clock() {
  if have timedatectl && synced=$(timedatectl show -p NTPSynchronized --value 2>/dev/null) && [ -n "$synced" ]; then
    echo "$synced"
  elif have chronyc && chronyc -n tracking 2>/dev/null | grep -q '^Leap status *: Normal'; then
    echo yes
  elif have adjtimex && status=$(adjtimex 2>/dev/null | sed -n 's/^ *status: *\([0-9]*\).*/\1/p') && [ -n "$status" ]; then
    if [ $((status & 64)) -eq 0 ]; then echo yes; else echo no; fi # STA_UNSYNC of adjtimex(2)
  else
    echo unknown
  fi
}

# must_fit ends where the daemon could not work.
must_fit() {
  listed | grep -q "^daemon-$ARCH " ||
    fail 1 "there is no daemon for this processor inside: $ARCH" "export again for it; inside are:$(listed | sed -n 's/^daemon-\([a-z0-9]*\) .*/ \1/p' | tr -d '\n')"
  old=$(printf '%s\n' "$KERNEL" | awk -F'[.-]' '{ print ($1 < 4 || $1 == 4 && $2 < 20) ? "yes" : "no" }')
  [ "$old" = no ] || fail 1 "the kernel is $KERNEL; the daemon needs Linux 4.20 or newer" 'update the system'
  [ "$INIT" != none ] || fail 1 'neither systemd nor OpenRC nor /etc/init.d is here' "unpack it with --extract and start the daemon your own way"
  have nft || fail 1 'nftables is not installed' "install it: $(package nftables)"
}

must_know_the_time() {
  [ "$SP_CLOCK" = no ] || [ "$CLOCK" = yes ] || [ "$FORCE_CLOCK" = yes ] || fail 1 \
    "the clock is not synchronized ($CLOCK), and these knocks depend on the time" \
    'synchronize it (timedatectl set-ntp true), or see that date is right and use --force-clock'
}

# must_be_root also tries the kernel's nftables, which only root can.
must_be_root() {
  [ "$(id -u)" = 0 ] || fail 2 'this needs root' "run: sudo sh $0"
  [ "${1-}" != kernel ] || nft list tables >/dev/null 2>&1 || fail 1 'the kernel has no nftables, or this container may not use it' \
    'load the module nf_tables, or install on the host'
}

package() {
  if have apt-get; then echo "apt-get install $1"; elif have dnf; then echo "dnf install $1"; elif have yum; then echo "yum install $1"; \
  elif have apk; then echo "apk add $1"; elif have pacman; then echo "pacman -S $1"; elif have zypper; then echo "zypper install $1"; \
  else echo "the package $1 of this system"; fi
}

report() {
  say "Sallyport $SP_VERSION for \"$SP_PROFILE\": $SP_PORTS stays closed until \"$SP_USER\" knocks, then opens for $SP_OPEN_FOR s"
  note system "${SYSTEM:-unknown}, Linux $KERNEL, $ARCH"
  case $INIT in
  systemd) note services "systemd $(systemctl --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')" ;;
  *) note services "$INIT" ;;
  esac
  if have nft; then note nftables "$(nft --version 2>/dev/null | sed 's/^nftables //')"; else note nftables "missing: $(package nftables)"; fi
  note clock "synchronized: $CLOCK, $(date -u '+%Y-%m-%d %H:%M:%S UTC')"
  if [ -e /proc/net/if_inet6 ]; then note IPv6 'on; knocks count per address, over the family they came by'; else note IPv6 off; fi
  servers
  firewalls
  if [ -d /run/cloud-init ] || have cloud-init; then
    note cloud "a cloud image: in the provider's firewall, let the port and the knocks in too ($SP_KNOCKS)"
  fi
  for other in knockd fwknopd; do
    if running "$other"; then note "$other" 'runs here too; both hear every packet, so give them different sequences'; fi
  done
}

servers() {
  ports=$( (sshd -T 2>/dev/null || cat /etc/ssh/sshd_config 2>/dev/null) | awk 'tolower($1) == "port" { print $2 }' | sort -un | tr '\n' ' ' | sed 's/ $//')
  if [ "$INIT" = systemd ] && systemctl is-active --quiet ssh.socket 2>/dev/null; then
    ports=$(systemctl show -p Listen --value ssh.socket | sed -n 's/.*:\([0-9]*\) (.*/\1/p' | sort -un | tr '\n' ' ' | sed 's/ $//')
    note sshd "by ssh.socket, port ${ports:-22}"
  elif have sshd || [ -d /etc/ssh ]; then
    note sshd "port ${ports:-22}"
  else
    note sshd 'none found'
  fi
  case " ${ports:-22} " in
  *" ${SP_PORTS%%/*} "*) ;;
  *) warn "sshd does not listen on $SP_PORTS, which is what the gate will close" ;;
  esac
  peer=${SSH_CONNECTION-}
  [ -n "$peer" ] || peer=$(who -m 2>/dev/null | sed -n 's/.*(\(.*\))$/\1/p')
  [ -z "$peer" ] || note session "from ${peer%% *}: it stays open, but its address is not let in by itself"
}

running() { (have pgrep && pgrep -x "$1" || have pidof && pidof "$1") >/dev/null 2>&1; }

# firewalls names what else filters here, and the command that lets the port through where it looks closed. They are
# never edited: the gate only drops, so what they close stays closed.
firewalls() {
  port=${SP_PORTS%%/*} found=no
  if have ufw && grep -qi '^ENABLED=yes' /etc/ufw/ufw.conf 2>/dev/null; then
    found=yes
    if ufw status 2>/dev/null | grep -Eq "^($port(/tcp)?|OpenSSH|SSH) +(ALLOW|LIMIT)"; then note ufw "active, lets $port in"; else
      note ufw "active and does not let $port in: ufw allow $port/tcp"
    fi
  fi
  if have firewall-cmd && firewall-cmd --state >/dev/null 2>&1; then
    found=yes
    if firewall-cmd -q --query-port="$port/tcp" || { [ "$port" = 22 ] && firewall-cmd -q --query-service=ssh; }; then note firewalld "active, lets $port in"; else
      note firewalld "active and does not let $port in: firewall-cmd --permanent --add-port=$port/tcp && firewall-cmd --reload"
    fi
  fi
  if [ "$found" = no ] && have iptables && rules=$(iptables -S INPUT 2>/dev/null) && [ "$rules" != '-P INPUT ACCEPT' ]; then
    found=yes
    if blocked "$rules" "$port"; then note iptables "has rules and does not seem to let $port in: iptables -I INPUT -p tcp --dport $port -j ACCEPT"; else
      note iptables "has rules, $port seems let in"
    fi
  fi
  if have docker || [ -e /var/run/docker.sock ] || [ -d /sys/class/net/docker0 ]; then
    note docker 'here; ports that containers publish are gated as well if they are the gated port'
  fi
  tables=$(nft list tables 2>/dev/null | sed -n 's/^table //p' | grep -v '^inet sallyport$' | tr '\n' ',' | sed 's/,$//; s/,/, /g') || true
  [ -z "$tables" ] || note tables "$tables"
  [ "$found" = yes ] || note firewall 'no other one is active'
}

# blocked RULES PORT: INPUT drops by policy or in the end, and no rule accepts the port.
blocked() {
  printf '%s\n' "$1" | grep -Eq '^-P INPUT (DROP|REJECT)|^-A INPUT -j (DROP|REJECT)' || return 1
  ! printf '%s\n' "$1" | grep -E -- '-j ACCEPT' | grep -Eq -- "--dport $2 |--dports ([0-9:]+,)*$2[, ]|^-A INPUT( -p tcp)?( -m tcp)? -j ACCEPT"
}
