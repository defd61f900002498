/** One key of a door as the daemon's config has it (section 5 of sallyportd.toml(5)), and the files beside it. */
import { assertNever, fail, ok, type Result } from '../contract/result';
import type { Profile } from '../profile/profile';
import type { ProfileSecret } from '../profile/secret';
import { SPA_DEFAULTS } from '../profile/spa';
import { formatRange, RKS1_DEFAULTS } from '../sequence/parameters';
import { formatBareSteps, parseStaticSequence, sameStep, type Step } from '../sequence/step';
import type { TomlValue } from './toml';

/** A file of the config, as it stands on the server. All are root:sallyport 0640. */
export interface ServerFile {
  readonly path: string;
  /** Ends in a line break. */
  readonly text: string;
  /** Whether the text holds a secret. */
  readonly secret: boolean;
}

/** Something that the server asks for, because it was left out. */
export interface Ask {
  /** Stands in exactly one file, once. */
  readonly placeholder: string;
  /** What is asked for, in words: `the secret of "ops" in base32`. */
  readonly what: string;
  readonly form: 'base32' | 'base64' | 'sequence';
  /** How many random bytes the server may make instead; null where it must be typed. */
  readonly generate: number | null;
}

export interface KeyConfig {
  readonly method: 'rotating' | 'sequence' | 'spa';
  readonly toml: Readonly<Record<string, TomlValue | undefined>>;
  /** Whether a secret stands in the config itself. */
  readonly inline: boolean;
}

export interface ServerKey {
  readonly key: KeyConfig;
  readonly files: readonly ServerFile[];
  readonly asks: readonly Ask[];
}

interface Naming {
  readonly user: string;
  readonly door: string;
  readonly ask: boolean;
}

/** Seconds in which the daemon takes a static sequence unless told otherwise, what the network may add, and the most. */
const WINDOW = { usual: 15, spare: 5, most: 120 } as const;
const FEWEST_STEPS = 3;
/** RKS1's and fwknop's usual lengths, bytes. */
const RANDOM = { secret: 32, spaKey: 32, hmacKey: 64 } as const;

export function serverKey(profile: Profile, secret: ProfileSecret, naming: Naming): Result<ServerKey> {
  const { method } = profile;
  switch (secret.kind) {
    case 'rotating': {
      const { period, steps, protocols, range } =
        method.kind === 'rotating' ? method.parameters : RKS1_DEFAULTS;
      const file = secretFile(naming, 'key', secret.secret, {
        what: `the secret of ${naming.user} in base32`,
        form: 'base32',
        generate: RANDOM.secret,
      });
      const toml = {
        user: naming.user,
        method: 'rotating',
        secret_file: file.name,
        period: `${period}s`,
        steps,
        protocols,
        range: formatRange(range),
      };
      return ok({ key: { method: 'rotating', toml, inline: false }, files: [file.file], asks: file.asks });
    }
    case 'static':
      return staticKey(profile, secret, naming);
    case 'one-time':
      return fail(
        'bad-input',
        'A one-time list cannot be put on a server this way: a new server counts its lines from the first.',
        { hint: 'Copy the list to the server yourself, or make a profile with a rotating key for it.' },
      );
    case 'spa': {
      const settings = method.kind === 'spa' ? method.settings : SPA_DEFAULTS;
      const key = secretFile(naming, 'key', secret.key, {
        what: `the key of ${naming.user}, KEY_BASE64`,
        form: 'base64',
        generate: RANDOM.spaKey,
      });
      const hmac = secretFile(naming, 'hmac', secret.hmacKey, {
        what: `the HMAC key of ${naming.user}, HMAC_KEY_BASE64`,
        form: 'base64',
        generate: RANDOM.hmacKey,
      });
      const toml = {
        user: naming.user,
        method: 'spa',
        key_base64_file: key.name,
        hmac_key_base64_file: hmac.name,
        hmac_digest: settings.hmacDigest,
        udp_port: settings.serverPort,
        // A packet that leaves its address to the server says 0.0.0.0.
        require_source_address: settings.allow.kind !== 'source',
      };
      return ok({
        key: { method: 'spa', toml, inline: false },
        files: [key.file, hmac.file],
        asks: [...key.asks, ...hmac.asks],
      });
    }
    default:
      return assertNever(secret);
  }
}

