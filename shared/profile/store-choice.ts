/** secrets.json: which store the person chose for secrets, and how far a move to it has come. It holds no secret. */
import { z } from 'zod';

const kind = z.enum(['os', 'passphrase', 'session']);
const movingSchema = z.object({
  from: kind,
  to: kind,
  /** `copying`: all is in `from` still. `deleting`: all is in `to`, and `from` is being emptied. */
  phase: z.enum(['copying', 'deleting']),
});
const fileSchema = z.object({ version: z.literal(1), store: kind, moving: movingSchema.nullable() });

export type Moving = Readonly<z.infer<typeof movingSchema>>;
export type StoreChoice = Readonly<Omit<z.infer<typeof fileSchema>, 'version'>>;

/** Null when it is not one of ours. */
export function readStoreChoice(text: string): StoreChoice | null {
  try {
    return fileSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function writeStoreChoice(choice: StoreChoice): string {
  return `${JSON.stringify({ version: 1, ...choice }, null, 2)}\n`;
}
