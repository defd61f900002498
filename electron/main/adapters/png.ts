/**
 * Reads the pixels of a PNG picture (W3C PNG, third edition), every colour type and depth but no interlacing: what a
 * screenshot and a program that draws QR codes write. The file may be hostile: what it claims is bounded before
 * anything is unpacked, and it is never unpacked to more than that.
 */
import { inflateSync } from 'node:zlib';

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
export function readPng(bytes: Uint8Array): Pixels | string {
  const chunks = chunksOf(bytes);
  const head = chunks[0]?.type === 'IHDR' ? headOf(chunks[0].data) : 'it is damaged';
  if (typeof head === 'string') return head;
  const samples = COLOURS[head.colour]?.samples ?? 0;
  const rowBytes = Math.ceil((head.width * samples * head.depth) / 8);
  const size = head.height * (rowBytes + 1);
  if (size > MOST_BYTES) return 'it unpacks to too much';
  const packed = Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data));
  const rows = unpacked(packed, size);
  if (rows === null) return 'it is damaged';
  if (!unfilter(rows, rowBytes, Math.max(1, (samples * head.depth) / 8))) return 'it is damaged';
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data ?? new Uint8Array();
  return { width: head.width, height: head.height, rgba: coloured(rows, rowBytes, head, palette) };
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
  return data[12] === 0 ? { width, height, depth, colour } : 'it is interlaced';
}

/** Null for anything but exactly so many bytes. */
function unpacked(packed: Uint8Array, size: number): Uint8Array | null {
  try {
    const rows = inflateSync(packed, { maxOutputLength: size });
    return rows.length === size ? rows : null;
  } catch {
    return null;
  }
}

/** Undoes what each row was filtered with (clause 9), in place; false for a filter that there is not. */
function unfilter(rows: Uint8Array, rowBytes: number, pixelBytes: number): boolean {
  for (let start = 0; start < rows.length; start += rowBytes + 1) {
    const filter = rows[start] ?? 0;
    if (filter > 4) return false;
    for (let at = start + 1; at <= start + rowBytes; at += 1) {
      const inRow = at - start > pixelBytes;
      const left = inRow ? (rows[at - pixelBytes] ?? 0) : 0;
      const above = start > 0 ? (rows[at - rowBytes - 1] ?? 0) : 0;
      const both = inRow && start > 0 ? (rows[at - rowBytes - 1 - pixelBytes] ?? 0) : 0;
      rows[at] = (rows[at] ?? 0) + predicted(filter, left, above, both);
    }
  }
  return true;
}

function predicted(filter: number, left: number, above: number, both: number): number {
  if (filter < 3) return [0, left, above][filter] ?? 0;
  if (filter === 3) return (left + above) >> 1;
  const guess = left + above - both;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - both)];
  return a <= b && a <= c ? left : b <= c ? above : both;
}

function coloured(rows: Uint8Array, rowBytes: number, head: Head, palette: Uint8Array): Pixels['rgba'] {
  const { width, height, depth, colour } = head;
  const samples = COLOURS[colour]?.samples ?? 0;
  const most = 2 ** depth - 1;
  const rgba = new Uint8ClampedArray(width * height * 4);
  const sample = (y: number, index: number): number => {
    const start = y * (rowBytes + 1) + 1;
    if (depth >= 8) return rows[start + (index * depth) / 8] ?? 0; // of 16 bits the upper 8
    const bit = index * depth;
    return ((rows[start + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & most;
  };
  for (let y = 0, to = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, to += 4) {
      const first = x * samples;
      const opacity = samples === 4 || samples === 2 ? sample(y, first + samples - 1) : 255;
      for (let part = 0; part < 3; part += 1) {
        const value =
          colour === 3
            ? (palette[sample(y, first) * 3 + part] ?? 0)
            : sample(y, first + (samples > 2 ? part : 0)) * (depth < 8 ? 255 / most : 1);
        rgba[to + part] = 255 - ((255 - value) * opacity) / 255;
      }
      rgba[to + 3] = 255;
    }
  }
  return rgba;
}
