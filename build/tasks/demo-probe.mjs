/** The demo's own look at a port, independent of what Sallyport says about it. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const ANSWER_MS = 2000;
const QUESTION = 'are you there?';

/** @returns {Promise<'open' | 'refused' | 'filtered'>} what one connection attempt meets within `ms` */
export function probe(host, port, ms) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (state) => {
      resolve(state);
      socket.destroy();
    };
    socket.setTimeout(ms, () => end('filtered'));
    socket.on('connect', () => end('open'));
    socket.on('error', (error) => (error.code === 'ECONNREFUSED' ? end('refused') : reject(error)));
  });
}

/** Connects and reads the service's first line; the service sends back whatever it is sent. */
export async function openSession(host, port) {
  const socket = connect({ host, port });
  socket.setTimeout(ANSWER_MS, () => socket.destroy(new Error(`port ${port} accepts but does not answer`)));
  const [banner] = await once(socket, 'data');
  socket.setTimeout(0).on('error', () => undefined);
  return {
    banner: banner.toString().trim(),
    isAlive: () => {
      socket.write(QUESTION);
      const answer = once(socket, 'data').then(([data]) => data.toString() === QUESTION);
      return Promise.race([answer, sleep(ANSWER_MS, false, { ref: false })]).catch(() => false);
    },
    end: () => socket.destroy(),
  };
}
