import { createDecipheriv, createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { KnockMethod } from '../../electron/main/services/knock-plan';
import { SPA_DEFAULTS, type SpaSettings } from '../../shared/profile/spa';
import { knockWorld } from '../fakes/knock-world';

const KEY = Buffer.from('not a key of anybody').toString('base64');

function start(settings: Partial<SpaSettings>, more: Parameters<typeof knockWorld>[1] = {}) {
  const method: KnockMethod = {
    kind: 'spa',
    key: KEY,
    hmacKey: KEY,
    settings: { ...SPA_DEFAULTS, ...settings },
  };
  const world = knockWorld(method, more);
  /** The fields of the packet sent last, the texts in it decoded. */
  const fields = (): string[] => {
    const packet = Buffer.from(world.net.sent.at(-1)?.bytes ?? []).toString();
    const blob = Buffer.from(`U2FsdGVkX1${packet.slice(0, -43)}`, 'base64');
    const [secret, salt] = [Buffer.from(KEY, 'base64'), blob.subarray(8, 16)];
    let derived = Buffer.alloc(0);
    for (let block = Buffer.alloc(0); derived.length < 48; derived = Buffer.concat([derived, block])) {
      block = createHash('md5')
        .update(Buffer.concat([block, secret, salt]))
        .digest();
    }
    const cipher = createDecipheriv('aes-256-cbc', derived.subarray(0, 32), derived.subarray(32, 48));
    const plain = Buffer.concat([cipher.update(blob.subarray(16)), cipher.final()]).toString();
    const text = (field: string) =>
      /^\d{1,15}$/.test(field) ? field : Buffer.from(field, 'base64').toString();
    return plain.split(':').slice(4, -1).map(text);
  };
  return { ...world, fields };
}

describe('an SPA knock', () => {
  it.each<[string, Partial<SpaSettings>, string[], string?]>([
    ['access', {}, ['1', '0.0.0.0,tcp/22']],
    [
      'a host behind the server',
      { nat: { kind: 'nat', host: '192.168.10.3', port: 2222 } },
      ['2', '0.0.0.0,tcp/22', '192.168.10.3,2222'],
    ],
    [
      'that for a time',
      { nat: { kind: 'nat', host: 'inner.lan', port: 22 }, timeout: 60 },
      ['4', '0.0.0.0,tcp/22', 'inner.lan,22', '60'],
    ],
    [
      'another port of the server',
      { nat: { kind: 'local-nat', port: 2222 } },
      ['5', '0.0.0.0,tcp/22', '203.0.113.7,2222'],
    ],
    [
      'that for a time, too',
      { nat: { kind: 'local-nat', port: 2222 }, timeout: 9 },
      ['6', '0.0.0.0,tcp/22', '203.0.113.7,2222', '9'],
    ],
    [
      'further ports, the protected one once',
      { morePorts: 'udp/53,tcp/22,tcp/443', timeout: 9 },
      ['3', '0.0.0.0,tcp/22,udp/53,tcp/443', '9'],
    ],
    ['another address', { allow: { kind: 'fixed', address: '198.51.100.3' } }, ['1', '198.51.100.3,tcp/22']],
    [
      'an IPv6 address, over IPv6',
      { allow: { kind: 'fixed', address: '2001:db8::3' } },
      ['1', '2001:db8::3,tcp/22'],
      '2001:db8::7',
    ],
  ])('asks for %s', async (_name, settings, wanted, server = '203.0.113.7') => {
    const { run, fields, net } = start(settings);
    net.addresses = [server];
    await run();
    expect(fields()).toEqual(wanted);
    expect(net.asked).toEqual([]);
  });

  it('asks the echo service once a run, right before the packet, and says what it said', async () => {
    const { run, fields, net, told } = start({ allow: { kind: 'echo', url: 'https://ip.example.org/' } });
    const { notes } = await run();
    expect(net.asked).toEqual([{ url: 'https://ip.example.org/', family: 'ipv4' }]);
    expect(fields()).toEqual(['1', '198.51.100.9,tcp/22']);
    expect(net.sent).toHaveLength(3);
    expect(notes).toEqual(['Asked ip.example.org, which sees you as 198.51.100.9.']);
    expect(told.findIndex(({ kind }) => kind === 'note')).toBeLessThan(
      told.findIndex(({ kind }) => kind === 'step'),
    );
  });

  it('sends nothing when the service has no answer, and asks it over the family of the knock', async () => {
    const { run, net } = start({ allow: { kind: 'echo', url: 'https://ip.example.org/' } });
    net.addresses = ['2001:db8::7'];
    net.seenAs = new Error('a bug');
    await expect(run()).rejects.toThrow('a bug');
    expect([net.sent, net.asked[0]?.family]).toEqual([[], 'ipv6']);
  });

  it('names its own address to a neighbour, and whoever it comes from in the second try', async () => {
    const { run, fields, net } = start({});
    net.localEnd = { address: '203.0.113.5', name: 'eth0', onLink: true };
    const named: (string | undefined)[] = [];
    net.refuse = () => {
      if (net.sent.length > 0) named.push(fields()[1]);
      return null;
    };
    const { notes } = await run();
    named.push(fields()[1]);
    expect(named).toEqual(['203.0.113.5,tcp/22', '0.0.0.0,tcp/22', '203.0.113.5,tcp/22']);
    expect(notes).toHaveLength(1);
  });

  it('names its own address in the second try where both are in private networks', async () => {
    const { run, net, fields } = start({});
    net.addresses = ['10.200.0.1'];
    net.localEnd = { address: '10.9.0.2', name: 'eth0', onLink: false };
    net.reply = () => (net.sent.length < 2 ? 'silence' : { state: 'open', afterMs: 1 });
    const { verdict, notes } = await run();
    expect(verdict).toBe('opened');
    expect(fields()).toEqual(['1', '10.9.0.2,tcp/22']);
    expect(notes).toEqual([
      "Some servers want an address in the packet: this one names 10.9.0.2, this computer's own.",
    ]);
  });

  it('leaves its own address out where the packet would be too long with it', async () => {
    const { run, net } = start({
      nat: { kind: 'nat', host: 'a'.repeat(63), port: 65535 },
      timeout: 86400,
      username: 'u'.repeat(29),
      hmacDigest: 'sha384',
    });
    net.localEnd = { address: '203.0.113.205', name: 'eth0', onLink: true };
    const { problem } = await run();
    expect([problem, ...net.sent.map(({ bytes }) => bytes?.length)]).toEqual([null, 396, 396, 396]);
  });

  it('refuses what fwknop cannot do, in words', async () => {
    const local = start({ nat: { kind: 'local-nat', port: 22 } });
    local.net.addresses = ['2001:db8::7'];
    expect((await local.run()).problem).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('IPv4'),
    });
    const other = start({ allow: { kind: 'fixed', address: '2001:db8::3' } });
    expect((await other.run()).problem).toMatchObject({
      code: 'bad-input',
      message: 'The packet would let in 2001:db8::3, and goes to 203.0.113.7, over IPv4.',
      hint: expect.stringContaining('IPv6 only'),
    });
    const long = start({
      nat: { kind: 'nat', host: `${'a'.repeat(60)}.x`, port: 65535 },
      timeout: 86400,
      username: 'u'.repeat(29),
      hmacDigest: 'sha512',
    });
    expect((await long.run()).problem).toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('399'),
    });
    expect([...local.net.sent, ...other.net.sent, ...long.net.sent]).toEqual([]);
  });
});
