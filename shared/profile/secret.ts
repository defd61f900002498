/**
 * The secret half of a profile: the text that goes into the OS keychain, the vault or this run's memory. One item per
 * profile. This text never crosses to the renderer.
 */
import { z } from 'zod';
import { checked } from './checked';
import { spaHmacKeyProblem, spaKeyProblem } from './spa';
import { parseOneTimeList } from '../sequence/one-time';
import { parseStaticSequence, type Step } from '../sequence/step';
import { readSecret } from '../sequence/parameters';

export function sequenceProblem(text: string): string | null {
  const parsed = parseStaticSequence(text);
  return parsed.ok ? null : parsed.message;
}

/** A TCP step to the protected port cannot be told from someone connecting, so such a sequence is refused. */
export function protectedPortProblem(text: string, port: number): string | null {
  const parsed = parseStaticSequence(text);
  return parsed.ok ? protectedStepProblem(parsed.steps, port) : null;
}

/** The same for every line of a one-time list. */
export function protectedPortInListProblem(text: string, port: number): string | null {
  const parsed = parseOneTimeList(text);
  for (const { number, steps } of parsed.ok ? parsed.lines : []) {
    const problem = protectedStepProblem(steps, port);
    if (problem !== null) return `Line ${number}: ${problem}`;
  }
  return null;
}

function protectedStepProblem(steps: readonly Step[], port: number): string | null {
  const index = steps.findIndex((step) => step.kind === 'tcp' && step.port === port);
  return index < 0
    ? null
    : `Step ${index + 1}: ${port} is the port behind the door; a step goes to another one.`;
}

export function listProblem(text: string): string | null {
  const parsed = parseOneTimeList(text);
  return parsed.ok ? null : parsed.message;
}

export function secretProblem(text: string): string | null {
  const bytes = readSecret(text);
  return typeof bytes === 'string' ? bytes : null;
}

export const profileSecretSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('static'),
    sequence: checked(sequenceProblem),
    closeSequence: checked(sequenceProblem).nullable(),
  }),
  /** The text of knockd's file. */
  z.object({ kind: z.literal('one-time'), list: checked(listProblem) }),
  z.object({
    kind: z.literal('rotating'),
    secret: checked(secretProblem),
    /** The one that follows, until the person says that the server has it. */
    next: checked(secretProblem).optional(),
  }),
  /** Base64, as in fwknop's files. */
  z.object({ kind: z.literal('spa'), key: checked(spaKeyProblem), hmacKey: checked(spaHmacKeyProblem) }),
]);

export type ProfileSecret = Readonly<z.infer<typeof profileSecretSchema>>;

/** The text form that the secret store keeps. */
export function encodeProfileSecret(secret: ProfileSecret): string {
  return JSON.stringify({ v: 1, ...secret });
}

/** Reads it back; null when it is not one of ours. */
export function decodeProfileSecret(text: string): ProfileSecret | null {
  try {
    const parsed = profileSecretSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
