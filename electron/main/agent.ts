/**
 * The agent: Sallyport without a window, for scripts and headless hosts. It serves the control socket, ends ten minutes
 * after its last client, and gives way to the app.
 */
import { dirname, join } from 'node:path';
import { ProblemError, toProblem } from '../../shared/contract/result';
import { composeServices } from './compose';
import { controlMethods } from './control/methods';
import { ControlServer } from './control/server';
import { helperFolder, homeFolder, socketPath, type Environment } from './paths';
import { version } from './version';

const IDLE_MS = 10 * 60 * 1000;

async function main(): Promise<void> {
  const environment: Environment = {
    env: process.env,
    platform: process.platform,
    uid: process.getuid?.() ?? null,
  };
  const home = homeFolder(environment);
  // dist/agent.cjs in a checkout; the app's resources when installed.
  const helpers =
    process.env['SALLYPORT_HELPERS'] ?? helperFolder(join(dirname(__dirname), 'build', 'helper'));
  const services = await composeServices({ home, helpers, env: process.env, openLink: noDesktop });

  let idle: NodeJS.Timeout | undefined;
  let stopping = false;
  const stop = async (): Promise<void> => {
    stopping = true;
    clearTimeout(idle);
    // The socket is given up last: who takes it over then finds everything on disk.
    await services.stop();
    await server.close();
    services.log.info('agent ended');
    await services.letGo();
    process.exit();
  };
  const watchIdle = (clients: number): void => {
    clearTimeout(idle);
    if (clients > 0 || stopping) return;
    idle = setTimeout(() => {
      if (Object.keys(services.sessionSecrets()).length > 0) watchIdle(0);
      else void stop();
    }, IDLE_MS);
  };

  const identity = { role: 'agent', version, pid: process.pid, home } as const;
  const place = {
    home,
    socket: socketPath(home, environment),
    platform: process.platform,
    uid: environment.uid,
  };
  const methods = controlMethods(services, identity, () => void stop());
  const server = await ControlServer.listen(place, methods, watchIdle);
  watchIdle(0);
  // Only who holds the socket may touch the stores. Not waited for: a keychain may put up a prompt.
  void services.recovery.tidy();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void stop());
  services.log.info('agent started', { version });
}

/** Only a window asks for a link to be opened, and the agent has none. */
function noDesktop(): Promise<void> {
  return Promise.reject(
    new ProblemError({ code: 'internal', message: 'The agent has no desktop to open a link on.' }),
  );
}

main().catch((error: unknown) => {
  const { message, hint, detail } = toProblem(error);
  process.stderr.write([message, hint, detail].filter((line) => line !== undefined).join('\n') + '\n');
  process.exitCode = 1;
});
