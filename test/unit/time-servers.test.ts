// Real sockets on loopback: a time server and a web server of our own.
import { createSocket, type Socket } from 'node:dgram';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemRoutes } from '../../electron/main/adapters/routes';
import { systemClock, systemRandomness } from '../../electron/main/adapters/system';
import { NetworkTime } from '../../electron/main/adapters/time-servers';
import { problemOf } from '../fakes/fake-services';

const UNIX_S = 2_208_988_800;
const open: (Socket | Server)[] = [];
afterEach(() =>
  Promise.all(open.splice(0).map((one) => new Promise<void>((done) => one.close(() => done())))),
);

/** Answers each request `offsetMs` ahead of this computer's clock, or as `spoil` has it. */
async function ntp(
  offsetMs: number,
  spoil: (packet: Buffer) => Buffer = (packet) => packet,
): Promise<NetworkTime> {
  const socket = createSocket('udp4');
  socket.on('message', (request, from) => {
    const answer = Buffer.alloc(48);
    answer[0] = 0x24;
    answer[1] = 2;
    request.copy(answer, 24, 40);
    const seconds = (Date.now() + offsetMs) / 1000;
    for (const at of [32, 40]) {
      answer.writeUInt32BE(Math.floor(seconds) + UNIX_S, at);
      answer.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), at + 4);
    }
    socket.send(spoil(answer), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  open.push(socket);
  return new NetworkTime(systemClock, systemRandomness, socket.address().port);
}

async function web(date: () => string | null): Promise<string> {
  const server = createServer((request, response) => {
    response.sendDate = false;
    const value = date();
    if (value !== null) response.setHeader('Date', value);
    response.end(request.method === 'HEAD' ? undefined : 'x');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  open.push(server);
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const host = { kind: 'ntp', host: '127.0.0.1' } as const;
const patience = (ms = 20_000) => AbortSignal.timeout(ms);
const time = new NetworkTime(systemClock, systemRandomness);

describe('a time server', () => {
  it.each([74_000, -3_600_000, 0])('%i ms ahead is told so', async (offset) => {
    const server = await ntp(offset);
    const start = performance.now();
    const reading = await server.ask(host, patience());
    const tookMs = performance.now() - start;
    // Both clocks are read to the millisecond.
    expect(Math.abs(reading.offsetMs - offset)).toBeLessThan(reading.uncertaintyMs + 3);
    expect(reading.uncertaintyMs).toBeLessThan(tookMs + 3);
  });

  it('that answers something else is not believed', async () => {
    const forged = await ntp(0, (packet) => packet.fill(0, 24, 32));
    expect(await problemOf(forged.ask(host, patience()))).toMatchObject({
      message: expect.stringContaining('another question'),
    });
    const short = await ntp(0, (packet) => packet.subarray(0, 20));
    expect(await problemOf(short.ask(host, patience()))).toMatchObject({
      message: expect.stringContaining('too short'),
    });
  });

  it('that is silent, closed or nowhere is told in words', async () => {
    const silent = createSocket('udp4');
    await new Promise<void>((done) => silent.bind(0, '127.0.0.1', done));
    open.push(silent);
    const { port } = silent.address();
    const asked = new NetworkTime(systemClock, systemRandomness, port).ask(host, patience(200));
    expect(await problemOf(asked)).toMatchObject({ message: expect.stringContaining('in time') });
    const nowhere = time.ask({ kind: 'ntp', host: 'nowhere.invalid' }, patience());
    expect(await problemOf(nowhere)).toMatchObject({ message: expect.stringContaining('leads nowhere') });
    const closed = new NetworkTime(systemClock, systemRandomness, 9).ask(host, patience());
    expect(await problemOf(closed)).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('a web server', () => {
  it('is exact to a second or so', async () => {
    const url = await web(() => new Date(Date.now() + 74_000).toUTCString());
    const start = performance.now();
    const { offsetMs, uncertaintyMs } = await time.ask({ kind: 'http', url }, patience());
    const tookMs = performance.now() - start;
    expect(Math.abs(offsetMs - 74_000)).toBeLessThan(uncertaintyMs + 3);
    expect(uncertaintyMs).toBeLessThan(500 + tookMs);
  });

  it('without a usable date, or that nobody runs, is told in words', async () => {
    for (const date of [null, 'yesterday']) {
      const url = await web(() => date);
      expect(await problemOf(time.ask({ kind: 'http', url }, patience()))).toMatchObject({
        message: expect.stringContaining('no date'),
      });
    }
    const closed = time.ask({ kind: 'http', url: 'http://127.0.0.1:9' }, patience());
    expect(await problemOf(closed)).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
  });
});

describe('the way to an address', () => {
  it('is known without a packet', async () => {
    expect(await systemRoutes.to('127.0.0.1')).toEqual({ address: '127.0.0.1', name: 'lo', onLink: true });
    expect(await problemOf(systemRoutes.to('255.255.255.255'))).toMatchObject({
      message: expect.any(String),
    });
  });
});
