/** Pictures of QR codes, as they are imported. The PNGs are made here, in each form that the standard has. */
import { deflateSync } from 'node:zlib';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeDocuments } from '../../electron/main/adapters/documents';
import { isPng, readPng } from '../../electron/main/adapters/png';
import { readQrPicture } from '../../electron/main/adapters/qr-picture';
import { qrSquares } from '../../electron/main/adapters/qr';
import { toProblem } from '../../shared/contract/result';
import { writeProfileUri } from '../../shared/exchange/profile-uri';
import { rotatingProfile, ROTATING_SECRET } from '../fakes/sample-profiles';

const LINK = writeProfileUri(rotatingProfile(), ROTATING_SECRET) ?? '';
const [SIDE, PIXELS, QUIET] = [qrSquares(LINK).length, 3, 4];
const WIDTH = (SIDE + 2 * QUIET) * PIXELS;

function isDark(x: number, y: number): boolean {
  return qrDark[Math.floor(y / PIXELS) - QUIET]?.[Math.floor(x / PIXELS) - QUIET] ?? false;
}
const qrDark = qrSquares(LINK);

function chunk(type: string, data: Uint8Array): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(data.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, data, Buffer.alloc(4)]);
}

interface Form {
  readonly colour: number;
  readonly depth: number;
  readonly interlace?: number;
}

function png(
  width: number,
  height: number,
  { colour, depth, interlace = 0 }: Form,
  rows: Uint8Array,
): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width);
  head.writeUInt32BE(height, 4);
  head.set([depth, colour, 0, 0, interlace], 8);
  const palette = Buffer.from([255, 255, 255, 0, 0, 0]);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    ...(colour === 3 ? [chunk('PLTE', palette)] : []),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The code's rows, each under a filter of its own. */
function drawn({ colour, depth }: Form, filter: (row: number) => number): Buffer {
  const samples = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }[colour] ?? 0;
  const pixelBytes = Math.max(1, (samples * depth) / 8);
  const rowBytes = Math.ceil((WIDTH * samples * depth) / 8);
  const plain = Array.from({ length: WIDTH }, (_, y) => {
    const row = Buffer.alloc(rowBytes);
    for (let x = 0; x < WIDTH; x += 1) {
      const dark = isDark(x, y);
      if (depth < 8) {
        const most = 2 ** depth - 1;
        const value = colour === 3 ? Number(dark) : dark ? 0 : most;
        const bit = x * depth;
        row[bit >> 3] = (row[bit >> 3] ?? 0) | (value << (8 - depth - (bit & 7)));
        continue;
      }
      // With opacity, what is white is black that nobody sees.
      const clear = samples === 2 || samples === 4;
      const value = colour === 3 ? Number(dark) : dark || clear ? 0 : 255;
      row.fill(value, x * pixelBytes, (x + 1) * pixelBytes);
      if (clear) row.fill(dark ? 255 : 0, (x + 1) * pixelBytes - depth / 8, (x + 1) * pixelBytes);
    }
    return row;
  });
  const zero = Buffer.alloc(rowBytes);
  const rows = plain.map((row, y) => {
    const above = plain[y - 1] ?? zero;
    const kind = filter(y);
    const out = row.map((byte, at) => {
      const [left, up, both] = [row[at - pixelBytes] ?? 0, above[at] ?? 0, above[at - pixelBytes] ?? 0];
      const p = left + up - both;
      const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - both)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : both;
      return byte - ([0, left, up, Math.floor((left + up) / 2), paeth][kind] ?? 0);
    });
    return Buffer.concat([Buffer.from([kind]), out]);
  });
  return png(WIDTH, WIDTH, { colour, depth }, Buffer.concat(rows));
}

/** For how many milliseconds nothing else could be done, while some work is. */
async function heldUp(work: () => Promise<unknown>): Promise<{ median: number; longest: number }> {
  const gaps: number[] = [];
  let last = performance.now();
  const timer = setInterval(() => {
    gaps.push(performance.now() - last);
    last = performance.now();
  }, 1);
  await work();
  clearInterval(timer);
  gaps.push(performance.now() - last);
  gaps.sort((a, b) => a - b);
  return { median: gaps[gaps.length >> 1] ?? 0, longest: gaps.at(-1) ?? 0 };
}

const words = (read: Promise<string>): Promise<string> =>
  read.catch((error: unknown) => toProblem(error).message);

