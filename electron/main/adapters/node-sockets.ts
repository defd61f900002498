/**
 * Knocks and probes by Node's own sockets. A TCP knock is a non-blocking connect that is destroyed before the kernel
 * would repeat its SYN: Linux does so after 1 s, and a socket that lives up to 900 ms has sent exactly one.
 */
import { createSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import type { PortState } from '../../../shared/contract/views';
import { isIpv6 } from '../../../shared/profile/address';
import type { KnockSockets } from '../ports';
import { errorCode, networkProblem } from './network-problem';

const SYN_LIFETIME_MS = 250;
/** Answers of the far end: what they answer has left. */
const ANSWERED = new Set(['ECONNREFUSED', 'ECONNRESET']);

export const nodeSockets: KnockSockets = {
  tcpSyn(address, port, accepted) {
    return new Promise((resolve, reject) => {
      const socket = open(address, port);
      const end = setTimeout(() => socket.destroy(), SYN_LIFETIME_MS);
      socket.once('close', () => clearTimeout(end));
      socket.on('error', (error) => {
        // Told at once, it is the kernel's own refusal; later it is an answer (EHOSTUNREACH or EACCES, too, is what a
        // firewall's "prohibited" on the way becomes), and the promise has settled.
        if (!ANSWERED.has(errorCode(error))) reject(networkProblem(error, 'A TCP step', address));
      });
      socket.once('connect', () => {
        socket.destroy();
        accepted?.();
      });
      afterRefusals(resolve);
    });
  },

  udp(address, port, payload, { ttl, sourcePort = 0 } = {}) {
    return new Promise((resolve, reject) => {
      const socket = createSocket(isIpv6(address) ? 'udp6' : 'udp4');
      socket.on('error', (error) => {
        socket.close();
        reject(networkProblem(error, 'A UDP step', address));
      });
      // Only a bound socket has a TTL to be set.
      socket.bind({ port: sourcePort, exclusive: true }, () => {
        try {
          if (ttl !== undefined) socket.setTTL(ttl);
        } catch (error) {
          socket.close();
          reject(networkProblem(error, 'A UDP step', address));
          return;
        }
        socket.send(payload, port, address, (error) => {
          socket.close();
          // A refusal by the far end (an earlier ICMP answer) still means that this datagram left.
          if (error === null || errorCode(error) === 'ECONNREFUSED') resolve();
          else reject(networkProblem(error, 'A UDP step', address));
        });
      });
    });
  },

  probe(address, port, signal) {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return resolve('filtered');
      const socket = open(address, port);
      const end = (state: PortState): void => {
        signal.removeEventListener('abort', silence);
        socket.destroy();
        resolve(state);
      };
      const silence = (): void => end('filtered');
      signal.addEventListener('abort', silence, { once: true });
      socket.once('connect', () => end('open'));
      socket.on('error', (error) => {
        const code = errorCode(error);
        if (code === 'ECONNREFUSED' || code === 'ECONNRESET') end('refused');
        else if (code === 'ETIMEDOUT') end('filtered');
        else if (code === 'EHOSTUNREACH' || code === 'EHOSTDOWN') end('unreachable');
        else {
          signal.removeEventListener('abort', silence);
          socket.destroy();
          reject(networkProblem(error, 'A connection', address));
        }
      });
    });
  },
};

/**
 * Calls back when the kernel would have told what it refuses by itself, and before anything from the network can be told.
 * Node connects on the next tick and tells a refusal on one after, all before it polls. Windows tells it by the poll, and
 * nothing of a firewall's answer.
 */
function afterRefusals(then: () => void, ticks = 8): void {
  if (process.platform === 'win32') setImmediate(() => setImmediate(then));
  else if (ticks === 0) then();
  else process.nextTick(() => afterRefusals(then, ticks - 1));
}

function open(address: string, port: number): Socket {
  return connect({ host: address, port, noDelay: true, autoSelectFamily: false });
}
