# shellcheck shell=sh
# --- The order of things --------------------------------------------------------------------------------------------

# A redirection that fails ends a shell like dash at once and in silence when the command is `:`, so it is `true` here.
sure() {
  [ "$YES" = no ] || return 0
  { true </dev/tty; } 2>/dev/null || fail 2 'there is no terminal to ask whether to go on' 'use --yes'
  printf '%s [y/N] ' "$1" >/dev/tty
  read -r answer </dev/tty || answer=''
  case $answer in y | Y | yes) ;; *) fail 2 'nothing was changed' ;; esac
}

check() {
  whole
  umask 077
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-setup.XXXXXX") || fail 1 'no folder for temporary files could be made'
  trap cleaned EXIT
  unpack "$WORK" all
  say "This file is complete and undamaged: $(listed | wc -l | tr -d ' ') files inside."
  report
  must_fit
  must_know_the_time
  if [ "$SP_SECRETS" = included ]; then
    chmod 700 "$WORK/daemon-$ARCH"
    KEEP_CONFIG=no
    allow_networks
    checked_config
    say "The daemon takes the config."
  fi
}

dry_run() {
  whole
  report
  must_fit
  in_time=yes
  (must_know_the_time) || in_time=no
  prepare
  [ "$SP_SECRETS" = included ] || say 'It would ask for the secrets on this terminal.'
  say 'It would:'
  grep -q '^sallyport:' /etc/passwd || note make 'the system user sallyport'
  if [ -f "$CONFIG" ] && [ "$KEEP_CONFIG$REPLACE_CONFIG" = nono ] && ! cmp -s "$WORK/sallyportd.toml" "$CONFIG"; then
    warn "$CONFIG is there already and differs: it needs --upgrade or --replace-config"
  fi
  changes >"$WORK/.changes"
  while read -r _ mode owner where; do
    if [ -e "$where" ]; then note replace "$where ($owner $mode)"; else note create "$where ($owner $mode)"; fi
  done <"$WORK/.changes"
  if [ ! -s "$WORK/.changes" ] && is_enabled && is_active; then note nothing 'all of it is installed and runs'; else
    note close "$SP_PORTS for $TRIAL_SECONDS s, on trial; then ask for --confirm, or put everything back"
  fi
  [ "$in_time" = yes ] || fail 1 'nothing was changed, and an installation would stop at the clock, as said above' 'synchronize it first'
  say 'Nothing was changed.'
}

install() {
  whole
  report
  must_fit
  must_know_the_time
  must_be_root kernel
  alone
  prepare
  ask_for_secrets
  must_suit_what_is_there
  checked_config
  changes >"$WORK/.changes" || fail 1 "$WORK cannot be written"
  if [ ! -s "$WORK/.changes" ] && is_enabled && is_active; then
    say 'All of it is installed and runs: nothing to change.'
    # For a program that uploaded this file: nothing else prints such a line, and it comes last.
    [ -z "$TOLD" ] || say "sallyport-unchanged $TOLD"
    return 0
  fi
  sure "Install, and close $SP_PORTS on trial for $TRIAL_SECONDS seconds?"
  apply
  begin_trial
  comes_up || {
    put_back
    fail 1 'the daemon did not start; everything is as it was' 'see the system log for sallyportd'
  }
  say "On trial: $SP_PORTS is closed. It opens to everybody again in $TRIAL_SECONDS s, with everything put back, unless you"
  say '  1. keep this session open, 2. knock and log in from a new one, 3. there run: sudo sallyport-setup --confirm'
}

main() {
  set -u
  LC_ALL=C
  PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin
  export LC_ALL PATH
  TRIAL_SECONDS=180
  arguments "$@"
  [ "$DO" != help ] || {
    usage
    exit 0
  }
  look
  case $DO in
  install) install ;;
  dry-run) dry_run ;;
  check) check ;;
  extract) extract ;;
  confirm) confirm ;;
  rollback) rollback ;;
  rollback-unless-confirmed) rollback_unless_confirmed ;;
  uninstall) uninstall ;;
  esac
}

main "$@"
exit $?
