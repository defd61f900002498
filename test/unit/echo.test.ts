import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { webEchoServices } from '../../electron/main/adapters/echo-services';
import { echoService, echoUrlProblem, readEcho } from '../../shared/spa/echo';
import { problemOf } from '../fakes/fake-services';

describe('the address of an echo service', () => {
  it.each([
    ['https://ip.example.org', { secure: true, host: 'ip.example.org', port: 443, path: '/' }],
    [
      'https://ip.example.org:8443/v4?format=text',
      { secure: true, host: 'ip.example.org', port: 8443, path: '/v4?format=text' },
    ],
    ['http://127.0.0.1:8080/', { secure: false, host: '127.0.0.1', port: 8080, path: '/' }],
    ['https://[2001:db8::1]/', { secure: true, host: '2001:db8::1', port: 443, path: '/' }],
  ])('is taken apart: %s', (url, service) => {
    expect([echoService(url), echoUrlProblem(url)]).toEqual([service, null]);
  });

  it.each([
    ['http://ip.example.org/', 'https'],
    ['http://10.0.0.1/', 'https'],
    ['http://127.example.org/', 'https'],
    ['ftp://ip.example.org/', 'web address'],
    ['https://user@ip.example.org/', 'web address'],
    ['https://ip.example.org/#part', 'web address'],
    ['https://ip.example.org/a b', 'web address'],
    ['https://ip.example.org/\r\nHost: other', 'web address'],
    ['https://-x/', 'dash'],
    ['https://ip.example.org:70000/', 'port'],
    ['', 'web address'],
    [`https://ip.example.org/${'a'.repeat(300)}`, 'web address'],
  ])('is refused: %.40s', (url, words) => {
    expect(echoUrlProblem(url)).toContain(words);
  });
});

describe('what an echo service says', () => {
  it('is one address of the family asked for', () => {
    expect(readEcho('203.0.113.9\n', 'ipv4')).toBe('203.0.113.9');
    expect(readEcho(' 2001:db8::9\r\n', 'ipv6')).toBe('2001:db8::9');
    const bad = [
      '',
      '203.0.113.9 203.0.113.10',
      '203.0.113',
      '2001:db8::9',
      '0.0.0.0',
      '127.0.0.1',
      '224.0.0.1',
      '255.255.255.255',
      '<p>203.0.113.9</p>',
      `203.0.113.9${' '.repeat(60)}`,
    ];
    for (const text of bad) expect(readEcho(text, 'ipv4'), text).toBeNull();
    for (const text of ['::', '::1', 'ff02::1', 'fe80::1%eth0', 'fe80::1', '203.0.113.9'])
      expect(readEcho(text, 'ipv6'), text).toBeNull();
  });

  it('becomes nothing but an address, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('ipv4', 'ipv6'), (text, family) => {
        const read = readEcho(text, family);
        if (read !== null) expect(read).toMatch(/^[0-9a-fA-F.:]+$/);
      }),
    );
  });
});

describe('asking', () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => cleanups.splice(0).forEach((clean) => clean()));

  async function serve(answer: RequestListener): Promise<string> {
    const server = createServer(answer);
    cleanups.push(() => {
      server.closeAllConnections();
      server.close();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/ip`;
  }
  const never = new AbortController().signal;

  it('answers the address, and tells the service nothing but that it was asked', async () => {
    let seen: unknown;
    const url = await serve((request, response) => {
      seen = [request.method, request.url, Object.keys(request.headers).toSorted()];
      response.end('203.0.113.9\n');
    });
    expect(await webEchoServices.ask(url, 'ipv4', never)).toEqual({
      host: '127.0.0.1',
      address: '203.0.113.9',
    });
    expect(seen).toEqual(['GET', '/ip', ['accept', 'connection', 'host', 'user-agent']]);
  });

  it.each<[string, RequestListener, string]>([
    ['a status', (_, response) => void response.writeHead(503).end('203.0.113.9'), 'status 503'],
    ['a redirect', (_, response) => void response.writeHead(302, { location: '/x' }).end(), 'status 302'],
    ['a page', (_, response) => void response.end('<html>'.repeat(5000)), 'more than an address'],
    [
      'another family',
      (_, response) => void response.end('2001:db8::9'),
      'something else than one IPv4 address',
    ],
    ['a broken connection', (request) => void request.socket.destroy(), 'The network says'],
    [
      'an answer that breaks off',
      (_, response) => {
        response.writeHead(200, { 'content-length': 50 });
        response.write('203.0', () => response.destroy());
      },
      'The network says ECONNRESET',
    ],
    [
      'an answer in pieces that breaks off',
      (_, response) => void response.write('203.0.113.9', () => response.destroy()),
      'The network says ECONNRESET',
    ],
    [
      'another protocol',
      ({ socket }) => void socket.write('HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'),
      'status 101',
    ],
  ])('fails in words for %s', async (_name, answer, words) => {
    expect(await problemOf(webEchoServices.ask(await serve(answer), 'ipv4', never))).toMatchObject({
      code: 'network',
      message: expect.stringContaining(words),
      hint: expect.stringContaining('Nothing was sent'),
    });
  });

  it('takes an answer whose end is the end of the connection', async () => {
    const url = await serve(({ socket }) => void socket.end('HTTP/1.1 200 OK\r\n\r\n203.0.113.9\n'));
    expect(await webEchoServices.ask(url, 'ipv4', never)).toMatchObject({ address: '203.0.113.9' });
  });

  it('stops in the middle of an answer when it is called off', async () => {
    const calledOff = new AbortController();
    const url = await serve((_, response) => {
      response.writeHead(200, { 'content-length': 50 });
      response.write('203.0', () => setTimeout(() => calledOff.abort(), 50));
    });
    await expect(webEchoServices.ask(url, 'ipv4', calledOff.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  it('does not wait for a silent service, nor for one that never ends', { timeout: 15_000 }, async () => {
    const silent = await serve(() => undefined);
    const drips = await serve((_, response) => void response.write('2'));
    const [one, two] = await Promise.all(
      [silent, drips].map((url) => problemOf(webEchoServices.ask(url, 'ipv4', never))),
    );
    for (const problem of [one, two])
      expect(problem).toMatchObject({ message: expect.stringContaining('within 3 s') });
  });
});
