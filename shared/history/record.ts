/**
 * What is kept of a run: when, over which way, what it proved. No secret, no step and no port but the protected one's
 * state. The newest {@link MOST_RUNS} of each profile are kept, in a file of their own.
 */
import { z } from 'zod';
import type { LastOpened } from '../advice/network';

export const MOST_RUNS = 50;
const HISTORY_VERSION = 1;

const portState = z.enum(['open', 'refused', 'filtered', 'unreachable']).nullable();

const runRecordSchema = z.object({
  /** When it began, milliseconds since the epoch. */
  at: z.number(),
  action: z.enum(['open', 'close']),
  verdict: z.enum([
    'opened',
    'closed',
    'reachable-not-proven',
    'nothing-listening',
    'no-effect',
    'sent',
    'error',
  ]),
  /** A problem's code, with the verdict `error`. */
  code: z.string().max(64).nullable(),
  before: portState,
  after: portState,
  /** The server's, and its family. */
  address: z.string().max(64).nullable(),
  family: z.enum(['ipv4', 'ipv6']).nullable(),
  /** What packets left by, and from which address. */
  interface: z.string().max(64).nullable(),
  source: z.string().max(64).nullable(),
  /** How often the sequence was sent. */
  attempts: z.int().min(0),
  /** Milliseconds from the beginning to the verdict. */
  elapsedMs: z.number(),
  /** What was measured to be the cause, by its kind. */
  found: z.array(z.string().max(32)).max(20),
});

export type RunRecord = Readonly<z.infer<typeof runRecordSchema>>;

const fileSchema = z.object({
  version: z.literal(HISTORY_VERSION),
  runs: z.array(runRecordSchema).max(MOST_RUNS),
});

/** The runs in a file, the newest first; null when it is not one of ours. */
export function readHistory(text: string): readonly RunRecord[] | null {
  try {
    const parsed = fileSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data.runs : null;
  } catch {
    return null;
  }
}

export function writeHistory(runs: readonly RunRecord[]): string {
  return `${JSON.stringify({ version: HISTORY_VERSION, runs })}\n`;
}

/** With one run more, the newest first. */
export function withRun(runs: readonly RunRecord[], run: RunRecord): readonly RunRecord[] {
  return [run, ...runs].slice(0, MOST_RUNS);
}

export function lastOpened(runs: readonly RunRecord[]): LastOpened | null {
  const run = runs.find(({ verdict, address }) => verdict === 'opened' && address !== null);
  if (run === undefined || run.address === null) return null;
  return { at: run.at, address: run.address, interface: run.interface };
}
