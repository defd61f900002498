/**
 * What the formats without a daemon of ours need: a fixed sequence as steps, and the numbers around it. They serve
 * nothing else, because nothing but the daemon can follow a rotating key.
 */
import type { TcpFlag } from '../../profile/profile';
import { parseStaticSequence, sameStep, type Step } from '../../sequence/step';
import { plainLine } from '../export-format';
import type { ServerSetup } from '../server-setup';

export type PortStep = Extract<Step, { kind: 'tcp' | 'udp' }>;

export interface StaticDoor {
  readonly open: readonly PortStep[];
  /** Null without a close sequence. */
  readonly close: readonly PortStep[] | null;
  /** Flags that a TCP step carries. */
  readonly flags: readonly TcpFlag[];
  /** Seconds from the first step to the last. */
  readonly window: number;
  /** Seconds that the port stays open. */
  readonly openFor: number;
  readonly port: number;
  /** Networks that need no knock, by family. */
  readonly allow: { readonly ipv4: readonly string[]; readonly ipv6: readonly string[] };
}

/** What every such file begins with, in the comments of shells, nft and knockd. */
export function firstLines({ profile }: ServerSetup, version: string): readonly string[] {
  return [
    `# Port knocking in front of ${profile.port}/tcp for the profile "${plainLine(profile.name)}", by Sallyport ${version}.`,
    '# KEEP THIS FILE SECRET (chmod 600): it holds the knock sequence.',
    '#',
  ];
}

export const SEEN_ON_THE_WIRE =
  '# A fixed sequence can be read on the wire and sent again by whoever sees it. Sallyport’s daemon has rotating ones.';

/** Words on why a setup cannot be written without the daemon, or null. */
export function staticDoorProblem(setup: ServerSetup, what: string): string | null {
  const { method } = setup.profile;
  if (method.kind === 'rotating') {
    return `${what} cannot follow a rotating key: that takes Sallyport’s daemon. Choose the shell script, or give the profile a fixed sequence.`;
  }
  if (method.kind !== 'static') {
    return `${what} knows fixed sequences only. Choose the shell script, or give the profile a fixed sequence.`;
  }
  if (setup.secret === null) {
    return `${what} has nobody to ask for the sequence. Include the secret, or choose the shell script.`;
  }
  const [open = [], close = []] = sequences(setup);
  if ([...open, ...close].some((step) => step.kind === 'icmp')) {
    return `${what} cannot tell one ICMP step from another. Use TCP and UDP steps, or choose the shell script.`;
  }
  // Rules have one place for a packet that begins something.
  const [first] = open;
  return first !== undefined && sameStep(first, close[0])
    ? `${what} cannot tell two sequences apart that begin alike. Let the one that closes begin with another step, or choose the shell script.`
    : null;
}

/** @throws when {@link staticDoorProblem} has something to say. */
export function staticDoor({ profile, secret, key, doors, options }: ServerSetup): StaticDoor {
  if (secret?.kind !== 'static' || profile.method.kind !== 'static') throw new Error('not a fixed sequence');
  const window = Number.parseInt(String(key.toml['window']), 10);
  return {
    open: portSteps(secret.sequence),
    close: secret.closeSequence === null ? null : portSteps(secret.closeSequence),
    flags: profile.method.tcpFlags,
    window,
    openFor: doors[0]?.openFor ?? profile.openFor,
    port: profile.port,
    allow: {
      ipv4: options.allow.filter((network) => !network.includes(':')),
      ipv6: options.allow.filter((network) => network.includes(':')),
    },
  };
}

/**
 * The ports beside the steps of one protocol: a packet to one of them ends what its sender has begun, so that a scan
 * that goes up or down never comes through.
 */
export function neighbours(steps: readonly PortStep[], protocol: PortStep['kind'], gated: number): number[] {
  const own = steps.filter(({ kind }) => kind === protocol).map(({ port }) => port);
  const beside = own.flatMap((port) => [port - 1, port + 1]).filter((port) => port >= 1 && port <= 65535);
  const taken = new Set([...own, ...(protocol === 'tcp' ? [gated] : [])]);
  return [...new Set(beside)].filter((port) => !taken.has(port)).toSorted((a, b) => a - b);
}

function sequences({ secret }: ServerSetup): readonly (readonly Step[])[] {
  if (secret?.kind !== 'static') return [];
  return [secret.sequence, secret.closeSequence ?? ''].map((text) => {
    const parsed = parseStaticSequence(text);
    return parsed.ok ? parsed.steps : [];
  });
}

function portSteps(text: string): PortStep[] {
  const parsed = parseStaticSequence(text);
  return parsed.ok ? parsed.steps.filter((step): step is PortStep => step.kind !== 'icmp') : [];
}
