/**
 * What a client may add to a step, after semicolons: `7000:tcp;flags=syn+fin;ttl=64;from=40001;gap=300` or
 * `8000:udp;data=hex:0a0b`. A server never reads these: they say how the packet is made, not which one it is.
 */
import { hexToBytes } from '@noble/hashes/utils.js';

export const TCP_FLAGS = ['fin', 'syn', 'rst', 'psh', 'ack', 'urg'] as const;
export type TcpFlag = (typeof TCP_FLAGS)[number];

/** Milliseconds from one step to the next. */
export const GAP_MS = { min: 0, max: 5000, usual: 150 } as const;
/** What leaves in one Ethernet frame with room for tunnels, as for ICMP. */
const MAX_DATA = 1400;
/** Ports below need rights that a client has not. */
const LOWEST_SOURCE = 1024;

export interface StepOptions {
  /** TCP only; else the profile's. */
  readonly flags?: readonly TcpFlag[];
  /** 1-255; the hop limit over IPv6. */
  readonly ttl?: number;
  /** The source port of a TCP or UDP step, 1024-65535. */
  readonly from?: number;
  /** The payload of a UDP step as lower-case hex; else one zero byte. */
  readonly data?: string;
  /** Milliseconds until the next step; else the profile's. */
  readonly gapMs?: number;
}

type Carrier = 'tcp' | 'udp' | 'icmp';

const NAMES = {
  flags: ['tcp'],
  ttl: ['tcp', 'udp', 'icmp'],
  from: ['tcp', 'udp'],
  data: ['udp'],
  gap: ['tcp', 'udp', 'icmp'],
} as const satisfies Record<string, readonly Carrier[]>;
type Name = keyof typeof NAMES;

/** Reads the options of one step, each a `name=value`; words on the first that does not hold. */
export function parseStepOptions(texts: readonly string[], carrier: Carrier): StepOptions | string {
  const seen = new Set<string>();
  let options: StepOptions = {};
  for (const text of texts) {
    const [, typed = text, value = ''] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
    const name = typed.trim().toLowerCase();
    if (!isName(name)) return `${quoted(name)} is not an option; they are flags, ttl, from, data and gap.`;
    if (seen.has(name)) return `${name} is given twice.`;
    seen.add(name);
    const carriers: readonly Carrier[] = NAMES[name];
    if (!carriers.includes(carrier)) return `${name} goes with ${carriers.join(' and ')} steps only.`;
    const read = READERS[name](value.trim());
    if (typeof read === 'string') return `${name}: ${read}`;
    options = { ...options, ...read };
  }
  return options;
}

/** The options as they are written behind a step, each with its semicolon; nothing for none. */
export function formatStepOptions({ flags, ttl, from, data, gapMs }: StepOptions): string {
  return [
    flags === undefined ? '' : `;flags=${flags.join('+')}`,
    ttl === undefined ? '' : `;ttl=${ttl}`,
    from === undefined ? '' : `;from=${from}`,
    data === undefined ? '' : `;data=hex:${data}`,
    gapMs === undefined ? '' : `;gap=${gapMs}`,
  ].join('');
}

/** The payload that `data` stands for. */
export function dataBytes(data: string): Uint8Array {
  return hexToBytes(data);
}

const READERS: Readonly<Record<Name, (value: string) => StepOptions | string>> = {
  flags: (value) => {
    const flags = value.toLowerCase().split('+');
    const known = flags.flatMap((flag) => TCP_FLAGS.filter((one) => one === flag.trim()));
    if (known.length < flags.length) return 'expected fin, syn, rst, psh, ack or urg, joined by +.';
    return new Set(known).size === known.length ? { flags: known } : 'each flag can be given once.';
  },
  ttl: (value) => number(value, 1, 255, (ttl) => ({ ttl })),
  from: (value) => number(value, LOWEST_SOURCE, 65535, (from) => ({ from })),
  gap: (value) => number(value, GAP_MS.min, GAP_MS.max, (gapMs) => ({ gapMs })),
  data: (value) => {
    const [, form = '', rest = ''] = /^(hex|text):(.*)$/is.exec(value) ?? [];
    const data = form.toLowerCase() === 'text' ? hexOf(rest) : rest.toLowerCase();
    if (form === '' || data === null || !/^([0-9a-f]{2})*$/.test(data))
      return 'expected hex: and pairs of hex digits, or text: and ASCII without comma and semicolon.';
    return data.length / 2 > MAX_DATA ? `${MAX_DATA} bytes are the most.` : { data };
  },
};

function number(
  text: string,
  low: number,
  high: number,
  found: (value: number) => StepOptions,
): StepOptions | string {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
  return value >= low && value <= high ? found(value) : `expected a whole number from ${low} to ${high}.`;
}

/** Null for what is not printable ASCII. */
function hexOf(text: string): string | null {
  if (!/^[\x20-\x7e]*$/.test(text)) return null;
  return Array.from(text, (char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
}

function isName(name: string): name is Name {
  return Object.hasOwn(NAMES, name);
}

function quoted(name: string): string {
  return `"${name.slice(0, 20)}"`;
}
