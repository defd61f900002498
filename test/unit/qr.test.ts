import jsQR from 'jsqr';
import { describe, expect, it } from 'vitest';
import { qrSquares, qrSvg } from '../../electron/main/adapters/qr';
import { LONGEST_URI, writeProfileUri } from '../../shared/exchange/profile-uri';
import { rotatingProfile, ROTATING_SECRET } from '../fakes/sample-profiles';

const PIXELS = 4;

/** What an independent reader sees, of squares of four pixels with white around. */
function scan(squares: readonly (readonly boolean[])[]): string | undefined {
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

describe('the QR code', () => {
  it('is read back by another program, whole', () => {
    const uri = writeProfileUri(rotatingProfile(), ROTATING_SECRET) ?? '';
    expect(uri.length).toBeGreaterThan(100);
    expect(scan(qrSquares(uri))).toBe(uri);
  });

  it('holds the longest link', () => {
    const text = 'sallyport://profile/v1?name='.padEnd(LONGEST_URI, 'aB3%20');
    expect(scan(qrSquares(text))).toBe(text);
  });

  it('is drawn as one path of those squares, dark on white', () => {
    const squares = qrSquares('sallyport');
    const svg = qrSvg('sallyport');
    expect(svg.match(/M\d+ \d+h1v1h-1z/g)).toHaveLength(squares.flat().filter(Boolean).length);
    expect(svg).toContain(`viewBox="0 0 ${squares.length + 8} ${squares.length + 8}"`);
    expect(svg).not.toMatch(/script|href|style/);
  });
});
