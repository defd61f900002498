import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockFindings, clockUnknown, SPA_TOLERANCE_MS } from '../../shared/advice/clock';
import { clockServerSchema, webServer } from '../../shared/advice/clock-server';
import { rankCauses, type CauseKind, type Certainty } from '../../shared/advice/finding';
import { familyFinding, interfaceFinding, looksLikeVpn, sinceLastOpened } from '../../shared/advice/network';
import { blockedStepFinding, liveStepFinding } from '../../shared/advice/steps';
import { parseStaticSequence, type Step } from '../../shared/sequence/step';

function steps(text: string): readonly Step[] {
  const parsed = parseStaticSequence(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.steps;
}

const kinds: readonly CauseKind[] = ['clock', 'key', 'lost', 'family', 'elsewhere', 'daemon'];
const finding = fc.record({
  kind: fc.constantFrom(...kinds),
  certainty: fc.constantFrom<Certainty[]>('confirmed', 'ruled-out', 'possible'),
  text: fc.string({ minLength: 1 }),
});
const guess = fc.record({ kind: fc.constantFrom(...kinds), text: fc.string({ minLength: 1 }) });

describe('the ranking', () => {
  it('puts what was measured first, and tells nothing as a cause that was ruled out', () => {
    fc.assert(
      fc.property(fc.array(guess), fc.array(finding), (guesses, findings) => {
        const { causes, checks } = rankCauses(guesses, findings);
        expect(checks).toEqual(findings);
        expect(causes.some(({ certainty }) => certainty === 'ruled-out')).toBe(false);
        const order = causes.map(({ certainty }) => certainty);
        expect(order).toEqual(order.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
        const measured = new Set(findings.map(({ kind }) => kind));
        const guessed = causes.slice(findings.filter(({ certainty }) => certainty !== 'ruled-out').length);
        expect(guessed.map(({ text }) => text)).toEqual(
          guesses.filter(({ kind }) => !measured.has(kind)).map(({ text }) => text),
        );
      }),
    );
  });
});

describe('the clock', () => {
  const at = (offsetMs: number, uncertaintyMs = 50, tolerance = 30_000) =>
    clockFindings({ offsetMs, uncertaintyMs, against: 'ntp.example.org' }, tolerance)[0];

  it.each([
    [
      74_000,
      'confirmed',
      'The clock here is 74 s behind ntp.example.org, so the code or packet was too old.',
    ],
    [-74_000, 'confirmed', 'The clock here is 74 s ahead of ntp.example.org'],
    [-7_500_000, 'confirmed', 'is 2 h 5 min ahead of'],
    [20_000, 'possible', 'near the edge'],
    [30_020, 'possible', 'near the edge'],
    [200, 'ruled-out', 'The clock here agrees with ntp.example.org: 0.2 s apart, give or take 0.1 s.'],
    [-14_000, 'ruled-out', '14 s apart'],
  ])('%i ms off is %s', (offset, certainty, words) => {
    expect(at(offset)).toMatchObject({ kind: 'clock', certainty });
    expect(at(offset)?.text).toContain(words);
  });

  it('may be two minutes off for a single packet', () => {
    expect(at(119_000, 500, SPA_TOLERANCE_MS)).toMatchObject({ certainty: 'possible' });
    expect(at(121_000, 500, SPA_TOLERANCE_MS)).toMatchObject({ certainty: 'confirmed' });
    expect(at(40_000, 500, SPA_TOLERANCE_MS)).toMatchObject({ certainty: 'ruled-out' });
  });

  it('that is right leaves the server’s, and one that nobody told stays possible', () => {
    const [, server] = clockFindings({ offsetMs: 1, uncertaintyMs: 1, against: 'x' }, 30_000);
    expect(server).toMatchObject({ kind: 'server-clock', certainty: 'possible' });
    expect(clockUnknown('It did not answer in time.')).toMatchObject([{ certainty: 'possible' }]);
  });

  it('is compared with a server and nothing behind its name', () => {
    const url = (text: string) => clockServerSchema.safeParse({ kind: 'http', url: text }).success;
    expect(webServer('http://[2001:db8::1]:8080')).toEqual({
      secure: false,
      host: '2001:db8::1',
      port: 8080,
    });
    expect(['https://example.org', 'https://example.org/', 'http://192.0.2.1:8080'].every(url)).toBe(true);
    const bad = [
      'example.org',
      'ftp://example.org',
      'https://a:b@example.org',
      'https://example.org/x',
      'https://example.org?x',
      'https://example.org:70000',
      'https://-x',
      'https://exa mple.org',
      `https://${'a'.repeat(400)}`,
    ];
    expect(bad.filter(url)).toEqual([]);
    expect(clockServerSchema.safeParse({ kind: 'ntp', host: '-oProxy' }).success).toBe(false);
  });
});

describe('the way to the server', () => {
  it('tells an interface that looks like a VPN', () => {
    expect(['wg0', 'tun1', 'utun4', 'ppp0', 'tailscale0', 'My VPN', 'nordlynx'].every(looksLikeVpn)).toBe(
      true,
    );
    expect(['eth0', 'wlan0', 'en0', 'enp3s0', 'Wi-Fi', 'br0'].some(looksLikeVpn)).toBe(false);
    const end = { address: '10.8.0.2', name: 'wg0', onLink: false };
    expect(interfaceFinding('203.0.113.7', end)).toMatchObject({ kind: 'elsewhere', certainty: 'possible' });
    expect(interfaceFinding('203.0.113.7', { ...end, name: null }).text).toContain('from 10.8.0.2');
  });

  it('tells the other family by what the port answers there', () => {
    const family = (others: string[], answer: 'open' | 'filtered' | null) =>
      familyFinding('web1', '203.0.113.7', 22, others, answer);
    expect(family([], null)).toMatchObject({ certainty: 'ruled-out', text: 'web1 has no IPv6 address.' });
    expect(family(['2001:db8::7'], 'open')).toMatchObject({ certainty: 'confirmed' });
    expect(family(['2001:db8::7'], 'open').text).toContain('Choose IPv6');
    expect(family(['2001:db8::7'], 'filtered')).toMatchObject({ certainty: 'possible' });
  });

  it('compares with when the door last opened', () => {
    const last = { at: Date.UTC(2026, 10, 20), address: '203.0.113.7', interface: 'eth0' };
    const since = (address: string, name: string | null) =>
      sinceLastOpened(
        'web1',
        address,
        name === null ? null : { address: '192.0.2.2', name, onLink: false },
        last,
      );
    expect(since('203.0.113.7', 'eth0')).toMatchObject([{ kind: 'address', certainty: 'ruled-out' }]);
    expect(since('203.0.113.9', 'eth0')).toMatchObject([{ kind: 'address', certainty: 'possible' }]);
    expect(since('203.0.113.9', 'eth0')[0]?.text).toContain('2026-11-20');
    expect(since('203.0.113.7', 'wlan0')[1]).toMatchObject({ kind: 'lost', certainty: 'possible' });
    expect(since('2001:db8::7', null)).toEqual([]);
  });
});

describe('the steps', () => {
  it('that met a live service are told by their number', () => {
    expect(liveStepFinding([], false)).toMatchObject({ certainty: 'ruled-out' });
    expect(liveStepFinding([0, 2], false)).toMatchObject({ certainty: 'confirmed' });
    expect(liveStepFinding([0, 2], false)?.text).toMatch(/^Steps 1 and 3 met/);
    expect(liveStepFinding([2], true)).toMatchObject({ certainty: 'possible' });
  });

  it('that networks block are told so', () => {
    expect(blockedStepFinding(steps('41873,445,139'))?.text).toMatch(/^Steps 2 and 3 went where/);
    expect(blockedStepFinding(steps('41873'))).toBeNull();
  });
});
