/** The app takes over from an agent: it asks over the control socket and waits until the socket is free. */
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { answers, type ControlPlace } from './server';

const PATIENCE_MS = 5000;

/** Settles when nobody holds the socket any more, or when patience is over: binding it then tells who does. */
export async function askAgentToLeave(place: ControlPlace): Promise<void> {
  if (place.platform === 'win32' || !(await answers(place.socket))) return;
  await ask(place.socket);
  const end = Date.now() + PATIENCE_MS;
  while (Date.now() < end && (await answers(place.socket))) await delay(50);
}

function ask(path: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.setTimeout(PATIENCE_MS, () => socket.destroy());
    socket.on('connect', () => socket.write('{"v":1,"id":1,"method":"quit","params":{"for":"app"}}\n'));
    socket.on('error', () => socket.destroy());
    socket.on('data', () => socket.end());
    socket.on('close', () => resolve());
  });
}
