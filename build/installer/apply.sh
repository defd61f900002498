# shellcheck shell=sh
# --- Install, all or nothing ----------------------------------------------------------------------------------------
# Every change is written down in the journal before it is made, and what it replaces is kept beside it, so that
# put_back can undo a half-done or an unconfirmed install.

KEEP=/var/lib/sallyport-setup # journal, backups, and what must be known to uninstall
SELF=/usr/local/sbin/sallyport-setup
WORK=''
SILENT=no # whether the terminal was told to show nothing
KEEP_IS_NEW=no

cleaned() {
  [ "$SILENT" = no ] || stty echo </dev/tty
  [ -z "$WORK" ] || rm -rf "$WORK"
  [ "$KEEP_IS_NEW" = no ] || rmdir "$KEEP" 2>/dev/null || true
}

# one_at_a_time [SECONDS] waits for another sallyport-setup to end, and tells whether it has. The lock is on a folder that only
# root can open, so that nobody else can hold it; what is started to stay must not inherit it. Without flock nobody is waited
# for, and where the folder cannot be made, what needs it says so.
one_at_a_time() {
  have flock || return 0
  if [ "$DO" = install ] && [ ! -d "$KEEP" ] && mkdir -m 0700 "$KEEP" 2>/dev/null; then
    KEEP_IS_NEW=yes
    trap cleaned EXIT
    trap 'exit 130' INT TERM HUP
  fi
  [ -d "$KEEP" ] || return 0
  exec 9<"$KEEP"
  left=${1:-0}
  until flock -n 9; do
    [ "$left" -gt 0 ] || return 1
    left=$((left - 1))
    sleep 1
  done
}

alone() { one_at_a_time || fail 2 'another sallyport-setup is at work here' 'wait until it has ended'; }

# plan lists what is to stand where: SOURCE MODE OWNER WHERE, of this processor and these services.
plan() {
  listed | while read -r name _ _ mode owner where when; do
    case $when in
    "$ARCH" | "$INIT" | always) echo "$WORK/$name $mode $owner $where" ;;
    config) [ "$KEEP_CONFIG" = yes ] || echo "$WORK/$name $mode $owner $where" ;;
    esac
  done
  echo "$WORK/self 0755 root:root $SELF"
}

# prepare unpacks into a private folder, asks for what was left out, and has the daemon check the config there.
prepare() {
  umask 077
  WORK=$(mktemp -d "${TMPDIR:-/tmp}/sallyport-setup.XXXXXX") || fail 1 'no folder for temporary files could be made'
  trap cleaned EXIT
  trap 'exit 130' INT TERM HUP
  unpack "$WORK" "$ARCH" "$INIT" always config
  chmod 700 "$WORK/daemon-$ARCH"
  sed '/^# Made on /d; /^#:file /,$d' "$0" >"$WORK/self" || fail 1 "$WORK cannot be written" 'make room there; nothing has changed'
  allow_networks
}

# allow_networks puts those of --allow into the config.
allow_networks() {
  [ -n "$ALLOW" ] || return 0
  networks=''
  for one in $ALLOW; do networks="$networks, \"$one\""; done
  sed "s|^always_allow = \[\(.*\)\]\$|always_allow = [\1$networks]|; s|^always_allow = \[, |always_allow = [|" \
    "$WORK/sallyportd.toml" >"$WORK/.toml" && mv "$WORK/.toml" "$WORK/sallyportd.toml" || fail 1 "$WORK cannot be written"
}

# checked_config has the new daemon read the config that will be in force.
checked_config() {
  toml=$WORK/sallyportd.toml
  [ "$KEEP_CONFIG" = no ] || toml=$CONFIG
  said=$("$WORK/daemon-$ARCH" check --config "$toml" 2>&1) && return 0
  case $said in
  *'Permission denied'* | '') fail 1 "the daemon cannot be run from $WORK: $said" 'set TMPDIR to a folder that is not mounted noexec' ;;
  esac
  fail 1 "the daemon refuses the config: $said" 'nothing has changed'
}

# differs SOURCE MODE OWNER WHERE: whether the file there is not this one already.
differs() {
  [ -f "$4" ] && [ ! -L "$4" ] && cmp -s "$1" "$4" && [ "$(stat -c '0%a %U:%G' "$4")" = "$2 $3" ] && return 1
  return 0
}

changes() {
  plan | while read -r source mode owner where; do
    if differs "$source" "$mode" "$owner" "$where"; then echo "$source $mode $owner $where"; fi
  done
}

