import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 30_000;

/** Waits until `holds`; after 30 s, or `patienceMs`, fails with what was waited for and, if given, what there was instead. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: string,
  instead: () => string = () => '',
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const end = Date.now() + patienceMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}\n${instead()}`);
    await delay(50);
  }
}
