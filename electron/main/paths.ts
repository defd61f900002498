/** Where things live: the home folder, the control socket in it (docs/control-socket.md), and the built helpers. */
import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `sun_path` holds without its end, by system. */
const LONGEST_SOCKET_PATH = { darwin: 103, others: 107 } as const;

export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's id; null on Windows. */
  readonly uid: number | null;
}

export function homeFolder({ env, platform }: Environment): string {
  const chosen = env['SALLYPORT_HOME'];
  if (chosen !== undefined && chosen !== '') return resolve(chosen);
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'Sallyport');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', 'Sallyport');
  const config = env['XDG_CONFIG_HOME'];
  return join(
    config !== undefined && config.startsWith('/') ? config : join(homedir(), '.config'),
    'sallyport',
  );
}

/** The control socket's path; its folder is made 0700. */
export function socketPath(home: string, { env, uid, platform }: Environment): string {
  const path = `${home}/run/control.sock`;
  const longest = platform === 'darwin' ? LONGEST_SOCKET_PATH.darwin : LONGEST_SOCKET_PATH.others;
  if (Buffer.byteLength(path) <= longest) return path;
  const hash = createHash('sha256').update(home, 'utf8').digest('hex').slice(0, 16);
  const runtime = env['XDG_RUNTIME_DIR'];
  return runtime !== undefined && runtime.startsWith('/')
    ? `${runtime}/sallyport-${hash}/control.sock`
    : `/tmp/sallyport-${uid ?? 0}-${hash}/control.sock`;
}

/**
 * The folder of this system's helpers, `<goos>-<goarch>`, beside those of the servers.
 * @param helpers `build/helper` in a checkout, `helpers` in the resources of a package
 */
export function helperFolder(helpers: string): string {
  const goos = process.platform === 'win32' ? 'windows' : process.platform;
  const goarch = process.arch === 'x64' ? 'amd64' : process.arch;
  return join(helpers, `${goos}-${goarch}`);
}

export function helperPath(folder: string, name: 'sallyport' | 'sallyport-send'): string {
  return join(folder, process.platform === 'win32' ? `${name}.exe` : name);
}
