#!/bin/sh
# Draws every PNG in this folder anew from its SVG. Needs rsvg-convert (Debian: librsvg2-bin).
# The tray SVGs carry no colour of their own: the three below hold 3:1 or better on white and on near-black panels.
set -eu
cd "$(dirname "$0")"

if ! command -v rsvg-convert >/dev/null; then
  echo 'render.sh: rsvg-convert is not installed. On Debian: apt-get install librsvg2-bin' >&2
  exit 1
fi

sheet=$(mktemp)
trap 'rm -f "$sheet"' EXIT

# draw SVG PNG SIZE COLOUR
draw() {
  echo "svg { color: $4; }" >"$sheet"
  rsvg-convert --stylesheet "$sheet" --width "$3" --height "$3" --output "$2" "$1"
}

# tray STATE COLOUR: the coloured icon and macOS's black template, each in both densities.
tray() {
  draw "tray-$1.svg" "tray-$1.png" 22 "$2"
  draw "tray-$1.svg" "tray-$1@2x.png" 44 "$2"
  draw "tray-$1.svg" "tray-$1Template.png" 22 '#000000'
  draw "tray-$1.svg" "tray-$1Template@2x.png" 44 '#000000'
}

tray idle '#7d8287'
tray open '#0e9384'
tray failed '#e0483e'
draw icon.svg icon.png 512 '#000000'
