import { describe, expect, it } from 'vitest';
import type { KnockMethod, KnockTarget } from '../../electron/main/services/knock-plan';
import type { Finding } from '../../shared/advice/finding';
import { ProblemError } from '../../shared/contract/result';
import { RKS1_DEFAULTS } from '../../shared/sequence/parameters';
import { knockWorld } from '../fakes/knock-world';
import { SECRET, SEQUENCE } from '../fakes/sample-profiles';

const STATIC: KnockMethod = { kind: 'static', sequence: SEQUENCE, closeSequence: null, tcpFlags: ['syn'] };
const ROTATING: KnockMethod = { kind: 'rotating', secret: SECRET, parameters: RKS1_DEFAULTS };

async function look(
  change: (world: ReturnType<typeof knockWorld>) => unknown = () => undefined,
  method = STATIC,
  more: Partial<KnockTarget> = {},
  input: Parameters<typeof knockWorld>[2] = {},
) {
  const world = knockWorld(method, more, input);
  await change(world);
  const outcome = await world.run();
  const of = (kind: Finding['kind']) => outcome.advice.checks.find((finding) => finding.kind === kind);
  return { ...world, outcome, of, causes: outcome.advice.causes };
}

const compared = ({ services }: ReturnType<typeof knockWorld>) =>
  services.settings.save({
    theme: 'system',
    terminal: { kind: 'auto' },
    clockServer: { kind: 'ntp', host: 'ntp.example.org' },
  });

