/** Reads a QR code back with a program that did not write it. */
import jsQR from 'jsqr';

const PIXELS = 4;

/** What an independent reader sees, of squares of four pixels with white around. */
export function scan(squares: readonly (readonly boolean[])[]): string | undefined {
  const side = (squares.length + 8) * PIXELS;
  const image = new Uint8ClampedArray(side * side * 4).fill(255);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const dark = squares[Math.floor(y / PIXELS) - 4]?.[Math.floor(x / PIXELS) - 4] ?? false;
      if (dark) image.fill(0, (y * side + x) * 4, (y * side + x) * 4 + 3);
    }
  }
  return jsQR(image, side, side)?.data;
}

/** The same of the code that a page has drawn as an SVG. */
export function scanDrawn(html: string): string | undefined {
  const [, size] = /viewBox="0 0 (\d+) \d+"/.exec(html) ?? [];
  const inner = Number(size) - 8;
  const squares = Array.from({ length: inner }, () => Array<boolean>(inner).fill(false));
  for (const [, x, y] of html.matchAll(/M(\d+) (\d+)h1v1h-1z/g)) {
    const row = squares[Number(y) - 4];
    if (row !== undefined) row[Number(x) - 4] = true;
  }
  return scan(squares);
}
