# shellcheck shell=sh
# --- What it says ---------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*"; }
note() { printf '  %-12s %s\n' "$1" "$2"; }
warn() { printf 'warning: %s\n' "$*" >&2; }

# fail EXIT WHAT [NEXT] ends with what went wrong and the one next step. Exits: 1 failed, 2 used wrongly or refused.
fail() {
  printf 'sallyport-setup: %s\n' "$2" >&2
  [ $# -lt 3 ] || printf 'next: %s\n' "$3" >&2
  exit "$1"
}

have() { command -v "$1" >/dev/null 2>&1; }

usage() {
  cat <<USAGE
Usage: sh $0 [OPTION...]

Installs the Sallyport knock daemon, which keeps $SP_PORTS closed until it hears the knock of "$SP_USER".
It is tried first: unless it is confirmed within $TRIAL_SECONDS seconds, everything is put back as it was, also
after a lost session or a reboot. Sessions that are open stay open.

  --dry-run            say what would change, change nothing
  --check              check this file and this server, change nothing
  --extract DIR        unpack what is inside into the new folder DIR, install nothing
  --yes                do not ask
  --allow CIDR         let a network in without knocking; can be given more than once
  --upgrade            replace the daemon and its services, keep the config and keys that are there
  --replace-config     replace a config that is there and differs
  --downgrade          allow an older version in place of a newer one
  --trial-time SECONDS how long the trial waits for --confirm, 30 to 3600 (180)
  --force-clock        install although the clock is not synchronized
  --mark SHA256        end with a line "sallyport-unchanged SHA256" if there is nothing to change
  --confirm            end the trial: make it last, and start it at boot
  --rollback           end the trial: put everything back as it was
  --uninstall          remove it; config and keys stay
  --purge              with --uninstall: remove config, keys and state as well
  --help               print this

Examples:
  sh $0 --dry-run
  sudo sh $0 --yes
  sudo sallyport-setup --confirm
  sudo sallyport-setup --uninstall --purge
USAGE
}