describe('a knock without effect', () => {
  it('looks at the other family, the way and its steps, and says that it does', async () => {
    const { outcome, kinds, clock } = await look();
    expect(outcome.advice.checks).toMatchObject([
      { kind: 'family', certainty: 'ruled-out' },
      { kind: 'interface', certainty: 'ruled-out' },
      { kind: 'live-step', certainty: 'ruled-out' },
    ]);
    expect(kinds().at(-1)).toBe('checking');
    expect(clock.pending).toBe(0);
    for (const { text } of outcome.advice.causes) expect(text).not.toMatch(/7101|8202|9303/);
  });

  it('tells the step that a service answered, and not its port', async () => {
    const { causes } = await look(({ net }) => net.live.add(9303));
    expect(causes[0]).toMatchObject({ kind: 'live-step', certainty: 'confirmed' });
    expect(causes[0]?.text).toMatch(/^Step 3 met/);
    expect(causes[0]?.text).not.toContain('9303');
  });

  it('finds the port open in the other family', async () => {
    const both = ({ net }: ReturnType<typeof knockWorld>) => {
      net.addresses = ['203.0.113.7', '2001:db8::7'];
      net.reply = ({ address }) => (address.includes(':') ? { state: 'open', afterMs: 20 } : 'silence');
    };
    const { causes } = await look(both);
    expect(causes[0]).toMatchObject({ kind: 'family', certainty: 'confirmed' });
    const silent = await look(({ net }) => void (net.addresses = ['203.0.113.7', '2001:db8::7']));
    expect(silent.of('family')).toMatchObject({ certainty: 'possible' });
    const noWay = await look((world) => {
      both(world);
      world.net.noWay.add('2001:db8::7');
    });
    expect(noWay.of('family')).toBeUndefined();
    expect((await look(both, STATIC, { host: '203.0.113.7' })).of('family')).toBeUndefined();
  });

  it('compares the clock only with a server that was chosen, and only where time counts', async () => {
    const behind = ({ net }: ReturnType<typeof knockWorld>) =>
      void (net.time = { offsetMs: 74_000, uncertaintyMs: 10 });
    expect((await look(behind, ROTATING)).of('clock')).toBeUndefined();
    const chosen = async (world: ReturnType<typeof knockWorld>) => {
      behind(world);
      await compared(world);
    };
    const { causes, of } = await look(chosen, ROTATING);
    expect(causes[0]).toMatchObject({ kind: 'clock', certainty: 'confirmed' });
    expect(of('clock')?.text).toContain('74 s behind ntp.example.org');
    expect((await look(chosen, STATIC)).of('clock')).toBeUndefined();
    const right = await look(compared, ROTATING);
    expect(right.of('clock')).toMatchObject({ certainty: 'ruled-out' });
    expect(right.causes.map(({ kind }) => kind)).not.toContain('clock');
    expect(right.causes[0]).toMatchObject({ kind: 'server-clock' });
  });

  it('says that a time server did not answer', async () => {
    const { of } = await look(async (world) => {
      world.net.time = new ProblemError({ code: 'network', message: 'ntp.example.org could not be asked.' });
      await compared(world);
    }, ROTATING);
    expect(of('clock')?.text).toContain('could not be asked');
  });

  it('is over two seconds later, whatever hangs', async () => {
    const { outcome, clock } = await look(async (world) => {
      await compared(world);
      world.net.times.ask = (_server, signal) =>
        new Promise((_, reject) =>
          signal.addEventListener('abort', () =>
            reject(new ProblemError({ code: 'network', message: 'It did not answer in time.' })),
          ),
        );
      world.net.routes.to = () => new Promise(() => undefined);
    }, ROTATING);
    expect(clock.monotonic() - outcome.elapsedMs).toBeLessThanOrEqual(2001);
    expect(outcome.advice.checks).toMatchObject([
      { kind: 'clock', text: expect.stringContaining('did not answer in time') },
      { kind: 'family' },
      { kind: 'live-step' },
    ]);
    expect(clock.pending).toBe(0);
  });

  it('ends with its caller', async () => {
    const world = knockWorld(STATIC);
    world.net.routes.to = () => new Promise(() => undefined);
    const running = world.run();
    running.catch(() => undefined);
    while (!world.kinds().includes('checking')) await world.clock.advance(500);
    world.abort.abort();
    await expect(running).rejects.toThrow('abort');
    expect(world.clock.pending).toBe(0);
  });

  it('tells a VPN by its name, and another address or network than when the door last opened', async () => {
    const lastOpened = { at: 0, address: '203.0.113.9', interface: 'eth0' };
    const vpn = ({ net }: ReturnType<typeof knockWorld>) =>
      void (net.localEnd = { address: '10.8.0.2', name: 'wg0', onLink: false });
    const { causes } = await look(vpn, STATIC, {}, { lastOpened });
    expect(causes.slice(0, 3).map(({ kind }) => kind)).toEqual(['elsewhere', 'address', 'lost']);
  });

  it('says nothing of services where nobody could hear them', async () => {
    for (const sequence of ['41873:udp,icmp:128', '41873;ttl=9,12951:udp']) {
      const { of } = await look(undefined, { ...STATIC, sequence });
      expect(of('live-step')).toBeUndefined();
      expect(of('capability')).toMatchObject({ certainty: 'ruled-out' });
    }
  });

  it('tells that sallyport-send could send ICMP', async () => {
    const icmp: KnockMethod = { ...STATIC, sequence: '41873,icmp:128,12951' };
    expect((await look(undefined, icmp)).of('capability')).toMatchObject({ certainty: 'ruled-out' });
    const flags: KnockMethod = { ...STATIC, tcpFlags: ['syn', 'fin'] };
    const without = await look(
      ({ net }) => void (net.nativeHealth = { icmp: true, rawTcp: false, hint: 'sudo setcap …' }),
      flags,
    );
    expect(without.causes[0]).toMatchObject({ kind: 'capability', certainty: 'confirmed' });
  });
});

describe('a run that could not go on', () => {
  it('says what else was found, and not the same thing twice', async () => {
    const { outcome } = await look(({ net }) => {
      net.noWay.add('203.0.113.7');
      net.addresses = ['203.0.113.7', '2001:db8::7'];
      net.refuse = () => new ProblemError({ code: 'no-route', message: 'A TCP step could not leave.' });
      net.reply = ({ address }) => (address.includes(':') ? { state: 'open', afterMs: 5 } : 'silence');
    });
    expect(outcome).toMatchObject({ verdict: 'error', problem: { code: 'no-route' } });
    expect(outcome.advice.causes.map(({ kind }) => kind)).toEqual(['family']);
  });

  it('is not looked into where there is nothing to measure', async () => {
    const { outcome, kinds } = await look(undefined, STATIC, {}, { action: 'close' });
    expect(outcome).toMatchObject({ verdict: 'error', problem: { code: 'bad-input' } });
    expect(kinds()).not.toContain('checking');
  });
});
