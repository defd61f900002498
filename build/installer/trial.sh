# shellcheck shell=sh
# --- Trial, confirm, roll back --------------------------------------------------------------------------------------
# Until it is confirmed nothing starts at boot, the gate belongs to the daemon's process and goes with it, and a timer
# puts everything back. The file "pending" says that a trial is under way; it and the timer outlive session and reboot.

STATE=/var/lib/sallyport
MARK=sallyport-trial # in /run: gone after a reboot, and then nothing is a trial any more

begin_trial() {
  step written begun
  if [ "$INIT" = systemd ]; then
    for service in sallyportd sallyport-gate; do step mkdir -p "$RUN/systemd/system/$service.service.d"; done
    step trial_units
  else
    step trial_script
  fi
  step touch "$RUN/$MARK"
  step date_pending
  step serve_reload
  step start_timer
  step serve_start
}

date_pending() { saved_gate >"$KEEP/gate-before" && date +%s >"$KEEP/pending"; }

# The daemon's unit starts it with --trial; the gate that lasts stays out of it.
trial_units() {
  printf '[Service]\nExecStart=\nExecStart=%s run --config %s --trial\nRestart=no\n' "$PROGRAM" "$CONFIG" \
    >"$RUN/systemd/system/sallyportd.service.d/trial.conf" &&
    printf '[Unit]\nConditionPathExists=!%s\n' "$RUN/$MARK" >"$RUN/systemd/system/sallyport-gate.service.d/trial.conf" &&
    written "created $UNITS/sallyport-rollback.service" &&
    cat >"$UNITS/sallyport-rollback.service" <<UNIT &&
# Made by sallyport-setup for the time of the trial. At boot it runs before anything of Sallyport starts.
[Unit]
Description=Sallyport: put everything back unless the trial was confirmed
DefaultDependencies=no
RequiresMountsFor=$KEEP /usr/local/sbin
After=local-fs.target
Before=sallyport-gate.service sallyportd.service network-pre.target shutdown.target
Conflicts=shutdown.target
ConditionPathExists=$KEEP/pending

[Service]
Type=oneshot
ExecStart=$SELF --rollback-unless-confirmed

[Install]
WantedBy=multi-user.target
UNIT
    written "created $UNITS/sallyport-rollback.timer" &&
    cat >"$UNITS/sallyport-rollback.timer" <<UNIT
[Unit]
Description=Sallyport: time for the trial

[Timer]
OnActiveSec=$TRIAL_SECONDS
AccuracySec=1s
UNIT
}

# OpenRC takes a script with an LSB header for one of SysV's, and does not call its functions.
trial_script() {
  script=/etc/init.d/sallyport-rollback
  about='# Made by sallyport-setup for the time of the trial: puts everything back at boot unless it was confirmed.'
  written "created $script" && case $INIT in
  openrc)
    cat >"$script" <<SCRIPT
#!$(command -v openrc-run)
$about
depend() { after localmount; before sallyportd net; }
start() { $SELF --rollback-unless-confirmed; }
SCRIPT
    ;;
  *)
    cat >"$script" <<SCRIPT
#!/bin/sh
$about
### BEGIN INIT INFO
# Provides:          sallyport-rollback
# Required-Start:    \$local_fs
# Required-Stop:
# X-Start-Before:    sallyportd
# Default-Start:     2 3 4 5
# Default-Stop:
# Short-Description: put Sallyport back unless its trial was confirmed
### END INIT INFO
[ "\${1-}" != start ] || exec $SELF --rollback-unless-confirmed
SCRIPT
    ;;
  esac && chmod 0755 "$script"
}

start_timer() {
  if [ "$INIT" = systemd ]; then
    serve_at_boot on sallyport-rollback.service && systemctl restart sallyport-rollback.timer
    return
  fi
  serve_at_boot on sallyport-rollback || return 1
  # A session of its own, so that it outlives this one.
  pending=$(cat "$KEEP/pending")
  # shellcheck disable=SC2016 # the inner shell expands them
  waits='trap "" HUP; echo $$ >"$2/timer"; sleep "$1"; [ "$(cat "$2/pending" 2>/dev/null)" != "$3" ] || exec "$4" --rollback-unless-confirmed'
  if have setsid; then
    setsid sh -c "$waits" sh "$TRIAL_SECONDS" "$KEEP" "$pending" "$SELF" </dev/null >/dev/null 2>&1 9<&- &
  else
    sh -c "$waits" sh "$TRIAL_SECONDS" "$KEEP" "$pending" "$SELF" </dev/null >/dev/null 2>&1 9<&- &
  fi
}

