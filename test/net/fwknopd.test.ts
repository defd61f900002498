/** SPA packets of ours against the real fwknopd. */
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBase64 } from '../../shared/spa/base64';
import { spaPacket } from '../../shared/spa/packet';
import { CommandLine } from './command-line';
import { createInnerHost, INNER4 } from './inner-host';
import { reachable, startFwknopd, startSshd } from './peers';
import { createTopology, SERVER4, type Running, type Topology } from './topology';

const key = new Uint8Array(randomBytes(32));
const hmacKey = new Uint8Array(randomBytes(64));
/** Each with an HMAC key of its own, so that no other stanza can be the one that answers. */
const longDigests = (['sha384', 'sha512'] as const).map((digest) => ({
  digest,
  hmacKey: new Uint8Array(randomBytes(64)),
}));

describe('the real fwknopd', () => {
  let net: Topology;
  let fwknopd: Running;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    net.server.run(['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'DROP']);
    fwknopd = await startFwknopd(
      net,
      stanza(hmacKey, 'FW_ACCESS_TIMEOUT 30') +
        longDigests
          .map((long) =>
            stanza(long.hmacKey, `HMAC_DIGEST_TYPE ${long.digest.toUpperCase()}\nFW_ACCESS_TIMEOUT 3`),
          )
          .join(''),
    );
    for (const long of longDigests)
      writeFileSync(join(net.folder, long.digest), encodeBase64(long.hmacKey), { mode: 0o600 });
    writeFileSync(join(net.folder, 'key'), encodeBase64(key), { mode: 0o600 });
    writeFileSync(join(net.folder, 'hmac'), encodeBase64(hmacKey), { mode: 0o600 });
    const keys = ['--spa-key-file', join(net.folder, 'key'), '--spa-hmac-file', join(net.folder, 'hmac')];
    await sallyport.done(['add', 'web1', '--host', SERVER4, '--spa-timeout', '4', ...keys]);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  it('opens for as long as the packet asks, and refuses the same packet again', async () => {
    const tcpdump = net.server.start([...SNIFF, '-i', net.serverLink, 'udp port 62201']);
    await tcpdump.seen(/listening on/);
    expect(await sallyport.knock(['web1'])).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
      after: 'open',
      steps: [{ step: '62201:udp', sentMs: 0 }],
      exit: 0,
    });
    await tcpdump.stop('SIGINT');
    const packet = payloadOf(tcpdump.output());
    expect(packet).toMatch(/^[A-Za-z0-9+/]{140,399}$/);
    await expect.poll(() => reachable(net.client, SERVER4, 22)).toBe(false);
    const begun = fwknopd.output().length;
    await send(packet);
    await expect.poll(() => fwknopd.output().slice(begun)).toMatch(/replay/i);
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  });

  /** What fwknopd has said since then, once it has said all of a packet. */
  const decoded = async (begun: number): Promise<string> => {
    const told = () => fwknopd.output().slice(begun);
    await expect.poll(told).toMatch(/Client Timeout: \d+\n/);
    return told();
  };

  it('opens every port of an imported stanza', async () => {
    const rc = join(net.folder, 'fwknoprc');
    const keys = `KEY_BASE64 ${encodeBase64(key)}\nHMAC_KEY_BASE64 ${encodeBase64(hmacKey)}`;
    const wanted = 'ACCESS udp/5353,tcp/22,tcp/8443\nFW_TIMEOUT 3\nALLOW_IP source';
    writeFileSync(rc, `[several]\nSPA_SERVER ${SERVER4}\n${wanted}\n${keys}\n`, { mode: 0o600 });
    expect(await sallyport.done(['import', rc])).not.toContain('left out');
    const begun = fwknopd.output().length;
    expect(await sallyport.knock(['several'])).toMatchObject({ verdict: 'opened', before: 'filtered' });
    expect(await decoded(begun)).toMatch(/Message String: [\d.]+,tcp\/22,udp\/5353,tcp\/8443/);
    for (const port of ['tcp -m tcp --dport 22', 'udp -m udp --dport 5353', 'tcp -m tcp --dport 8443']) {
      const rule = new RegExp(`-s 10\\.91\\.0\\.1/32 -p ${port} .*-j ACCEPT`);
      await expect.poll(() => net.server.run(['iptables', '-S', 'FWKNOP_INPUT']).stdout).toMatch(rule);
    }
    await expect.poll(() => reachable(net.client, SERVER4, 22), { timeout: 10_000 }).toBe(false);
  });

  const asked = async (...more: string[]): Promise<string> => {
    const keys = ['--spa-key-file', join(net.folder, 'key'), '--spa-hmac-file', join(net.folder, 'hmac')];
    const begun = fwknopd.output().length;
    await sallyport.knock([SERVER4, '--spa-timeout', '6', ...keys, ...more]);
    return decoded(begun);
  };

  it('asks for further ports where a flag says so, but not with NAT', async () => {
    expect(await asked('--port', '22', '--spa-ports', 'udp/5353')).toMatch(
      /Message String: [\d.]+,tcp\/22,udp\/5353/,
    );
    const keys = ['--spa-key-file', join(net.folder, 'key'), '--spa-hmac-file', join(net.folder, 'hmac')];
    for (const [more, words] of [
      [['--spa-ports', 'sctp/1'], 'udp/53,tcp/443'],
      [['--spa-ports', 'udp/53', '--spa-local-nat', '22'], 'With NAT the packet asks for one port'],
    ] as const) {
      const { status, stderr } = await sallyport.run(['knock', SERVER4, '--port', '2200', ...keys, ...more]);
      expect([status, stderr]).toEqual([2, expect.stringContaining(words)]);
    }
    await expect.poll(() => reachable(net.client, SERVER4, 22), { timeout: 10_000 }).toBe(false);
  });

  it('forwards to another port of its own, as local NAT', async () => {
    const told = await asked('--port', '2200', '--spa-local-nat', '22');
    expect(told).toMatch(/Message Type: 6\b/);
    expect(told).toMatch(/Message String: 10\.91\.0\.1,tcp\/2200|Message String: 0\.0\.0\.0,tcp\/2200/);
    expect(told).toMatch(/Nat Access: 10\.91\.0\.2,22\b/);
    expect(told).toMatch(/Client Timeout: 6\b/);
    expect(reachable(net.client, SERVER4, 2200)).toBe(true);
  });

  it('forwards to a host behind it, as NAT access', async () => {
    const removeInner = await createInnerHost(net, 8022);
    try {
      expect(reachable(net.client, SERVER4, 2300)).toBe(false);
      const told = await asked('--port', '2300', '--spa-nat', `${INNER4}:8022`);
      expect(told).toMatch(/Message Type: 4\b/);
      expect(told).toMatch(/Nat Access: 192\.168\.77\.3,8022\b/);
      expect(reachable(net.client, SERVER4, 2300)).toBe(true);
    } finally {
      await removeInner();
    }
  });

  it('lets in whom the chosen echo service names', async () => {
    // Local NAT to port 22 opens that too, for its time.
    await expect.poll(() => reachable(net.client, SERVER4, 22)).toBe(false);
    const echo = createServer((_, response) => response.end('10.91.0.1\n')).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const url = `http://127.0.0.1:${(echo.address() as AddressInfo).port}/`;
    const told = await asked('--port', '22', '--spa-allow', `echo=${url}`);
    expect(told).toMatch(/Message String: 10\.91\.0\.1,tcp\/22/);
    expect(reachable(net.client, SERVER4, 22)).toBe(true);
    echo.closeAllConnections();
    echo.close();
  });

  it('refuses a replayed packet and one of 130 seconds ago', async () => {
    const closed = async (): Promise<void> => {
      await expect.poll(() => reachable(net.client, SERVER4, 22)).toBe(false);
    };
    await closed();
    const packet = makePacket(Date.now() / 1000);
    await send(packet);
    await expect.poll(() => reachable(net.client, SERVER4, 22)).toBe(true);
    await closed();
    const begun = fwknopd.output().length;
    const told = () => fwknopd.output().slice(begun);
    await send(packet);
    await expect.poll(told).toMatch(/replay/i);
    await send(makePacket(Date.now() / 1000 - 130));
    await expect.poll(told).toMatch(/SPA data time difference is too great|is too old|time.*difference/i);
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  });

  it('stays shut for a wrong HMAC key, and says what to look at', async () => {
    writeFileSync(join(net.folder, 'wrong'), encodeBase64(new Uint8Array(64)), { mode: 0o600 });
    const keys = ['--spa-key-file', join(net.folder, 'key'), '--spa-hmac-file', join(net.folder, 'wrong')];
    const report = await sallyport.knock([SERVER4, '--port', '22', ...keys]);
    expect(report).toMatchObject({ verdict: 'no-effect', exit: 1 });
    expect(report.causes?.join(' ')).toContain('HMAC key');
  });

  const timed = ['--spa-timeout', '1'];
  const localNat = ['--spa-local-nat', '22'];
  it.each([
    { digest: 'sha384', type: 1, seconds: 0, port: 22, more: [] },
    { digest: 'sha512', type: 1, seconds: 0, port: 22, more: [] },
    { digest: 'sha384', type: 3, seconds: 1, port: 22, more: timed },
    { digest: 'sha512', type: 3, seconds: 1, port: 22, more: timed },
    { digest: 'sha384', type: 5, seconds: 0, port: 2201, more: localNat },
    { digest: 'sha512', type: 5, seconds: 0, port: 2202, more: localNat },
  ])('opens for $digest, message type $type', async ({ digest, type, seconds, port, more }) => {
    // What the case before has opened is shut first.
    await expect.poll(() => reachable(net.client, SERVER4, port)).toBe(false);
    const begun = fwknopd.output().length;
    const keys = ['--spa-key-file', join(net.folder, 'key'), '--spa-hmac-file', join(net.folder, digest)];
    const how = ['--port', String(port), '--spa-hmac-digest', digest];
    const report = await sallyport.knock([SERVER4, ...how, ...keys, ...more]);
    expect(report).toMatchObject({ after: 'open', exit: 0 });
    const told = await decoded(begun);
    expect(told).toMatch(new RegExp(`Message Type: ${type}\\b`));
    expect(told).toMatch(new RegExp(`Client Timeout: ${seconds}\\b`));
    expect(told).toContain(`(${digest.toUpperCase()})`);
  });

  it('understands NAT access that leaves the time to the server', async () => {
    const nat = { kind: 'nat', to: '192.168.77.3,8022' } as const;
    await send(makePacket(Date.now() / 1000, { nat, timeout: null }));
    await fwknopd.seen(/Message Type: 2\b[^]*Nat Access: 192\.168\.77\.3,8022\b[^]*Client Timeout: 0\b/);
  });
});

