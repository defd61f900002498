/**
 * The demo's story, told from the client's network namespace: the port without Sallyport, closed by it, opened by a knock,
 * closed again. Every sentence is checked before it is said; a story that does not hold ends with exit code 1.
 */
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CLIENT, DOOR_PORT, OPEN_FOR_S, SERVER } from './demo-places.mjs';
import { openSession, probe } from './demo-probe.mjs';
import { createClient, install, startServer } from './demo-sides.mjs';

const PROBE_MS = 1000;
const LATE_MS = 2000;
const INTERRUPTED = 130;
const TOO_LONG_MS = 60_000;

const [folder] = process.argv.slice(2);
const begin = performance.now();
const stop = new AbortController();
const { signal } = stop;
let server;
let client;

async function tell() {
  const folders = install(folder);
  server = await startServer(folders.server);
  await server.perform('listen');
  say(`Two private networks on this machine: the client is ${CLIENT}, the server ${SERVER}.`);
  await expectPort('open');
  say(`Without Sallyport, port ${DOOR_PORT} of the server is open to anybody.`);

  quote(await server.perform('check'));
  await server.perform('run');
  say('The server now runs sallyportd, with one door and a secret made for this demo.');
  await expectPort('filtered');
  say(`Port ${DOOR_PORT}: closed. No answer in ${PROBE_MS / 1000} s, as if nothing were there.`);

  client = createClient(folders.client, signal, quote);
  await client.addProfile('demo');
  say('The client has a profile with the same secret, and knocks.');
  const verdict = await client.knock('demo');
  const knocked = performance.now();
  if (!/^opened\b/m.test(verdict)) throw new Error('the knock did not open the door');
  const logged = server.logged(/event=knock .*result=opened/);
  if (logged === undefined) throw new Error('the server did not log the knock');
  say('The server logged it:');
  quote(logged);
  const session = await openSession(SERVER, DOOR_PORT);
  say(`Port ${DOOR_PORT}: open. The service says "${session.banner}".`);

  say(`The door closes by itself, ${OPEN_FOR_S} s after the knock. Waiting …`);
  const closed = await closing(knocked);
  say(`Port ${DOOR_PORT}: closed again, ${((closed - knocked) / 1000).toFixed(1)} s after the knock.`);
  if (!(await session.isAlive())) throw new Error('the session that was open did not survive the closing');
  say('The session that was opened in between lives on.');
  session.end();
}

function say(text) {
  console.log(`${((performance.now() - begin) / 1000).toFixed(1).padStart(5)} s  ${text}`);
}

function quote(text) {
  for (const line of text.split('\n')) console.log(`         | ${line}`);
}

async function expectPort(state) {
  const seen = await probe(SERVER, DOOR_PORT, PROBE_MS);
  if (seen !== state) throw new Error(`port ${DOOR_PORT} of the server is ${seen}, it should be ${state}`);
}

/** @returns {Promise<number>} when the first attempt that got no answer was made */
async function closing(knocked) {
  for (;;) {
    const asked = performance.now();
    if (asked > knocked + OPEN_FOR_S * 1000 + LATE_MS) throw new Error('the door did not close in time');
    if ((await probe(SERVER, DOOR_PORT, PROBE_MS)) === 'filtered') return asked;
    await sleep(100, undefined, { signal });
  }
}

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stop.abort());
process.on('disconnect', () => stop.abort());
let failure;
try {
  const late = sleep(TOO_LONG_MS, undefined, { ref: false }).then(() => {
    throw new Error(`it was not over in ${TOO_LONG_MS / 1000} s`);
  });
  const stopped = once(signal, 'abort');
  await Promise.race([tell(), late, stopped]);
} catch (error) {
  failure = error;
}
await client?.end();
await server?.end();
rmSync(folder, { recursive: true, force: true });
if (signal.aborted) {
  process.exitCode = INTERRUPTED;
} else if (failure !== undefined) {
  console.error(`The demo failed: ${failure.message}`);
  process.exitCode = 1;
} else {
  say('Server, client and their networks are gone again.');
}
process.exit();
