/**
 * Reads the pixels of a PNG picture (W3C PNG, third edition), every colour type and depth but no interlacing: what a
 * screenshot and a program that draws QR codes write. The file may be hostile: what it claims is bounded before
 * anything is unpacked, and it is never unpacked to more than that. A large one takes a while, in which others get their
 * turn again and again: a knock may be under way.
 */
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { inflate } from 'node:zlib';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** A byte for red, green, blue and opacity of each pixel, row by row; on white, so that all are opaque. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

interface Head {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colour: number;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** A screen of 4K has some eight million. */
const MOST_PIXELS = 16_000_000;
/** A row is worked on without a pause. */
const LONGEST_SIDE = 16_384;
/** Pixels between two pauses: some milliseconds. */
const AT_A_TIME = 250_000;
/** Unpacked: as many pixels with a byte for each colour and opacity. */
const MOST_BYTES = 4 * MOST_PIXELS + 65_536;
/** Samples of a pixel and the depths there are, by colour type: grey, RGB, palette, grey with opacity, RGB with opacity. */
const COLOURS: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, at) => bytes[at] === byte);
}

/** The pixels, or words on why they cannot be had. */
export async function readPng(bytes: Uint8Array): Promise<Pixels | string> {
  const chunks = chunksOf(bytes);
  const head = chunks[0]?.type === 'IHDR' ? headOf(chunks[0].data) : 'it is damaged';
  if (typeof head === 'string') return head;
  const samples = COLOURS[head.colour]?.samples ?? 0;
  const rowBytes = Math.ceil((head.width * samples * head.depth) / 8);
  const size = head.height * (rowBytes + 1);
  if (size > MOST_BYTES) return 'it unpacks to too much';
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const rows = await unpacked(packed, size);
  if (rows === null) return 'it is damaged';
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data ?? new Uint8Array();
  const rgba = new Uint8ClampedArray(head.width * head.height * 4);
  const pixelBytes = Math.max(1, (samples * head.depth) / 8);
  const atATime = Math.ceil(AT_A_TIME / head.width);
  for (let y = 0; y < head.height; y += 1) {
    if (!unfilter(rows, y, rowBytes, pixelBytes)) return 'it is damaged';
    colour(rgba, rows, y, rowBytes, head, palette);
    if (y % atATime === atATime - 1) await setImmediate();
  }
  return { width: head.width, height: head.height, rgba };
}

function chunksOf(bytes: Uint8Array): readonly { readonly type: string; readonly data: Uint8Array }[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const chunks: { type: string; data: Uint8Array }[] = [];
  for (let at = SIGNATURE.length; at + 12 <= bytes.length;) {
    const end = at + 8 + view.getUint32(at);
    if (end + 4 > bytes.length) break;
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    at = end + 4;
  }
  return chunks;
}

function headOf(data: Uint8Array): Head | string {
  if (data.length !== 13) return 'it is damaged';
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  const [width, height, depth, colour] = [view.getUint32(0), view.getUint32(4), data[8] ?? 0, data[9] ?? 0];
  if (width === 0 || height === 0 || COLOURS[colour]?.depths.includes(depth) !== true) return 'it is damaged';
  if (width * height > MOST_PIXELS) return `it has more than ${MOST_PIXELS / 1e6} million pixels`;
  if (Math.max(width, height) > LONGEST_SIDE) return `a side of it is longer than ${LONGEST_SIDE} pixels`;
  return data[12] === 0 ? { width, height, depth, colour } : 'it is interlaced';
}

const inflated = promisify<Uint8Array, { readonly maxOutputLength: number }, Buffer>(inflate);

/** Null for anything but exactly so many bytes. */
async function unpacked(packed: Uint8Array, size: number): Promise<Uint8Array | null> {
  const rows = await inflated(packed, { maxOutputLength: size }).catch(() => null);
  return rows?.length === size ? rows : null;
}

/** Undoes what a row was filtered with (clause 9), in place; false for a filter that there is not. */
function unfilter(rows: Uint8Array, y: number, rowBytes: number, pixelBytes: number): boolean {
  const start = y * (rowBytes + 1);
  const filter = rows[start] ?? 0;
  if (filter > 4) return false;
  if (filter === 0) return true;
  for (let at = start + 1; at <= start + rowBytes; at += 1) {
    const inRow = at - start > pixelBytes;
    const left = inRow ? (rows[at - pixelBytes] ?? 0) : 0;
    const above = y > 0 ? (rows[at - rowBytes - 1] ?? 0) : 0;
    const both = inRow && y > 0 ? (rows[at - rowBytes - 1 - pixelBytes] ?? 0) : 0;
    rows[at] = (rows[at] ?? 0) + predicted(filter, left, above, both);
  }
  return true;
}

function predicted(filter: number, left: number, above: number, both: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  const guess = left + above - both;
  const a = Math.abs(guess - left);
  const b = Math.abs(guess - above);
  const c = Math.abs(guess - both);
  return a <= b && a <= c ? left : b <= c ? above : both;
}

/** Draws a row that is unfiltered. */
function colour(
  rgba: Pixels['rgba'],
  rows: Uint8Array,
  y: number,
  rowBytes: number,
  { width, depth, colour: type }: Head,
  palette: Uint8Array,
): void {
  const samples = COLOURS[type]?.samples ?? 0;
  const most = 2 ** depth - 1;
  const start = y * (rowBytes + 1) + 1;
  const sample = (index: number): number => {
    if (depth >= 8) return rows[start + (index * depth) / 8] ?? 0; // of 16 bits the upper 8
    const bit = index * depth;
    return ((rows[start + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & most;
  };
  for (let x = 0, to = y * width * 4; x < width; x += 1, to += 4) {
    const first = x * samples;
    const opacity = samples === 4 || samples === 2 ? sample(first + samples - 1) : 255;
    for (let part = 0; part < 3; part += 1) {
      const value =
        type === 3
          ? (palette[sample(first) * 3 + part] ?? 0)
          : sample(first + (samples > 2 ? part : 0)) * (depth < 8 ? 255 / most : 1);
      rgba[to + part] = 255 - ((255 - value) * opacity) / 255;
    }
    rgba[to + 3] = 255;
  }
}