describe('a picture of a QR code', () => {
  it.each([
    [0, 1],
    [0, 2],
    [0, 4],
    [0, 8],
    [0, 16],
    [2, 8],
    [2, 16],
    [3, 1],
    [3, 2],
    [3, 4],
    [3, 8],
    [4, 8],
    [4, 16],
    [6, 8],
    [6, 16],
  ])('of colour type %i with %i bits is read, whatever its rows are filtered with', async (colour, depth) => {
    const picture = drawn({ colour, depth }, (row) => row % 5);
    expect(await readQrPicture(picture, 'it')).toBe(LINK);
  });

  it('is imported from a file like the link, and one without a code is refused in words', async () => {
    const folder = await mkdtemp(join(tmpdir(), `sallyport-qr-${process.pid}-`));
    const path = join(folder, 'code.png');
    await writeFile(
      path,
      drawn({ colour: 2, depth: 8 }, () => 4),
    );
    expect(await nodeDocuments.read(path)).toBe(LINK);
    await writeFile(path, png(40, 40, { colour: 0, depth: 8 }, Buffer.alloc(40 * 41)));
    await expect(nodeDocuments.read(path)).rejects.toThrow(`No QR code was found in ${path}.`);
    await rm(folder, { recursive: true });
    expect(await words(nodeDocuments.pictured(Buffer.from('GIF89a'), 'the picture'))).toBe(
      'the picture is no PNG.',
    );
  });

  it('that lies about itself is refused, without being unpacked', async () => {
    const refused = (bytes: Buffer) => words(readQrPicture(bytes, 'it'));
    const rows = Buffer.alloc(40 * 41);
    expect(await refused(png(40, 40, { colour: 0, depth: 8, interlace: 1 }, rows))).toContain(
      'it is interlaced',
    );
    expect(await refused(png(40, 40, { colour: 1, depth: 8 }, rows))).toContain('it is damaged');
    expect(await refused(png(40, 40, { colour: 2, depth: 4 }, rows))).toContain('it is damaged');
    expect(await refused(png(40, 41, { colour: 0, depth: 8 }, rows))).toContain('it is damaged');
    expect(await refused(png(0, 40, { colour: 0, depth: 8 }, rows))).toContain('it is damaged');
    expect(await refused(png(40, 40, { colour: 0, depth: 8 }, Buffer.alloc(40 * 41, 9)))).toContain(
      'it is damaged',
    );
    // Eight bytes tell of a picture of 16 GB; and 64 MB of zeros are packed into one of 40 by 40.
    expect(await refused(png(65_535, 65_535, { colour: 6, depth: 8 }, rows))).toContain(
      'more than 16 million pixels',
    );
    expect(await refused(png(40, 40, { colour: 0, depth: 8 }, Buffer.alloc(64_000_000)))).toContain(
      'it is damaged',
    );
  });

  it('that would be looked through for hours is given up', async () => {
    // The corner of a QR code, over and over.
    const corner = ['0000000', '0111110', '0100010', '0100010', '0100010', '0111110', '0000000'];
    const side = 1600;
    const rows = Buffer.alloc(side * (side + 1));
    for (let y = 0; y < side; y += 1) {
      for (let x = 0; x < side; x += 1)
        rows[y * (side + 1) + 1 + x] = corner[y % 9]?.[x % 9] === '0' ? 0 : 255;
      rows[y * (side + 1)] = 0;
    }
    const made = png(side, side, { colour: 0, depth: 8 }, rows);
    expect(await words(readQrPicture(made, 'it', 300))).toBe('No QR code was found in it.');
    // Nor are many of them at a time looked through: the next one has to wait.
    const ended: string[] = [];
    const next = drawn({ colour: 0, depth: 1 }, () => 0);
    await Promise.all([
      words(readQrPicture(made, 'it', 300)).then(() => ended.push('first')),
      readQrPicture(next, 'it').then(() => ended.push('second')),
    ]);
    expect(ended).toEqual(['first', 'second']);
  });

  it.each([
    [4000, 4000],
    [1000, 16_000],
    [16_000, 1000],
  ])('of %i by %i pixels leaves others their turn while it is read', async (width, height) => {
    const row = 4 * width + 1;
    const rows = Buffer.alloc(height * row);
    for (let y = 0; y < height; y += 1) rows[y * row] = 4; // the filter that costs most
    const made = png(width, height, { colour: 6, depth: 8 }, rows);
    const { median, longest } = await heldUp(async () =>
      expect(await readPng(made)).toMatchObject({ width }),
    );
    // Unpacked in one piece, it was some three seconds.
    expect(median).toBeLessThan(100);
    expect(longest).toBeLessThan(1000);
  });

  it('with a side that no screen has is refused', async () => {
    const rows = Buffer.alloc(2 + 2_000_000);
    const made = png(16_000_000, 1, { colour: 0, depth: 1 }, rows.subarray(0, 2_000_001));
    expect(await words(readQrPicture(made, 'it'))).toContain('a side of it is longer than 16384 pixels');
  });

  it('never throws anything but words, wherever it is broken', async () => {
    const whole = drawn({ colour: 0, depth: 1 }, () => 0);
    const broken = fc
      .tuple(fc.nat(whole.length - 1), fc.nat(255), fc.option(fc.nat(whole.length)))
      .map(([at, byte, length]) => {
        const bytes = Buffer.from(whole);
        bytes[at] = byte;
        return bytes.subarray(0, length ?? bytes.length);
      });
    await fc.assert(
      fc.asyncProperty(broken, async (bytes) => {
        if (isPng(bytes)) expect(typeof (await readPng(bytes))).toMatch(/object|string/);
      }),
      { numRuns: 300 },
    );
  });
});
