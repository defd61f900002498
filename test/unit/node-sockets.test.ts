import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeResolver } from '../../electron/main/adapters/node-resolver';
import { nodeSockets } from '../../electron/main/adapters/node-sockets';
import { problemOf } from '../fakes/fake-services';

const cleanups: (() => void)[] = [];
afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

async function listen(host: string): Promise<{ server: Server; port: number; accepted: () => number }> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    socket.on('error', () => undefined).resume();
  });
  cleanups.push(() => server.close());
  server.listen(0, host);
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port, accepted: () => count };
}

/** A port of loopback that nobody listens on. */
async function closedPort(): Promise<number> {
  const { server, port } = await listen('127.0.0.1');
  server.close();
  await once(server, 'close');
  return port;
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp6').bind(0);
  await once(socket, 'listening');
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}

const never = new AbortController().signal;

describe('a probe', () => {
  it.each(['127.0.0.1', '::1'])('sees an open port on %s', async (host) => {
    const { port } = await listen(host);
    expect(await nodeSockets.probe(host, port, never)).toBe('open');
  });

  it('sees a refusal', async () => {
    expect(await nodeSockets.probe('127.0.0.1', await closedPort(), never)).toBe('refused');
  });

  it('is filtered when it is aborted before any answer', async () => {
    expect(await nodeSockets.probe('127.0.0.1', 9, AbortSignal.abort())).toBe('filtered');
    // Without a route to the documentation network the kernel says so instead.
    const abort = new AbortController();
    const probing = nodeSockets.probe('192.0.2.1', 9, abort.signal).catch(() => 'no way there' as const);
    abort.abort();
    expect(['filtered', 'no way there']).toContain(await probing);
  });

  it('holds no socket once it has its answer', async () => {
    const { port, server } = await listen('127.0.0.1');
    const probe = () => nodeSockets.probe('127.0.0.1', port, new AbortController().signal);
    await Promise.all(Array.from({ length: 20 }, probe));
    const open = () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count)));
    await expect.poll(open, { interval: 4 }).toBe(0);
  });
});

describe('a TCP step', () => {
  it('reaches the far end and counts as sent, also when it is refused', async () => {
    const { port, server, accepted } = await listen('127.0.0.1');
    const connected = once(server, 'connection');
    await nodeSockets.tcpSyn('127.0.0.1', port);
    await connected;
    expect(accepted()).toBe(1);
    await nodeSockets.tcpSyn('127.0.0.1', await closedPort());
  });

  it('is a problem in words without the port when the kernel has no way', async () => {
    const problem = await problemOf(nodeSockets.tcpSyn('255.255.255.255', 7123));
    expect(problem).toMatchObject({
      code: expect.stringMatching(/^no-route$|^network$/),
      hint: expect.any(String),
    });
    expect(JSON.stringify(problem)).not.toContain('7123');
  });
});

describe('a UDP step', () => {
  it.each(['127.0.0.1', '::1'])('is one zero byte on %s', async (host) => {
    const receiver = createSocket(host === '::1' ? 'udp6' : 'udp4');
    cleanups.push(() => receiver.close());
    receiver.bind(0, host);
    await once(receiver, 'listening');
    const message = once(receiver, 'message') as Promise<[Buffer]>;
    await nodeSockets.udp(host, receiver.address().port, new Uint8Array(1));
    expect([...(await message)[0]]).toEqual([0]);
  });

  it('counts as sent at a port that refuses', async () => {
    const port = await closedPort();
    for (let count = 0; count < 3; count += 1) await nodeSockets.udp('127.0.0.1', port, new Uint8Array(1));
  });

  it.each(['127.0.0.1', '::1'])('leaves from the source port that was chosen, on %s', async (host) => {
    const receiver = createSocket(host === '::1' ? 'udp6' : 'udp4');
    cleanups.push(() => receiver.close());
    receiver.bind(0, host);
    await once(receiver, 'listening');
    const sourcePort = await freeUdpPort();
    for (let count = 0; count < 2; count += 1) {
      const arrived = once(receiver, 'message') as Promise<[Buffer, { port: number }]>;
      const options = { sourcePort, ttl: 9 };
      await nodeSockets.udp(host, receiver.address().port, new Uint8Array([7]), options);
      const [bytes, { port }] = await arrived;
      expect([[...bytes], port]).toEqual([[7], sourcePort]);
    }
  });

  it('tells of a source port that another program has', async () => {
    const other = createSocket('udp4');
    cleanups.push(() => other.close());
    other.bind(0);
    await once(other, 'listening');
    const options = { sourcePort: other.address().port };
    expect(await problemOf(nodeSockets.udp('127.0.0.1', 7123, new Uint8Array(1), options))).toMatchObject({
      code: 'network',
      message: 'A UDP step could not leave: another program has its source port.',
    });
  });

  it('is a problem in words without the port when the kernel forbids it', async () => {
    const problem = await problemOf(nodeSockets.udp('255.255.255.255', 7123, new Uint8Array(1)));
    expect(problem).toMatchObject({ code: expect.stringMatching(/^no-route$|^network$/) });
    expect(JSON.stringify(problem)).not.toContain('7123');
  });
});

describe('the resolver', () => {
  it('takes literals as they are', async () => {
    expect(await nodeResolver.resolve('203.0.113.7', 'auto')).toEqual(['203.0.113.7']);
    expect(await nodeResolver.resolve('2001:db8::7', 'ipv6')).toEqual(['2001:db8::7']);
  });

  it('looks names up in the wanted family', async () => {
    expect(await nodeResolver.resolve('localhost', 'ipv4')).toEqual(['127.0.0.1']);
  });

  it.each(['0.0.0.0', '224.0.0.1', '255.255.255.255', '::', 'ff02::1'])(
    'takes %s for no server',
    async (host) => {
      expect(await problemOf(nodeResolver.resolve(host, 'auto'))).toMatchObject({
        code: 'bad-input',
        message: `${host} is not the address of a server.`,
      });
    },
  );

  it('says so when a name has only an address that is nobody\u2019s', async () => {
    // getaddrinfo(3) reads that as 0.0.0.0, which is what a name server answers that blocks a name.
    expect(await problemOf(nodeResolver.resolve('0', 'ipv4'))).toMatchObject({
      code: 'unresolvable',
      message: '0 has no address of a server: its name server answers 0.0.0.0 or the like.',
    });
  });

  it.each([
    ['203.0.113.7', 'ipv6', '203.0.113.7 is not an IPv6 address.'],
    ['2001:db8::7', 'ipv4', '2001:db8::7 is not an IPv4 address.'],
    ['a.invalid', 'auto', /a\.invalid/],
    ['a.invalid', 'ipv6', /a\.invalid/],
  ] as const)('cannot resolve %s as %s', async (host, family, message) => {
    expect(await problemOf(nodeResolver.resolve(host, family))).toMatchObject({
      code: 'unresolvable',
      message: typeof message === 'string' ? message : expect.stringMatching(message),
      hint: expect.any(String),
    });
  });
});
