# shellcheck shell=sh
# --- Secrets that were left out -------------------------------------------------------------------------------------
# Lines "#:ask PLACEHOLDER FORM BYTES FILE WHAT" name them. They are read from the terminal without being shown, or made
# here, and go straight into a file: never into an argument, an environment or a log. printf is part of the shell.

asks() { sed -n 's/^#:ask //p' "$0"; }

ask_for_secrets() {
  [ "$SP_SECRETS" = asked ] && [ "$KEEP_CONFIG" = no ] || return 0
  if [ -f "$CONFIG" ] && [ "$REPLACE_CONFIG" = no ]; then
    KEEP_CONFIG=yes # the secrets are here already
    return 0
  fi
  have stty && { true </dev/tty; } 2>/dev/null || fail 2 'there is no terminal to ask for the secrets' 'run it in one, or export with the secrets included'
  exec 3</dev/tty
  asks >"$WORK/.asks"
  while read -r placeholder form bytes file what <&4; do ask "$placeholder" "$form" "$bytes" "$file" "$what"; done 4<"$WORK/.asks"
  exec 3<&-
}

ask() {
  hint='it is not shown'
  [ "$3" = - ] || hint="$hint; empty: make one here"
  while :; do
    printf '%s (%s): ' "$5" "$hint" >/dev/tty
    SILENT=yes
    stty -echo </dev/tty
    IFS= read -r secret <&3 || secret=''
    stty echo </dev/tty
    SILENT=no
    printf '\n' >/dev/tty
    if [ -z "$secret" ] && [ "$3" != - ]; then
      secret=$(made "$2" "$3")
      printf 'Made here, for the profile in Sallyport (shown once, on this terminal only):\n  %s\n' "$secret" >/dev/tty
    fi
    well_formed "$2" && break
    printf 'That is not %s. Try again.\n' "$(form_words "$2")" >/dev/tty
  done
  while IFS= read -r line; do
    case $line in
    *"$1"*) printf '%s%s%s\n' "${line%%"$1"*}" "$secret" "${line#*"$1"}" ;;
    *) printf '%s\n' "$line" ;;
    esac
  done <"$WORK/$4" >"$WORK/.filled" && mv "$WORK/.filled" "$WORK/$4" || fail 1 "$WORK cannot be written"
  secret=''
}

well_formed() {
  case $1 in
  base32) case $secret in '' | *[!A-Za-z2-7=\ ]*) return 1 ;; esac ;;
  base64) case $secret in '' | *[!A-Za-z0-9+/=]*) return 1 ;; esac ;;
  sequence) case $secret in '' | *[!0-9a-z:,\ ]*) return 1 ;; esac ;;
  esac
}

form_words() { case $1 in sequence) echo 'a sequence like 7000:tcp,8000:udp,9000:tcp' ;; *) echo "$1" ;; esac; }

# made FORM BYTES: random bytes in that form.
made() {
  case $1 in
  base32) if have base32; then head -c "$2" /dev/urandom | base32 | tr -d '=\n'; else head -c "$2" /dev/urandom | base32_by_hand; fi ;;
  base64) head -c "$2" /dev/urandom | if have base64; then base64; else openssl base64; fi | tr -d '\n' ;;
  esac
}

base32_by_hand() {
  od -An -v -tu1 | awk '
    { for (i = 1; i <= NF; i++) { held = held * 256 + $i; bits += 8
        while (bits >= 5) { bits -= 5; value = int(held / 2 ^ bits); held -= value * 2 ^ bits
          printf "%s", substr("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", value + 1, 1) } } }
    END { if (bits > 0) printf "%s", substr("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", held * 2 ^ (5 - bits) + 1, 1) }'
}
