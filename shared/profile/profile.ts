/**
 * A saved host profile as it stands in profiles.json. It holds no secret: a static sequence and a rotating key's secret
 * live in the secret store under the profile's id.
 */
import { z } from 'zod';
import { hostProblem, userProblem } from './address';
import { checkParameters } from '../sequence/parameters';
import { GAP_MS, TCP_FLAGS, type TcpFlag } from '../sequence/step-options';
import { AFTER_TERMINAL, afterSchema } from './after';
import { UNSEEN } from './argv';
import { checked } from './checked';
import { spaSettingsSchema } from './spa';

export function nameProblem(name: string): string | null {
  if (name.trim() === '') return 'Give the profile a name.';
  if (name !== name.trim()) return 'A name does not begin or end with a space.';
  if (name.startsWith('-')) return 'A name cannot begin with a dash.';
  if (name.length > 64) return 'A name has at most 64 characters.';
  // The command line prints names to terminals, which obey C1 controls too.
  return UNSEEN.test(name) ? 'A name has no control or direction characters.' : null;
}

const portSchema = z
  .int('A port is a number from 1 to 65535.')
  .min(1, 'A port is a number from 1 to 65535.')
  .max(65535, 'A port is a number from 1 to 65535.');
/** `both` knocks over IPv6 and IPv4 in one run; `auto` over whichever the name leads to first. */
export const familySchema = z.enum(['auto', 'ipv4', 'ipv6', 'both'], 'Choose auto, ipv4, ipv6 or both.');
export const protocolSchema = z.enum(['tcp', 'udp', 'icmp'], 'Protocols are tcp, udp and icmp.');

export { GAP_MS, TCP_FLAGS, type TcpFlag };
export const tcpFlagsSchema = z
  .array(z.enum(TCP_FLAGS, 'TCP flags are fin, syn, rst, psh, ack and urg.'))
  .min(1, 'Choose at least one TCP flag; syn is usual.')
  .refine((flags) => new Set(flags).size === flags.length, 'Each TCP flag can be listed once.')
  .readonly();

export const rks1Schema = z
  .object({
    period: z.number(),
    steps: z.number(),
    protocols: z.array(protocolSchema).readonly(),
    range: z.object({ low: z.number(), high: z.number() }).readonly(),
  })
  .superRefine((parameters, context) => {
    for (const [field, message] of Object.entries(checkParameters(parameters))) {
      context.addIssue({ code: 'custom', message, path: [field] });
    }
  });

const staticMethodSchema = z.object({
  kind: z.literal('static'),
  tcpFlags: tcpFlagsSchema,
  /** Whether a close sequence is stored too. */
  hasClose: z.boolean(),
});
const oneTimeMethodSchema = z.object({
  kind: z.literal('one-time'),
  tcpFlags: tcpFlagsSchema,
  /** What the place in the list is kept by; a changed list has another one. */
  list: z.uuid(),
  /** How many lines the stored list has that are not marked as used in it; 0 while none is stored. */
  lines: z.int().min(0),
});
const rotatingMethodSchema = z.object({
  kind: z.literal('rotating'),
  parameters: rks1Schema,
  /** Whether a new secret is stored beside the one in use. */
  rekeying: z.literal(true).optional(),
});
const spaMethodSchema = z.object({ kind: z.literal('spa'), settings: spaSettingsSchema });
const methodSchema = z.discriminatedUnion('kind', [
  staticMethodSchema,
  oneTimeMethodSchema,
  rotatingMethodSchema,
  spaMethodSchema,
]);

export const OPEN_FOR = { min: 1, max: 86400, usual: 30 } as const;

/** What a profile holds whatever its method; shared with the draft that an editor sends. */
export const profileFields = {
  name: checked(nameProblem),
  host: checked(hostProblem),
  port: portSchema,
  user: checked(userProblem).nullable(),
  group: checked(nameProblem).nullable(),
  family: familySchema,
  /** Seconds that the door is expected to stay open: the countdown. */
  openFor: z
    .int('Write whole seconds.')
    .min(OPEN_FOR.min, 'At least 1 second.')
    .max(OPEN_FOR.max, 'At most 86400 seconds, a day.'),
  /** Milliseconds from one step to the next. */
  gapMs: z
    .int('Write whole milliseconds.')
    .min(GAP_MS.min, 'At least 0 ms.')
    .max(GAP_MS.max, 'At most 5000 ms.'),
  /** What follows once the port is reachable; profiles from before there was a choice start ssh. */
  after: afterSchema.default(AFTER_TERMINAL),
} as const;

export const profileSchema = z.object({
  id: z.uuid(),
  ...profileFields,
  favourite: z.boolean(),
  method: methodSchema,
  createdAt: z.number(),
  updatedAt: z.number(),
});

export type Profile = Readonly<z.infer<typeof profileSchema>>;
export type Method = Profile['method'];
export type Family = z.infer<typeof familySchema>;
/** What a name is looked up for. */
export type LookupFamily = Exclude<Family, 'both'>;