must_suit_what_is_there() {
  if [ -e "$KEEP/pending" ]; then
    fail 2 'a trial is under way' 'end it first: sallyport-setup --confirm, or sallyport-setup --rollback'
  fi
  if [ -e "$KEEP/journal" ]; then
    warn 'an install was interrupted here; it is undone first'
    put_back
  fi
  if [ "$KEEP_CONFIG" = yes ] && [ ! -f "$CONFIG" ]; then fail 2 "there is nothing to upgrade: $CONFIG is missing" 'install without --upgrade'; fi
  if [ "$KEEP_CONFIG$REPLACE_CONFIG" = nono ] && [ -f "$CONFIG" ] && ! cmp -s "$WORK/sallyportd.toml" "$CONFIG"; then
    fail 2 "$CONFIG is there already and differs" 'keep it with --upgrade, or replace it with --replace-config'
  fi
  if [ -x "$PROGRAM" ] && [ "$DOWNGRADE" = no ]; then
    there=$("$PROGRAM" version 2>/dev/null | sed 's/.* //')
    newer=$(printf '%s\n%s\n' "$there" "$SP_VERSION" | awk -F. 'NR == 1 { a = $1 * 1000000 + $2 * 1000 + $3 } NR == 2 { print (a > $1 * 1000000 + $2 * 1000 + $3) ? "yes" : "no" }')
    [ "$newer" = no ] || fail 2 "the daemon here is $there, newer than $SP_VERSION" 'use --downgrade if you mean it'
  fi
}

# step WORDS... does one thing of an install; if it fails, everything is put back.
step() {
  "$@" 2>"$WORK/.said" && return 0
  printf 'sallyport-setup: %s failed: %s\n' "$*" "$(tr '\n' ' ' <"$WORK/.said")" >&2
  put_back
  fail 1 'nothing was installed; everything is as it was' 'look at the line above: is the disk full?'
}

written() { printf '%s\n' "$*" >>"$KEEP/journal"; }

folder() {
  [ ! -d "$1" ] || return 0
  folder "${1%/*}" && written "folder $1" && mkdir -m 0755 "$1"
}

# stage puts a file beside its place, so that taking the place is one rename.
stage() { cp "$1" "$4.sallyport-new" && chown "$3" "$4.sallyport-new" && chmod "$2" "$4.sallyport-new"; }

take_place() {
  if [ -e "$1" ]; then
    count=$((count + 1))
    cp -p "$1" "$KEEP/backup/$count" && written "replaced $count $1" || return 1
  else
    written "created $1" || return 1
  fi
  mv -f "$1.sallyport-new" "$1" || return 1
  ! have restorecon || restorecon "$1" 2>/dev/null || true
}

# apply puts the files in place: all are staged first, which is where a full disk shows.
apply() {
  # A session that is lost on the way must not leave half an install.
  trap '' HUP PIPE
  trap 'put_back; exit 130' INT TERM
  { [ -d "$KEEP" ] || mkdir -m 0700 "$KEEP"; } && mkdir -p "$KEEP/backup" || fail 1 "$KEEP cannot be made" 'nothing has changed'
  count=0
  step written "active $(if is_active; then echo yes; else echo no; fi)"
  [ -d /var/lib/sallyport ] || step written state
  if ! grep -q '^sallyport:' /etc/passwd; then
    step written user
    step make_user
  fi
  if [ ! -d /etc/sallyport ]; then
    step written 'folder /etc/sallyport'
    step mkdir -m 0750 /etc/sallyport
  fi
  step chown root:sallyport /etc/sallyport
  while read -r source mode owner where; do
    step folder "${where%/*}"
    step written "staged $where"
    step stage "$source" "$mode" "$owner" "$where"
  done <"$WORK/.changes"
  sync
  while read -r source mode owner where; do step take_place "$where"; done <"$WORK/.changes"
  step serve_reload
}

# put_back undoes the journal from its end. Nothing that runs is touched unless the trial had begun.
put_back() {
  [ -f "$KEEP/journal" ] || return 0
  begun=no
  if grep -q '^begun' "$KEEP/journal"; then begun=yes; fi
  active=$(sed -n 's/^active //p' "$KEEP/journal")
  # At boot nothing runs yet, and what is to start is the boot's to start.
  if [ "$begun" = yes ] && [ "$DO" != boot ]; then
    serve_stop
    # The gate goes while the daemon that can remove it is still there.
    "$PROGRAM" cleanup >/dev/null 2>&1 || nft delete table inet sallyport 2>/dev/null || true
    [ "$active" = yes ] || rm -rf "$RUN/sallyport"
  fi
  awk '{ line[NR] = $0 } END { for (i = NR; i > 0; i--) print line[i] }' "$KEEP/journal" | while read -r what a b; do
    case $what in
    staged) rm -f "$a.sallyport-new" ;;
    created) rm -f "$a" ;;
    replaced) cp -p "$KEEP/backup/$a" "$b.sallyport-new" && mv -f "$b.sallyport-new" "$b" || warn "$b could not be put back; it is kept as $KEEP/backup/$a" ;;
    folder) rmdir "$a" 2>/dev/null || true ;;
    state) rm -rf /var/lib/sallyport ;;
    user) remove_user ;;
    esac
  done
  forget_trial
  rm -rf "$KEEP/journal" "$KEEP/backup"
  rmdir "$KEEP" 2>/dev/null || true
  serve_reload
  if [ "$begun$active" = yesyes ] && [ "$DO" != boot ]; then serve_start || warn 'the daemon that was here before could not be started'; fi
}
