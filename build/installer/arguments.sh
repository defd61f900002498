# shellcheck shell=sh
# --- What was asked for ---------------------------------------------------------------------------------------------

DO=install
YES=no ALLOW='' KEEP_CONFIG=no REPLACE_CONFIG=no DOWNGRADE=no FORCE_CLOCK=no PURGE=no EXTRACT='' TOLD=''

# choose COMMAND refuses two commands at once.
choose() {
  [ "$DO" = install ] || [ "$DO" = "$1" ] || fail 2 "--$DO and --$1 exclude each other" "choose one; see --help"
  DO=$1
}

arguments() {
  while [ $# -gt 0 ]; do
    case $1 in
    --help | -h) choose help ;;
    --dry-run | --check | --confirm | --rollback | --uninstall | --rollback-unless-confirmed) choose "${1#--}" ;;
    --extract)
      [ $# -ge 2 ] || fail 2 '--extract needs the name of a new folder'
      choose extract
      EXTRACT=$2
      shift
      ;;
    --allow)
      [ $# -ge 2 ] || fail 2 '--allow needs an address or network' 'write --allow 203.0.113.0/24'
      network "$2" || fail 2 "--allow: \"$2\" is not an address or network" 'write --allow 203.0.113.0/24'
      ALLOW="$ALLOW $2"
      shift
      ;;
    --trial-time)
      case ${2-} in '' | *[!0-9]* | ?????*) fail 2 '--trial-time needs seconds, 30 to 3600' ;; esac
      [ "$2" -ge 30 ] && [ "$2" -le 3600 ] || fail 2 "--trial-time: $2 is not between 30 and 3600"
      TRIAL_SECONDS=$2
      shift
      ;;
    --mark)
      case ${2-} in '' | *[!0-9a-f]*) fail 2 '--mark needs the SHA-256 of this file' ;; esac
      TOLD=$2
      shift
      ;;
    --yes | -y) YES=yes ;;
    --upgrade) KEEP_CONFIG=yes ;;
    --replace-config) REPLACE_CONFIG=yes ;;
    --downgrade) DOWNGRADE=yes ;;
    --force-clock) FORCE_CLOCK=yes ;;
    --purge) PURGE=yes ;;
    *) fail 2 "unknown option: $1" "see: sh $0 --help" ;;
    esac
    shift
  done
  [ "$PURGE" = no ] || [ "$DO" = uninstall ] || fail 2 '--purge goes with --uninstall'
  [ "$KEEP_CONFIG" = no ] || [ "$REPLACE_CONFIG" = no ] || fail 2 '--upgrade keeps the config, --replace-config does not'
  [ -z "$ALLOW" ] || [ "$KEEP_CONFIG" = no ] ||
    fail 2 '--upgrade keeps the config, so --allow would do nothing' 'add the network to always_allow in the config'
}

# network TEXT: only what an address or network can be made of; the daemon checks it in full before anything changes.
network() {
  case $1 in
  '' | *[!0-9A-Fa-f.:/]* | /* | */ | */*/*) return 1 ;;
  *.*.*.* | *:*:*) return 0 ;;
  esac
  return 1
}
