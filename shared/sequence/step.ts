/**
 * Step notation, everywhere the same: `7000:tcp,8000:udp,icmp:128`. It is knockd's own (`port[:tcp|udp]`, no suffix means
 * tcp, spaces and case do not matter) plus `icmp:<payload bytes>`. In a client's own sequences options may follow a step
 * (step-options.ts). Parsing never throws: a bad step is told by its number.
 */
import { formatStepOptions, parseStepOptions, type StepOptions } from './step-options';

export type PortProtocol = 'tcp' | 'udp';
export type Protocol = PortProtocol | 'icmp';

/** `options` is there only where a client's sequence has some. */
export type Step =
  | { readonly kind: PortProtocol; readonly port: number; readonly options?: StepOptions }
  | { readonly kind: 'icmp'; readonly payload: number; readonly options?: StepOptions };

/** The largest echo payload that leaves in one Ethernet frame with room for tunnels; same bound as sallyport-send. */
export const MAX_ICMP_PAYLOAD = 1400;
export const MAX_STATIC_STEPS = 32;
/** Characters; 32 steps with spaces have room, and a hostile page cannot keep the parser busy. */
const LONGEST_TEXT = 4096;

export type ParsedSteps =
  { readonly ok: true; readonly steps: readonly Step[] } | { readonly ok: false; readonly message: string };

/**
 * Reads a knock sequence that a client may send: step notation with options, 1-32 steps as in knockd, ports 1-65535,
 * ICMP payloads 0-1400 bytes.
 */
export function parseStaticSequence(text: string): ParsedSteps {
  if (text.length > LONGEST_TEXT) return { ok: false, message: 'The sequence is far too long.' };
  if (text.trim() === '')
    return { ok: false, message: 'The sequence is empty; write steps like 7000:tcp,8000:udp.' };
  const steps: Step[] = [];
  for (const [index, raw] of text.split(',').entries()) {
    const step = parseClientStep(raw.trim());
    if (typeof step === 'string') return { ok: false, message: `Step ${index + 1}: ${step}` };
    steps.push(step);
  }
  if (steps.length > MAX_STATIC_STEPS) {
    return { ok: false, message: `The sequence has ${steps.length} steps; ${MAX_STATIC_STEPS} is the most.` };
  }
  return { ok: true, steps };
}

/** With its options, where it has some. */
export function formatStep(step: Step): string {
  return formatBareStep(step) + formatStepOptions(step.options ?? {});
}

/** As a server knows it. */
function formatBareStep(step: Step): string {
  return step.kind === 'icmp' ? `icmp:${step.payload}` : `${step.port}:${step.kind}`;
}

export function formatSteps(steps: readonly Step[]): string {
  return steps.map(formatStep).join(',');
}

/** The steps as a server is to be told them: without what only the client knows. */
export function formatBareSteps(steps: readonly Step[]): string {
  return steps.map(formatBareStep).join(',');
}

/** Whether a TCP step is more than a connection can send. */
export function needsRawTcp({ kind, options = {} }: Step): boolean {
  const { flags = ['syn'], ttl, from } = options;
  return kind === 'tcp' && (flags.join() !== 'syn' || ttl !== undefined || from !== undefined);
}

/** Whether a server takes one for the other. */
export function sameStep(a: Step, b: Step | undefined): boolean {
  return b !== undefined && formatBareStep(a) === formatBareStep(b);
}

function parseClientStep(text: string): Step | string {
  const [head = '', ...rest] = text.split(';');
  const step = parseStep(head.trim());
  if (typeof step === 'string' || rest.length === 0) return step;
  const options = parseStepOptions(rest, step.kind);
  return typeof options === 'string' ? options : { ...step, options };
}

function parseStep(written: string): Step | string {
  const text = written.toLowerCase();
  if (text === '') return 'nothing between two commas.';
  const [first = '', second, ...rest] = text.split(':').map((part) => part.trim());
  if (/\d(?::\w+)?\s+\d/.test(text)) return 'put commas between the steps, like 7000:tcp,8000:udp,9000:tcp.';
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
