import { describe, expect, it } from 'vitest';
import { qrSquares, qrSvg } from '../../electron/main/adapters/qr';
import { LONGEST_URI, writeProfileUri } from '../../shared/exchange/profile-uri';
import { scan } from '../fakes/qr-scan';
import { rotatingProfile, ROTATING_SECRET } from '../fakes/sample-profiles';

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