/** Packets in hexadecimal, as they come in. */
const SNIFF = ['tcpdump', '-nn', '-l', '-x', '--immediate-mode', '-Q', 'in', '-c', '1'];

/** What the first UDP packet of a capture carried. */
function payloadOf(hexdump: string): string {
  const hex = [...hexdump.matchAll(/^\t0x[0-9a-f]+: +(.*)$/gm)].map(([, words = '']) =>
    words.replaceAll(' ', ''),
  );
  const headers = 28; // IPv4 and UDP, bytes
  return Buffer.from(hex.join(''), 'hex').subarray(headers).toString('latin1');
}

function stanza(hmac: Uint8Array, more: string): string {
  const keys = `KEY_BASE64 ${encodeBase64(key)}\nHMAC_KEY_BASE64 ${encodeBase64(hmac)}`;
  return `SOURCE ANY\n${keys}\n${more}\n`;
}

type Asked = Pick<Parameters<typeof spaPacket>[0], 'nat' | 'timeout'>;

function makePacket(time: number, asked: Asked = { nat: null, timeout: 2 }): string {
  const random = String(randomBytes(8).readBigUInt64BE() % 10n ** 16n).padStart(16, '0');
  const ports = [{ protocol: 'tcp', port: 22 }] as const;
  const salt = new Uint8Array(randomBytes(8));
  return spaPacket(
    { allow: '0.0.0.0', ports, ...asked },
    { key, hmacKey, hmacDigest: 'sha256' },
    { time: Math.floor(time), random, salt, username: 'alice' },
  );
}

function send(packet: string): Promise<void> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) =>
    socket.send(packet, 62201, SERVER4, (error) => {
      socket.close();
      if (error === null) resolve();
      else reject(error);
    }),
  );
}
