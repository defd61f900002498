# shellcheck shell=sh
# --- Services: systemd, OpenRC, or scripts in /etc/init.d -----------------------------------------------------------

PROGRAM=/usr/local/sbin/sallyportd
CONFIG=/etc/sallyport/sallyportd.toml
UNITS=/etc/systemd/system

serve_reload() { [ "$INIT" != systemd ] || systemctl daemon-reload; }

is_active() {
  case $INIT in
  systemd) systemctl is-active --quiet sallyportd ;;
  *) "$PROGRAM" status >/dev/null 2>&1 ;;
  esac
}

# comes_up waits for a daemon that was started; not every kind of services does.
comes_up() {
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    is_active && return 0
    sleep 1
  done
  return 1
}

is_enabled() {
  case $INIT in
  systemd) systemctl is-enabled --quiet sallyportd 2>/dev/null ;;
  openrc) rc-update show default 2>/dev/null | grep -q '^ *sallyportd ' ;;
  sysv) [ -n "$(find /etc/rc2.d -name 'S*sallyportd' 2>/dev/null)" ] ;;
  esac
}

serve_start() {
  case $INIT in
  systemd) systemctl restart sallyportd ;;
  openrc) rc-service sallyportd restart 9<&- ;;
  sysv) /etc/init.d/sallyportd restart 9<&- ;;
  esac
}

serve_stop() {
  case $INIT in
  systemd) systemctl stop sallyportd 2>/dev/null ;;
  openrc) rc-service sallyportd --ifstarted stop >/dev/null 2>&1 ;;
  sysv) [ ! -x /etc/init.d/sallyportd ] || /etc/init.d/sallyportd stop >/dev/null 2>&1 ;;
  esac || true
}

# serve_at_boot on|off NAME...
serve_at_boot() {
  way=$1
  shift
  for service in "$@"; do
    case $INIT-$way in
    systemd-on) systemctl --quiet enable "$service" ;;
    systemd-off) systemctl --quiet disable "$service" 2>/dev/null || true ;;
    openrc-on) rc-update -q add "${service%.service}" default ;;
    openrc-off) rc-update -q del "${service%.service}" default 2>/dev/null || true ;;
    sysv-*) boot_links "$way" "${service%.service}" ;;
    esac || return 1
  done
}

# boot_links on|off NAME. update-rc.d also writes the order that startpar starts by, which does not look at links alone.
boot_links() {
  case $1 in
  on)
    if have update-rc.d; then update-rc.d "$2" defaults >/dev/null; else
      for level in 2 3 4 5; do ln -sf "../init.d/$2" "/etc/rc$level.d/S$(order "$2")$2"; done
    fi
    ;;
  off) if have update-rc.d; then update-rc.d -f "$2" remove >/dev/null 2>&1 || true; else rm -f /etc/rc[0-9].d/[SK][0-9][0-9]"$2"; fi ;;
  esac
}

# The gate that lasts comes up before the network; only systemd has a place for that.
boot_services() { if [ "$INIT" = systemd ]; then echo 'sallyportd.service sallyport-gate.service'; else echo sallyportd; fi; }

order() { case $1 in sallyport-rollback*) echo 01 ;; *) echo 02 ;; esac; }

make_user() {
  if have useradd; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin sallyport
  else
    addgroup -S sallyport && adduser -S -D -H -h /nonexistent -s /sbin/nologin -G sallyport sallyport
  fi
}

remove_user() {
  if have userdel; then userdel sallyport; else deluser sallyport; fi >/dev/null 2>&1 || true
  if grep -q '^sallyport:' /etc/group; then
    if have groupdel; then groupdel sallyport; else delgroup sallyport; fi >/dev/null 2>&1 || true
  fi
}