function staticKey(
  { gapMs, method }: Profile,
  { sequence, closeSequence }: Extract<ProfileSecret, { kind: 'static' }>,
  { user, ask }: Naming,
): Result<ServerKey> {
  const steps = stepsOf(sequence);
  const problem = staticProblem(sequence) ?? (closeSequence === null ? null : staticProblem(closeSequence));
  if (problem !== null) {
    return fail('bad-input', problem, { hint: 'Change the sequence in the profile, or use a rotating key.' });
  }
  const longest = Math.max(...[steps, stepsOf(closeSequence ?? '')].map((all) => travelMs(all, gapMs)));
  const travel = Math.ceil(longest / 1000) + WINDOW.spare;
  if (travel > WINDOW.most) {
    return fail(
      'bad-input',
      `With its gaps the sequence takes ${travel - WINDOW.spare} s; the server waits ${WINDOW.most} s at most.`,
      {
        hint: 'Shorten the gaps in the profile.',
      },
    );
  }
  const flags = method.kind === 'static' ? method.tcpFlags.join(',') : 'syn';
  const asks: Ask[] = [
    { placeholder: '@SEQUENCE@', what: `the sequence of ${user}`, form: 'sequence', generate: null },
    ...(closeSequence === null
      ? []
      : [
          {
            placeholder: '@CLOSE_SEQUENCE@',
            what: `the sequence of ${user} that closes`,
            form: 'sequence',
            generate: null,
          } as const,
        ]),
  ];
  const toml = {
    user,
    method: 'sequence',
    sequence: ask ? '@SEQUENCE@' : formatBareSteps(steps),
    close_sequence:
      closeSequence === null ? undefined : ask ? '@CLOSE_SEQUENCE@' : formatBareSteps(stepsOf(closeSequence)),
    window: `${Math.max(WINDOW.usual, travel)}s`,
    tcpflags: flags === 'syn' ? undefined : flags,
  };
  return ok({ key: { method: 'sequence', toml, inline: true }, files: [], asks: ask ? asks : [] });
}

/** What the daemon would refuse of a static sequence that a client may send. */
function staticProblem(sequence: string): string | null {
  const steps = stepsOf(sequence);
  if (steps.length < FEWEST_STEPS) {
    return `The sequence has ${steps.length} steps; the server takes ${FEWEST_STEPS} or more, so that no scan opens the door by chance.`;
  }
  const flagged = steps.findIndex(({ options }) => options?.flags !== undefined);
  if (flagged >= 0) {
    return `Step ${flagged + 1} has TCP flags of its own; the server takes the same flags for every step.`;
  }
  const again = steps.findIndex((step, index) => sameStep(step, steps[index - 1]));
  if (again < 0) return null;
  return `Steps ${again} and ${again + 1} are the same; the server cannot tell that from a packet sent twice.`;
}

/** From the first step to the last, as the client sends them; a step may have a gap of its own. */
function travelMs(steps: readonly Step[], gapMs: number): number {
  return steps.slice(0, -1).reduce((sum, { options }) => sum + (options?.gapMs ?? gapMs), 0);
}

function stepsOf(sequence: string) {
  const parsed = parseStaticSequence(sequence);
  return parsed.ok ? parsed.steps : [];
}

function secretFile(
  { user, door, ask }: Naming,
  ending: 'key' | 'hmac',
  text: string,
  about: Omit<Ask, 'placeholder'>,
) {
  const name = `${user}-${door}.${ending}`;
  const placeholder = ending === 'key' ? '@KEY@' : '@HMAC_KEY@';
  const file: ServerFile = {
    path: `/etc/sallyport/${name}`,
    text: `${ask ? placeholder : text.trim()}\n`,
    secret: !ask,
  };
  return { name, file, asks: ask ? [{ placeholder, ...about }] : [] };
}
