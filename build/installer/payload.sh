# shellcheck shell=sh
# --- What is inside -------------------------------------------------------------------------------------------------
# Below the last command of this file stand the files that it installs, each between "#:file" and "#:end", text with a
# bar before each line, programs gzipped in base64; "beside" means the folder files beside this one. The last line has the SHA-256 of everything above it.

LAST='#:sha256 '

sha256() {
  if have sha256sum; then sha256sum; elif have shasum; then shasum -a 256; else openssl dgst -sha256 -r; fi | cut -c1-64
}

unbase64() { if have base64; then base64 -d; else openssl base64 -d; fi; }

# whole: this file is here, complete and undamaged. Nothing is done before.
whole() {
  [ -f "$0" ] && [ -r "$0" ] || fail 2 'this is being read from a pipe' 'save it to a file first, then: sh FILE'
  grep -q '^#:file ' "$0" || fail 2 'there is nothing to install inside this file' 'run the installer that you exported'
  have sha256sum || have shasum || have openssl || fail 1 'no program for SHA-256 is here' 'install coreutils or openssl'
  have base64 || have openssl || fail 1 'no program for base64 is here' 'install coreutils or openssl'
  have gzip || fail 1 'gzip is not here' 'install gzip'
  end=$(tail -n 1 "$0")
  case $end in
  "$LAST"*) ;;
  *) fail 1 'this file is not complete: its last line is missing' 'copy it again, and compare its SHA-256 with what Sallyport showed' ;;
  esac
  sum=$(sed '$d' "$0" | sha256)
  [ "$sum" = "${end#"$LAST"}" ] ||
    fail 1 'this file is damaged: its SHA-256 is not what its last line says' 'copy it again, and compare its SHA-256 with what Sallyport showed'
}

# listed prints a line for every file inside: NAME ENCODING SHA256 MODE OWNER WHERE WHEN
listed() { sed -n 's/^#:file //p' "$0"; }

# content NAME ENCODING prints it.
content() {
  case $2 in
  text) sed -n "/^#:file $(pattern "$1") /,/^#:end/ s/^|//p" "$0" ;;
  beside) cat "$(dirname "$0")/files/$1" ;;
  gzip) sed -n "/^#:file $(pattern "$1") /,/^#:end/ { /^#:/d; p; }" "$0" | unbase64 | gzip -dc ;;
  esac
}

pattern() { printf '%s' "$1" | sed 's/[.]/\\./g'; }

# unpack FOLDER WHEN... puts the files of these kinds, checked, into a folder of our own.
unpack() {
  into=$1
  shift
  listed >"$into/.list" || fail 1 "$into cannot be written" 'make room there'
  while read -r name encoding sum mode owner where when; do
    : "$mode" "$owner" "$where"
    wanted=no
    for kind in "$@"; do [ "$kind" != "$when" ] && [ "$kind" != all ] || wanted=yes; done
    [ "$wanted" = yes ] || continue
    if [ "$encoding" = beside ] && [ ! -r "$(dirname "$0")/files/$name" ]; then
      fail 1 "files/$name is missing beside this file" 'unpack the whole archive again; nothing has changed'
    fi
    content "$name" "$encoding" >"$into/$name" || fail 1 "$name could not be unpacked into $into" 'make room there; nothing has changed'
    [ "$(sha256 <"$into/$name")" = "$sum" ] || fail 1 "$name is damaged: its SHA-256 is not $sum" 'copy the installer again; nothing has changed'
  done <"$into/.list"
  rm -f "$into/.list"
}

extract() {
  whole
  umask 077
  mkdir "$EXTRACT" 2>/dev/null || fail 2 "$EXTRACT exists, or cannot be made" 'name a new folder'
  unpack "$EXTRACT" all
  for program in "$EXTRACT"/daemon-*; do [ ! -f "$program" ] || chmod 700 "$program"; done
  if [ "$SP_SECRETS" = included ]; then warn "$EXTRACT holds secrets; only its owner can read it"; fi
  say "unpacked into $EXTRACT; what goes where on the server:"
  listed | while read -r name _ _ mode owner where when; do note "$when" "$name -> $where ($owner $mode)"; done
}
