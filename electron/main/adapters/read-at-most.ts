/** Reads a file to its end, within a limit that does not trust the size it claims: it may grow, or be made as it is read. */
import type { FileHandle } from 'node:fs/promises';

/** Null when there is more than `most` bytes; at most one byte beyond is read to know. */
export async function readAtMost(file: Pick<FileHandle, 'read'>, most: number): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let left = most + 1;
  while (left > 0) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(left, 65_536)));
    if (bytesRead === 0) return Buffer.concat(parts);
    parts.push(buffer.subarray(0, bytesRead));
    left -= bytesRead;
  }
  return null;
}
