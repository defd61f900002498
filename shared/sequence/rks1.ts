/**
 * Rotating Knock Sequence v1 (RKS1), the public specification of which is docs/protocol.md: both sides hold a secret and
 * a clock, and derive the knock sequence of a period from HMAC-SHA-256. Pure: the secret and the counter come in, steps
 * go out. `test/vectors/rks1.json` holds the worked cases that this and the Go implementation share.
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Rks1Parameters } from './parameters';
import type { Step } from './step';

export type Action = 'open' | 'close';

const LABEL = 'sallyport-rks1';
const ICMP_SMALLEST = 32;
const ICMP_SIZES = 961;

/** The counter of a moment: `floor(unix seconds / period)`. */
export function counterAt(unixSeconds: number, period: number): number {
  return Math.floor(unixSeconds / period);
}

/**
 * The steps of one counter.
 * @param secret 16-64 bytes.
 * @param counter a non-negative safe integer.
 * @param parameters checked ones, from {@link checkParameters}; others may not terminate.
 */
export function deriveSteps(
  secret: Uint8Array,
  counter: number,
  action: Action,
  parameters: Rks1Parameters,
): readonly Step[] {
  const draw = uniformSource(byteBlocks(secret, counter, action));
  const { protocols, steps, range } = parameters;
  const usedPorts = new Set<number>();
  const usedSizes = new Set<number>();
  const sequence: Step[] = [];
  while (sequence.length < steps) {
    const protocol = protocols.length > 1 ? protocols[draw(protocols.length)] : protocols[0];
    if (protocol === undefined) throw new Error('RKS1 needs at least one protocol');
    if (protocol === 'icmp') {
      sequence.push({ kind: 'icmp', payload: drawUnused(usedSizes, () => ICMP_SMALLEST + draw(ICMP_SIZES)) });
    } else {
      const port = drawUnused(usedPorts, () => range.low + draw(range.high - range.low + 1));
      sequence.push({ kind: protocol, port });
    }
  }
  return sequence;
}

function drawUnused(used: Set<number>, draw: () => number): number {
  let value = draw();
  while (used.has(value)) value = draw();
  used.add(value);
  return value;
}

/** `uniform(m)` of the specification: 32-bit big-endian draws, those that would favour small values thrown away. */
function uniformSource(nextBlock: () => Uint8Array): (m: number) => number {
  let block: DataView = new DataView(new ArrayBuffer(0));
  let offset = 0;
  const next = (): number => {
    if (offset === block.byteLength) {
      const bytes = nextBlock();
      block = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      offset = 0;
    }
    offset += 4;
    return block.getUint32(offset - 4);
  };
  return (m) => {
    const limit = Math.floor(2 ** 32 / m) * m;
    let value = next();
    while (value >= limit) value = next();
    return value % m;
  };
}

function byteBlocks(secret: Uint8Array, counter: number, action: Action): () => Uint8Array {
  const tail = new DataView(new ArrayBuffer(12));
  tail.setBigUint64(0, BigInt(counter));
  const head = utf8ToBytes(`${LABEL}\0${action}\0`);
  let index = 0;
  return () => {
    tail.setUint32(8, index);
    index += 1;
    return hmac(sha256, secret, concatBytes(head, new Uint8Array(tail.buffer)));
  };
}
