import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { serveChannel } from './channel-server';
import { parseCommandLine, type CommandLine } from './command-line';
import { createStandIn, type StandIn } from './electron-module';
import { provideElectron } from './module-hook';
import { openWithDesktop } from './modules/system';
import { startBackend } from './start-backend';
import type { Backend } from './surface';

interface AppManifest {
  readonly main?: string;
  readonly name?: string;
  readonly productName?: string;
  readonly version?: string;
}

function main(): void {
  const { env } = process;
  const hasDisplay = process.platform === 'darwin' || Boolean(env['DISPLAY'] ?? env['WAYLAND_DISPLAY']);
  const commandLine = parseCommandLine(process.argv.slice(2), hasDisplay);
  const root = resolve(commandLine.appRoot ?? dirname(__dirname));
  const { entry, manifest } = readApp(root);
  const standIn = start(commandLine, root, manifest);
  provideElectron(standIn.electron);
  // Electron's argv: the program, the app's folder, the app's own arguments.
  process.argv.splice(1, process.argv.length - 1, root, ...commandLine.appArguments);
  serveChannel(standIn);
  standIn.backend.catch((error: unknown) => fail(error));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) onSignal(signal, standIn);
  createRequire(join(root, 'package.json'))(entry);
}

/** The first signal asks the app, which may want to finish something; the second does not ask. */
function onSignal(signal: NodeJS.Signals, standIn: StandIn): void {
  let asked = false;
  process.on(signal, () => {
    if (asked) standIn.app.exit(1);
    else standIn.app.quit();
    asked = true;
  });
}

function start({ mode }: CommandLine, root: string, manifest: AppManifest): StandIn {
  let backend: Backend | null = null;
  // Whatever ends this process, the browser and its profile go with it.
  process.on('exit', () => backend?.closeNow());
  const appName = manifest.productName ?? manifest.name ?? 'app';
  const isDriven = process.send !== undefined;
  const standIn = createStandIn({
    root,
    name: appName,
    version: manifest.version ?? '0.0.0',
    env: process.env,
    openWith: mode === 'window' && !isDriven ? openWithDesktop : null,
    startBackend: async (desktop, schemes, respond) => {
      const onGone = (): void => {
        process.stderr.write('stand-in: Chromium has ended, and the app with it\n');
        standIn.app.exit(1);
      };
      const parts = { mode, appName, desktop, env: process.env, isDriven, schemes, respond, onGone };
      backend = await startBackend(parts);
      return backend;
    },
    exitProcess: (code) => process.exit(code),
  });
  return standIn;
}

function readApp(root: string): { readonly entry: string; readonly manifest: AppManifest } {
  const file = join(root, 'package.json');
  if (!existsSync(file)) throw new Error(`${file} does not exist: the stand-in needs the app's folder`);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as AppManifest;
  const entry = resolve(root, manifest.main ?? 'index.js');
  if (!existsSync(entry))
    throw new Error(`${entry}, the "main" of ${file}, does not exist: build the app first`);
  return { entry, manifest };
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

try {
  main();
} catch (error) {
  fail(error);
}
