/**
 * profiles.json and its versions. A file from an older version is brought forward one step at a time; one from a newer
 * version is refused rather than guessed at.
 */
import { z } from 'zod';
import { profileSchema, type Profile } from './profile';

export const FILE_VERSION = 1;

const fileSchema = z.object({
  version: z.literal(FILE_VERSION),
  profiles: z.array(profileSchema).superRefine((profiles, context) => {
    const ids = new Set<string>();
    for (const [index, { id }] of profiles.entries()) {
      // Two of one id would be changed, knocked and removed as one.
      if (ids.has(id)) {
        context.addIssue({ code: 'custom', message: 'Another profile has this id.', path: [index, 'id'] });
      }
      ids.add(id);
    }
  }),
});

/** From version n to n + 1, each told apart by its index: `steps[0]` brings version 1 to 2. */
const steps: readonly ((file: Record<string, unknown>) => Record<string, unknown>)[] = [];

export type ReadFile =
  | { readonly kind: 'ok'; readonly profiles: readonly Profile[] }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'corrupt'; readonly why: string };

export function readProfilesFile(text: string): ReadFile {
  let file: unknown;
  try {
    file = JSON.parse(text);
  } catch (error) {
    return { kind: 'corrupt', why: error instanceof Error ? error.message : 'not JSON' };
  }
  const head = z.looseObject({ version: z.int().min(1) }).safeParse(file);
  if (!head.success) return { kind: 'corrupt', why: 'there is no version number at its top' };
  if (head.data.version > FILE_VERSION) return { kind: 'newer', version: head.data.version };
  const current = steps
    .slice(head.data.version - 1)
    .reduce((value, step) => step(value), head.data as Record<string, unknown>);
  const parsed = fileSchema.safeParse(current);
  if (parsed.success) return { kind: 'ok', profiles: parsed.data.profiles };
  const issue = parsed.error.issues[0];
  return {
    kind: 'corrupt',
    why: `${issue?.path.join('.') ?? 'file'}: ${issue?.message ?? 'not as expected'}`,
  };
}

export function writeProfilesFile(profiles: readonly Profile[]): string {
  return `${JSON.stringify({ version: FILE_VERSION, profiles }, null, 2)}\n`;
}