# forget_trial takes away all that a trial made for itself.
forget_trial() {
  rm -f "$RUN/$MARK" "$KEEP/pending" "$KEEP/gate-before"
  if [ "$INIT" = systemd ]; then
    for service in sallyportd sallyport-gate; do
      rm -f "$RUN/systemd/system/$service.service.d/trial.conf"
      rmdir "$RUN/systemd/system/$service.service.d" 2>/dev/null || true
    done
    systemctl stop sallyport-rollback.timer 2>/dev/null || true
    serve_at_boot off sallyport-rollback.service
    rm -f "$UNITS/sallyport-rollback.service" "$UNITS/sallyport-rollback.timer"
    serve_reload
    systemctl reset-failed sallyportd 2>/dev/null || true
  else
    serve_at_boot off sallyport-rollback
    rm -f /etc/init.d/sallyport-rollback
    serve_at_boot off sallyport-rollback # once more: update-rc.d orders the others as before only when the script is gone
    timer=$(cat "$KEEP/timer" 2>/dev/null) || timer=''
    # The one that waits may be this process itself, and after a restart its number is another program's.
    if [ "${timer:-$$}" != $$ ] && tr '\0' ' ' 2>/dev/null <"/proc/$timer/cmdline" | grep -q "$KEEP"; then
      kill -- "-$timer" 2>/dev/null || kill "$timer" 2>/dev/null || true
    fi
    rm -f "$KEEP/timer"
  fi
}

confirm() {
  must_be_root
  alone
  [ -e "$KEEP/pending" ] || fail 2 'no trial is under way' 'install first; a trial that was not confirmed in time was rolled back'
  if ! said=$("$PROGRAM" confirm 2>&1); then
    case $said in
    *'lasts already'*) ;;
    *) fail 1 "not confirmed: $said" 'knock from a new connection, then confirm; or wait, and everything is put back' ;;
    esac
  fi
  settle
  say "Confirmed: $SP_PORTS stays closed until a knock, also after a reboot."
}

# settle makes what is on trial the way it stays.
settle() {
  grep -E '^(user|folder|state)' "$KEEP/journal" >>"$KEEP/made" 2>/dev/null || true
  # shellcheck disable=SC2046 # one word each
  serve_at_boot on $(boot_services) || fail 1 'the daemon could not be set to start at boot' 'the trial goes on, and ends with everything put back'
  forget_trial
  rm -rf "$KEEP/journal" "$KEEP/backup"
  # OpenRC's supervisor would start it on trial again; a restart keeps gate and grants.
  if [ "$INIT" = openrc ]; then serve_start; fi
}

# The daemon saves its gate when a trial is confirmed, so another one than before tells of a confirm that did not come
# through here. Which one is the newer does not tell: the clock may have been set since.
saved_gate() { stat -c '%Y %s' "$STATE/gate.json" 2>/dev/null || echo none; }
confirmed_otherwise() { [ -f "$KEEP/gate-before" ] && [ "$(saved_gate)" != "$(cat "$KEEP/gate-before")" ]; }

rollback_unless_confirmed() {
  must_be_root
  # It may be being confirmed right now; but who holds on to it must not keep everybody locked out.
  one_at_a_time 60 || warn 'another sallyport-setup is at work here'
  [ -e "$KEEP/pending" ] || exit 0
  # After a reboot the mark is gone: what starts at boot is started by the boot.
  [ -e "$RUN/$MARK" ] || DO=boot
  if confirmed_otherwise; then
    settle
    # This boot has been planned without it.
    if [ "$DO$INIT" = bootsystemd ]; then systemctl --no-block start sallyportd; elif [ "$DO" = boot ]; then serve_start; fi
    say 'The trial was confirmed: it stays.'
    exit 0
  fi
  put_back
  say 'The trial was not confirmed: everything is as it was before.'
}

rollback() {
  must_be_root
  alone
  [ -e "$KEEP/pending" ] || fail 2 'no trial is under way' 'to remove what is installed: sallyport-setup --uninstall'
  put_back
  say 'Everything is as it was before.'
}
