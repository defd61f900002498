/**
 * Step notation, everywhere the same: `7000:tcp,8000:udp,icmp:128`. It is knockd's own (`port[:tcp|udp]`, no suffix means
 * tcp, spaces and case do not matter) plus `icmp:<payload bytes>`. Parsing never throws: a bad step is told by its number.
 */

export type PortProtocol = 'tcp' | 'udp';
export type Protocol = PortProtocol | 'icmp';

export type Step =
  | { readonly kind: PortProtocol; readonly port: number }
  | { readonly kind: 'icmp'; readonly payload: number };

/** The largest echo payload that leaves in one Ethernet frame with room for tunnels; same bound as sallyport-send. */
export const MAX_ICMP_PAYLOAD = 1400;
export const MAX_STATIC_STEPS = 32;
/** Characters; 32 steps with spaces have room, and a hostile page cannot keep the parser busy. */
const LONGEST_TEXT = 4096;

export type ParsedSteps =
  { readonly ok: true; readonly steps: readonly Step[] } | { readonly ok: false; readonly message: string };

/** Reads step notation: 1 or more steps, ports 1-65535, ICMP payloads 0-1400 bytes. */
export function parseSteps(text: string): ParsedSteps {
  if (text.length > LONGEST_TEXT) return { ok: false, message: 'The sequence is far too long.' };
  if (text.trim() === '')
    return { ok: false, message: 'The sequence is empty; write steps like 7000:tcp,8000:udp.' };
  const steps: Step[] = [];
  for (const [index, raw] of text.split(',').entries()) {
    const step = parseStep(raw.trim().toLowerCase());
    if (typeof step === 'string') return { ok: false, message: `Step ${index + 1}: ${step}` };
    steps.push(step);
  }
  return { ok: true, steps };
}

/** Reads a knock sequence that a client may send: step notation, 1-32 steps as in knockd. */
export function parseStaticSequence(text: string): ParsedSteps {
  const parsed = parseSteps(text);
  if (!parsed.ok) return parsed;
  const count = parsed.steps.length;
  if (count > MAX_STATIC_STEPS) {
    return { ok: false, message: `The sequence has ${count} steps; ${MAX_STATIC_STEPS} is the most.` };
  }
  return parsed;
}

export function formatStep(step: Step): string {
  return step.kind === 'icmp' ? `icmp:${step.payload}` : `${step.port}:${step.kind}`;
}

export function formatSteps(steps: readonly Step[]): string {
  return steps.map(formatStep).join(',');
}

export function sameStep(a: Step, b: Step | undefined): boolean {
  return b !== undefined && formatStep(a) === formatStep(b);
}

function parseStep(text: string): Step | string {
  if (text === '') return 'nothing between two commas.';
  const [first = '', second, ...rest] = text.split(':').map((part) => part.trim());
  if (rest.length > 0) return `"${text}" has too many colons; write 7000:tcp, 7000:udp or icmp:128.`;
  if (first === 'icmp') return icmpStep(second);
  if (!/^\d{1,7}$/.test(first)) return `"${first}" is not a port number.`;
  const port = Number(first);
  if (port < 1 || port > 65535) return `port ${port} is out of range; ports go from 1 to 65535.`;
  if (second === undefined || second === 'tcp') return { kind: 'tcp', port };
  if (second === 'udp') return { kind: 'udp', port };
  return `"${second}" is not a protocol; use tcp or udp.`;
}

function icmpStep(size: string | undefined): Step | string {
  if (size === undefined || !/^\d{1,7}$/.test(size))
    return 'an ICMP step is written icmp:<payload bytes>, like icmp:128.';
  const payload = Number(size);
  if (payload > MAX_ICMP_PAYLOAD)
    return `an ICMP payload of ${payload} bytes is too large; ${MAX_ICMP_PAYLOAD} is the most.`;
  return { kind: 'icmp', payload };
}
