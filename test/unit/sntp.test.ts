import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSntpAnswer, SNTP_BYTES, sntpOffset, sntpRequest } from '../../shared/advice/sntp';

const NONCE = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
const UNIX_S = 2_208_988_800;

/** An answer as RFC 4330 has it; times are milliseconds since the Unix epoch. */
function answer(received: number, sent: number, head = 0x24, stratum = 2): Uint8Array {
  const packet = new Uint8Array(SNTP_BYTES);
  const view = new DataView(packet.buffer);
  packet[0] = head;
  packet[1] = stratum;
  packet.set(NONCE, 24);
  for (const [at, ms] of [
    [32, received],
    [40, sent],
  ] as const) {
    const seconds = Math.floor(ms / 1000);
    view.setUint32(at, (seconds + UNIX_S) % 2 ** 32);
    view.setUint32(at + 4, Math.floor(((ms / 1000 - seconds) % 1) * 2 ** 32));
  }
  return packet;
}

describe('an SNTP request', () => {
  it('is version 4, from a client, and tells nothing of the clock here', () => {
    const packet = sntpRequest(NONCE);
    expect(packet).toHaveLength(SNTP_BYTES);
    expect(packet[0]).toBe(0x23);
    expect([...packet.slice(40)]).toEqual([...NONCE]);
    expect(packet.slice(1, 40).every((byte) => byte === 0)).toBe(true);
  });
});

describe('an SNTP answer', () => {
  it('is read to the millisecond, before 2036 and after', () => {
    const times = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2090, 0) });
    fc.assert(
      fc.property(times, fc.integer({ min: 0, max: 500 }), (received, took) => {
        const read = readSntpAnswer(answer(received, received + took), NONCE);
        if (typeof read === 'string') throw new Error(read);
        expect(read.received).toBeCloseTo(received, 1);
        expect(read.sent).toBeCloseTo(received + took, 1);
      }),
    );
  });

  it.each<[string, Uint8Array]>([
    ['too short', answer(1e12, 1e12).slice(0, 47)],
    ['another question', answer(1e12, 1e12).fill(9, 24, 25)],
    ['not one of a time server', answer(1e12, 1e12, 0x23)],
    ['left alone', answer(1e12, 1e12, 0x24, 0)],
    ['does not know the time', answer(1e12, 1e12, 0xe4)],
    ['does not know the time', answer(1e12, 1e12, 0x24, 16)],
    ['no usable time', answer(1e12, 1e12).fill(0, 32, 40)],
    ['no usable time', answer(1e12 + 5000, 1e12)],
  ])('that is %s is refused', (why, packet) => {
    expect(readSntpAnswer(packet, NONCE)).toContain(why);
  });

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 128 }), (packet) => {
        expect(readSntpAnswer(packet, NONCE)).toBeTruthy();
      }),
    );
  });

  it('gives the offset, and half the way there and back as what it may be wrong by', () => {
    const read = { received: 10_074_020, sent: 10_074_030 };
    expect(sntpOffset(10_000_000, read, 10_000_050)).toEqual({ offsetMs: 74_000, uncertaintyMs: 20 });
  });
});
