/**
 * The control socket's messages (docs/control-socket.md): what the command line asks of the app or the agent. Everything
 * that arrives is parsed here; the answers are typed so that the document, this file and the Go side stay one.
 */
import { z } from 'zod';
import {
  familySchema,
  GAP_MS,
  OPEN_FOR,
  profileFields,
  protocolSchema,
  TCP_FLAGS,
  nameProblem,
} from '../profile/profile';
import { FORMAT_IDS } from '../installer/export-format';
import { exportOptionsSchema, type ExportOptions } from '../installer/options';
import type { RunRecord } from '../history/record';
import { hostProblem, userProblem } from '../profile/address';
import type { AfterKnock, NextStep } from '../profile/after';
import { checked } from '../profile/checked';
import { spaHmacKeyProblem, spaKeyProblem, spaSettingsOrDefaults } from '../profile/spa';
import { listProblem, secretProblem, sequenceProblem } from '../profile/secret';
import { checkParameters, formatRange, parseRange, RKS1_DEFAULTS } from '../sequence/parameters';
import { importKindSchema, importWishSchema, passphraseSchema } from '../exchange/wish';
import type { Exported } from '../exchange/exported';
import type { ImportReview } from '../exchange/review';
import { peopleParams, type PeopleAnswers, type UserOrder } from './control-people';
import { clockParams, type ClockAnswers } from './control-clock';
import { secretParams, type SecretAnswers } from './control-secrets';
import type { KnockReport, MethodAdvice } from './control-report';
import type { Problem } from './result';
import type { NativeHealth, Notice, SecretsHealth } from './views';

/** The longest request, bytes. */
export const LONGEST_LINE = 65_536;
/** The longest answer, bytes. */
export const LONGEST_ANSWER = 4 * 1024 * 1024;

/** What a request needs so that its faults can be told under its id. */
export const requestIdSchema = z.object({ id: z.int().min(1) });
export const requestSchema = requestIdSchema.extend({
  v: z.literal(1),
  method: z.string().max(64),
  params: z.unknown().optional(),
});

const range = z
  .string()
  .default(formatRange(RKS1_DEFAULTS.range))
  .transform((text, context) => {
    const parsed = parseRange(text);
    if (parsed !== null) return parsed;
    context.addIssue({ code: 'custom', message: 'The range is written like 10000-49999.' });
    return z.NEVER;
  });

const rks1Params = {
  period: z.number().default(RKS1_DEFAULTS.period),
  steps: z.number().default(RKS1_DEFAULTS.steps),
  protocols: z.array(protocolSchema).default([...RKS1_DEFAULTS.protocols]),
  range,
};

function holdsAsRks1(
  value: {
    period: number;
    steps: number;
    protocols: readonly ('tcp' | 'udp' | 'icmp')[];
    range: { low: number; high: number };
  },
  context: z.RefinementCtx,
): void {
  for (const [field, message] of Object.entries(checkParameters(value))) {
    context.addIssue({ code: 'custom', message, path: [field] });
  }
}

const tcpFlags = z
  .array(z.enum(TCP_FLAGS, 'TCP flags are fin, syn, rst, psh, ack and urg.'))
  .min(1)
  .refine((flags) => new Set(flags).size === flags.length, 'Each TCP flag can be listed once.')
  .default(['syn']);

const methodParams = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('static'),
    sequence: checked(sequenceProblem),
    closeSequence: checked(sequenceProblem).nullish(),
  }),
  z.object({ kind: z.literal('one-time'), list: checked(listProblem) }),
  z
    .object({ kind: z.literal('rotating'), secret: checked(secretProblem), ...rks1Params })
    .superRefine(holdsAsRks1),
  z.object({
    kind: z.literal('spa'),
    key: checked(spaKeyProblem),
    hmacKey: checked(spaHmacKeyProblem),
    settings: spaSettingsOrDefaults,
  }),
]);

const gapMs = z.int().min(GAP_MS.min, 'At least 0 ms.').max(GAP_MS.max, `At most ${GAP_MS.max} ms.`);
const profileName = z.object({ name: z.string().min(1).max(64) });

const formatSchema = z.enum(FORMAT_IDS, `The formats are ${FORMAT_IDS.join(', ')}.`);

