/**
 * The part of SNTP (RFC 4330, a subset of RFC 5905) that compares a clock once: one request, one answer. The request
 * carries a random transmit timestamp instead of the time: the answer must repeat it, which somebody off the path
 * cannot forge, and nobody is told what the clock here says.
 */

export const SNTP_BYTES = 48;
const NTP_TO_UNIX_S = 2_208_988_800;
const ERA_S = 2 ** 32;
const CLIENT = 0x23; // version 4, mode 3
const SERVER_MODE = 4;
const UNSYNCHRONISED = 3;

/** @param nonce 8 random bytes. */
export function sntpRequest(nonce: Uint8Array): Uint8Array {
  const packet = new Uint8Array(SNTP_BYTES);
  packet[0] = CLIENT;
  packet.set(nonce, 40);
  return packet;
}

export interface SntpTimes {
  /** When the server got the request and sent its answer, by its clock: milliseconds since the Unix epoch. */
  readonly received: number;
  readonly sent: number;
}

/** The server's times, or what is wrong with its answer (RFC 4330, section 5). */
export function readSntpAnswer(packet: Uint8Array, nonce: Uint8Array): SntpTimes | string {
  if (packet.length < SNTP_BYTES) return 'Its answer is too short.';
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  const head = view.getUint8(0);
  const stratum = view.getUint8(1);
  if (nonce.some((byte, index) => packet[24 + index] !== byte)) return 'Its answer is to another question.';
  if ((head & 7) !== SERVER_MODE) return 'Its answer is not one of a time server.';
  if (stratum === 0) return 'It asks to be left alone.';
  if (head >> 6 === UNSYNCHRONISED || stratum > 15) return 'It does not know the time itself.';
  const received = timestamp(view, 32);
  const sent = timestamp(view, 40);
  if (received === null || sent === null || sent < received) return 'Its answer has no usable time in it.';
  return { received, sent };
}

/** The offset of the server's clock and half the way there and back, by the four times of RFC 4330, section 5. */
export function sntpOffset(
  left: number,
  { received, sent }: SntpTimes,
  back: number,
): { readonly offsetMs: number; readonly uncertaintyMs: number } {
  return {
    offsetMs: (received - left + (sent - back)) / 2,
    uncertaintyMs: Math.max(0, back - left - (sent - received)) / 2,
  };
}

/** Seconds since 1900, or since 2036 where the first bit is clear (RFC 4330, section 3); null when not set. */
function timestamp(view: DataView, at: number): number | null {
  const seconds = view.getUint32(at);
  const fraction = view.getUint32(at + 4);
  if (seconds === 0 && fraction === 0) return null;
  const era = seconds < 2 ** 31 ? ERA_S : 0;
  return (seconds + era - NTP_TO_UNIX_S + fraction / ERA_S) * 1000;
}
