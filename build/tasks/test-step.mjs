/** Runs the steps of npm test, each in a process group of its own, so that it can be ended whole when it hangs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const LIMIT_MS = 20 * 60_000;
/** What tidies up after itself, namespaces for one, gets the time for it. */
const GRACE_MS = 15_000;
const INTERRUPTED = 130;

/** More than one where steps run side by side. */
const running = new Set();

/**
 * Runs a command to its end. Nothing it does rejects: not to be found and to hang are codes other than 0, too.
 * @param onOutput gets its standard output in pieces; without it that goes to the screen
 * @returns {Promise<number>} the exit code
 */
export async function runStep([command, ...argv], { cwd, env = process.env, onOutput }) {
  const stdio = ['ignore', onOutput === undefined ? 'inherit' : 'pipe', 'inherit'];
  const child = spawn(command, argv, { cwd, env, stdio, detached: true });
  running.add(child);
  if (onOutput !== undefined) child.stdout.setEncoding('utf8').on('data', onOutput);
  const limit = setTimeout(() => {
    console.error(`${command} was not done in ${LIMIT_MS / 60_000} minutes and is ended.`);
    endGroup(child, 'SIGTERM');
  }, LIMIT_MS);
  try {
    const [code] = await once(child, 'close');
    return code ?? 1;
  } catch (error) {
    console.error(`${command} could not be run: ${error.message}`);
    return 1;
  } finally {
    clearTimeout(limit);
    running.delete(child);
  }
}

/** A step that is one check: it passed when its exit code is 0. */
export async function check(argv, cwd, env = process.env) {
  const code = await runStep(argv, { cwd, env });
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

export async function ask(argv, cwd) {
  let stdout = '';
  const code = await runStep(argv, { cwd, onOutput: (text) => (stdout += text) });
  return { code, stdout };
}

/** Ends what is running, waits for all of it to tidy up, and ends this process. */
export async function stopSteps(signal) {
  await Promise.all(
    [...running].map((child) => {
      endGroup(child, signal);
      return once(child, 'close');
    }),
  );
  process.exit(INTERRUPTED);
}

function endGroup({ pid }, signal) {
  const send = (what) => {
    try {
      process.kill(-pid, what);
    } catch {
      // ESRCH: the whole group has ended, as it should.
    }
  };
  send(signal);
  setTimeout(() => send('SIGKILL'), GRACE_MS).unref();
}
