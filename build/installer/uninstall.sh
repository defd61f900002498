# shellcheck shell=sh
# --- Uninstall ------------------------------------------------------------------------------------------------------

# installed lists every file that an install puts anywhere, for all kinds of services.
installed() {
  for unit in sallyportd sallyport-gate sallyport-rollback; do echo "$UNITS/$unit.service"; done
  echo /etc/init.d/sallyportd
  echo /usr/local/share/man/man8/sallyportd.8
  echo /usr/local/share/man/man5/sallyportd.toml.5
  echo "$PROGRAM"
  echo "$SELF"
}

uninstall() {
  must_be_root
  alone
  if [ ! -x "$PROGRAM" ] && [ ! -f "$SELF" ] && [ ! -d "$KEEP" ]; then
    [ "$PURGE" = yes ] && { [ -d /etc/sallyport ] || [ -d "$STATE" ]; } || fail 2 'Sallyport is not installed here'
  fi
  sure 'Remove the daemon? Its ports are open to all then, as far as other firewalls let them.'
  [ ! -e "$KEEP/pending" ] || put_back
  serve_stop
  # shellcheck disable=SC2046 # one word each
  serve_at_boot off $(boot_services)
  if [ -x "$PROGRAM" ]; then "$PROGRAM" cleanup >/dev/null 2>&1 || true; fi
  if have nft && nft list table inet sallyport >/dev/null 2>&1; then
    nft delete table inet sallyport 2>/dev/null || fail 1 'the gate could not be removed' 'see who holds it: nft list table inet sallyport'
  fi
  folders=$(sed -n 's/^folder //p' "$KEEP/made" 2>/dev/null)
  installed | while read -r file; do rm -f "$file"; done
  # Once more without the scripts, which is when update-rc.d orders the others as before.
  if [ "$INIT" = sysv ]; then boot_links off sallyportd; fi
  rm -rf /run/sallyport
  if [ "$PURGE" = yes ]; then
    rm -rf /etc/sallyport "$STATE"
    if [ ! -f "$KEEP/made" ] || grep -q '^user' "$KEEP/made"; then remove_user; fi
    rm -rf "$KEEP"
    # Deepest first, and only what is empty.
    printf '%s\n' "$folders" | sort -r | while read -r made; do [ -z "$made" ] || rmdir "$made" 2>/dev/null || true; done
  fi
  serve_reload
  if [ "$PURGE" = yes ]; then say 'Removed: nothing of Sallyport is left.'; else
    say 'Removed: the daemon, its services and its gate.'
    say "Left: /etc/sallyport, $STATE, $KEEP and the user sallyport (--uninstall --purge removes them too)."
  fi
}
