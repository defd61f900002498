import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 20_000;

/**
 * Removes a folder in which processes that are just ending may still write. The retries of Node's own `rmSync` repeat only
 * its last step, which never succeeds once a file has come into a folder after it was read.
 */
export async function removeFolder(path: string): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return rmSync(path, { recursive: true, force: true });
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(50);
    }
  }
}