export const controlParams = {
  hello: z.unknown(),
  list: z.unknown(),
  add: z.object({
    profile: z.object({
      name: checked(nameProblem),
      host: checked(hostProblem),
      port: profileFields.port.default(22),
      user: checked(userProblem).nullish(),
      group: checked(nameProblem).nullish(),
      family: familySchema.default('auto'),
      openFor: profileFields.openFor.default(OPEN_FOR.usual),
      gapMs: gapMs.default(GAP_MS.usual),
      after: profileFields.after,
      tcpFlags,
      method: methodParams,
    }),
  }),
  remove: profileName,
  ...secretParams,
  ...clockParams,
  ...peopleParams,
  knock: z.object({
    target: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('profile'), name: z.string().min(1).max(64) }),
      z.object({
        kind: z.literal('host'),
        host: checked(hostProblem),
        port: profileFields.port.nullish(),
        tcpFlags,
        method: methodParams,
      }),
    ]),
    action: z.enum(['open', 'close']).default('open'),
    gapMs: gapMs.optional(),
    family: familySchema.optional(),
  }),
  connect: profileName.extend({ family: familySchema.optional() }),
  ticket: z.object({ ticket: z.string().regex(/^[0-9a-f]{32}$/, 'A ticket is 32 hex digits.') }),
  proxy: z.object({ profile: z.string().min(1).max(64) }),
  derive: z
    .object({
      secret: checked(secretProblem),
      time: z.number().min(0, 'The time is Unix seconds, 0 or more.').max(Number.MAX_SAFE_INTEGER),
      action: z.enum(['open', 'close'], 'The action is open or close.').default('open'),
      ...rks1Params,
    })
    .superRefine(holdsAsRks1),
  history: profileName.extend({ clear: z.boolean().default(false) }),
  status: z.unknown(),
  installer: profileName.extend({
    format: formatSchema.default('sh'),
    options: exportOptionsSchema.prefault({}),
  }),
  importRead: z.object({
    source: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('file'), path: z.string().min(1).max(4096) }),
      z.object({ kind: z.literal('text'), text: z.string() }),
    ]),
    from: importKindSchema.optional(),
  }),
  importUnlock: z.object({ id: z.string().max(64), passphrase: passphraseSchema }),
  importApply: importWishSchema,
  export: z.object({
    names: z.array(z.string().min(1).max(64)).max(2000).optional(),
    passphrase: passphraseSchema.optional(),
  }),
  exportUri: profileName,
  quit: z.object({ for: z.literal('app').optional() }).optional(),
} as const;

export type ControlMethod = keyof typeof controlParams;
export type ControlInput<M extends ControlMethod> = z.output<(typeof controlParams)[M]>;
export type ControlMethodParams = z.output<typeof methodParams>;

export interface ControlProfile {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly method: 'static' | 'one-time' | 'rotating' | 'spa';
  /** Of a one-time list: how many lines are not used yet. */
  readonly linesLeft?: number;
  readonly group: string | null;
  readonly favourite: boolean;
  readonly openFor: number;
  readonly after: AfterKnock['kind'];
  readonly state: 'idle' | 'knocking' | 'open' | 'failed';
  readonly closesInMs: number | null;
}

export interface ControlStatus {
  readonly role: 'app' | 'agent';
  readonly version: string;
  readonly pid: number;
  readonly home: string;
  readonly profiles: number;
  readonly secrets: Pick<SecretsHealth, 'store' | 'state' | 'detail'>;
  readonly native: NativeHealth;
  readonly grants: readonly {
    readonly profile: string;
    readonly address: string;
    readonly port: number;
    readonly closesInMs: number;
  }[];
  readonly notices?: readonly ControlNotice[];
}

export type ControlNotice = Pick<Notice, 'message' | 'hint'>;

export interface ControlAnswers extends SecretAnswers, PeopleAnswers, ClockAnswers {
  readonly hello: {
    readonly role: 'app' | 'agent';
    readonly version: string;
    readonly pid: number;
    readonly store: SecretsHealth['store'];
  };
  readonly list: {
    readonly profiles: readonly ControlProfile[];
    readonly notices?: readonly ControlNotice[];
  };
  readonly add: { readonly profile: ControlProfile } & MethodAdvice;
  readonly remove: {
    readonly profile: ControlProfile;
    /** Why the secret is still stored, where it is. */
    readonly secretLeft?: Pick<Problem, 'code' | 'message' | 'hint'>;
  };
  readonly knock: KnockReport;
  readonly connect: {
    readonly report: KnockReport | null;
    /** What follows where that is ssh; else empty. */
    readonly argv: readonly string[];
    /** What follows where that is not ssh and the port is reachable. */
    readonly next?: Exclude<NextStep, { readonly kind: 'ssh' }>;
  };
  /** `test`: nothing is to be started; the window says that it works. */
  readonly ticket: {
    readonly argv: readonly string[];
    readonly test?: true;
    /** What `installer --over-ssh` is to do, by a profile's id. */
    readonly install?: { readonly profile: string; readonly options: ExportOptions };
    readonly user?: UserOrder;
  };
  readonly proxy: { readonly address: string; readonly port: number; readonly report: KnockReport | null };
  readonly derive: { readonly sequence: string };
  /** `cleared` with `clear`: how many there were. */
  readonly history: {
    readonly profile: string;
    readonly runs: readonly RunRecord[];
    readonly cleared?: number;
  };
  readonly status: ControlStatus;
  readonly rekey: { readonly profile: ControlProfile };
  /** The file itself comes before, in `part` events: it may hold the profile's secret, and be longer than an answer. */
  readonly installer: {
    readonly fileName: string;
    readonly size: number;
    /** Of the whole file, hex. */
    readonly sha256: string;
    readonly holdsSecrets: boolean;
    readonly nextSteps: readonly string[];
  };
  readonly importRead: ImportReview;
  readonly importUnlock: ImportReview;
  /** The file's text; its secrets are sealed in it, or not in it. */
  readonly export: Exported;
  /**
   * The link, with the secret in it: the command line shows it to a person or writes it to a file, nothing else. `qr` is
   * the same as a QR code, a string of 0 and 1 (dark) for each of its rows.
   */
  readonly exportUri: { readonly uri: string; readonly qr: readonly string[] };
  readonly importApply: { readonly profiles: readonly ControlProfile[] };
  /** `session`: this run's secrets by profile id, handed from an agent to the app that asked it to give way. */
  readonly quit: { readonly session?: Readonly<Record<string, string>> };
}
