/** Asks a server for the time: by SNTP over UDP, or by the `Date` header of a web server. One request, one answer. */
import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { webServer, type WebServer } from '../../../shared/advice/clock-server';
import { readSntpAnswer, sntpOffset, sntpRequest } from '../../../shared/advice/sntp';
import { ProblemError } from '../../../shared/contract/result';
import type { Clock, Randomness, TimeServers } from '../ports';
import { errorCode } from './network-problem';

const NTP_PORT = 123;
/** A `Date` header is cut off to a whole second (RFC 9110, section 5.6.7). */
const DATE_STEP_MS = 1000;
const LONGEST_HEAD = 16_384;

type Reading = Awaited<ReturnType<TimeServers['ask']>>;

export class NetworkTime implements TimeServers {
  readonly #clock: Clock;
  readonly #random: Randomness;
  readonly #ntpPort: number;

  constructor(clock: Clock, random: Randomness, ntpPort = NTP_PORT) {
    this.#clock = clock;
    this.#random = random;
    this.#ntpPort = ntpPort;
  }

  async ask(...[server, signal]: Parameters<TimeServers['ask']>): Promise<Reading> {
    if (server.kind === 'ntp') return this.#askNtp(server.host, signal);
    const web = webServer(server.url);
    if (web === null) throw noTime(server.url, 'That is no web server.');
    return this.#askWeb(web, signal);
  }

  async #askNtp(host: string, signal: AbortSignal): Promise<Reading> {
    const { address, family } = await lookup(host).catch((error: unknown) => {
      throw noTime(host, `Its name leads nowhere (${errorCode(error)}).`);
    });
    signal.throwIfAborted();
    const nonce = this.#random.bytes(8);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    const silence = (): void => void socket.emit('error', noTime(host, 'It did not answer in time.'));
    signal.addEventListener('abort', silence, { once: true });
    try {
      await connected(socket, this.#ntpPort, address);
      const left = this.#moment();
      const answer = await exchange(socket, sntpRequest(nonce));
      const times = readSntpAnswer(answer, nonce);
      if (typeof times === 'string') throw noTime(host, times);
      return sntpOffset(left.wall, times, left.wall + this.#since(left));
    } catch (error) {
      if (error instanceof ProblemError) throw error;
      throw noTime(host, `The network says ${errorCode(error)}.`);
    } finally {
      signal.removeEventListener('abort', silence);
      socket.removeAllListeners('error');
      socket.on('error', () => undefined);
      socket.close();
    }
  }

  #askWeb({ secure, host, port }: WebServer, signal: AbortSignal): Promise<Reading> {
    return new Promise((resolve, reject) => {
      const left = this.#moment();
      const request = (secure ? requestHttps : requestHttp)({
        host,
        port,
        method: 'HEAD',
        path: '/',
        agent: false,
        signal,
        maxHeaderSize: LONGEST_HEAD,
      });
      request.on('response', ({ headers }) => {
        const tookMs = this.#since(left);
        const date = Date.parse(headers.date ?? '');
        request.destroy();
        if (Number.isNaN(date)) return reject(noTime(host, 'Its answer has no date.'));
        // It was some moment of that second when the request was halfway.
        const offsetMs = date + DATE_STEP_MS / 2 - (left.wall + tookMs / 2);
        resolve({ offsetMs, uncertaintyMs: (DATE_STEP_MS + tookMs) / 2 });
      });
      request.on('error', (error) => {
        const why = signal.aborted ? 'It did not answer in time.' : `The network says ${errorCode(error)}.`;
        reject(noTime(host, why));
      });
      request.end();
    });
  }

  #moment(): { readonly wall: number; readonly steady: number } {
    return { wall: this.#clock.now(), steady: this.#clock.monotonic() };
  }

  #since({ steady }: { readonly steady: number }): number {
    return this.#clock.monotonic() - steady;
  }
}

function connected(socket: Socket, port: number, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.connect(port, address, (error?: Error) => (error == null ? resolve() : reject(error)));
  });
}

function exchange(socket: Socket, packet: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', resolve);
    socket.send(packet);
  });
}

function noTime(host: string, why: string): ProblemError {
  return new ProblemError({ code: 'network', message: `${host} could not be asked for the time. ${why}` });
}
