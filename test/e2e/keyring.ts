/** The real gnome-keyring on a session bus of its own, with a private home: what a desktop session has. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { track } from '../net/topology';

export interface Keyring {
  /** What a program needs to find it. */
  readonly env: NodeJS.ProcessEnv;
  /** The secret that is stored for an account, as secret-tool finds it. */
  lookup(account: string): string;
  lock(): void;
  /** The daemon ends and starts again with the password, as at the next log-in. */
  unlock(): Promise<void>;
  stop(): Promise<void>;
}

export async function startKeyring(folder: string): Promise<Keyring> {
  const home = join(folder, 'desktop');
  const runtime = join(folder, 'runtime');
  mkdirSync(join(home, '.local', 'share', 'keyrings'), { recursive: true, mode: 0o700 });
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  const places = {
    XDG_RUNTIME_DIR: runtime,
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
  const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address=1'], {
    env: { ...process.env, ...places },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const following = track(bus, 'dbus-daemon');
  await following.seen(/^unix:\S+/m);
  const address = /^unix:\S+/m.exec(following.output())?.[0] ?? '';
  const env = { ...process.env, ...places, DBUS_SESSION_BUS_ADDRESS: address };
  let daemon = await startUnlocked(env);
  return {
    env,
    lookup: (account) =>
      spawnSync('secret-tool', ['lookup', 'service', 'Sallyport', 'account', account], {
        env,
        encoding: 'utf8',
      }).stdout,
    lock: () => {
      const argv = [
        '--session',
        '--dest=org.freedesktop.secrets',
        '--print-reply',
        '/org/freedesktop/secrets',
      ];
      const paths = 'array:objpath:/org/freedesktop/secrets/collection/login';
      spawnSync('dbus-send', [...argv, 'org.freedesktop.Secret.Service.Lock', paths], { env });
    },
    unlock: async () => {
      await daemon.stop();
      daemon = await startUnlocked(env);
    },
    stop: async () => {
      await daemon.stop();
      await following.stop();
    },
  };
}

async function startUnlocked(env: NodeJS.ProcessEnv) {
  const child: ChildProcess = spawn(
    'gnome-keyring-daemon',
    ['--foreground', '--unlock', '--components=secrets'],
    {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const daemon = track(child, 'gnome-keyring-daemon');
  child.stdin?.end('test');
  // Asked of the bus, not of the service: a call to the service would start a second, locked one.
  const owned = ['--session', '--dest=org.freedesktop.DBus', '--print-reply', '/org/freedesktop/DBus'];
  const name = ['org.freedesktop.DBus.NameHasOwner', 'string:org.freedesktop.secrets'];
  for (let tries = 0; tries < 300; tries += 1) {
    const { stdout } = spawnSync('dbus-send', [...owned, ...name], { env, encoding: 'utf8' });
    if (stdout.includes('boolean true')) return daemon;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`the keyring did not start\n${daemon.output()}`);
}
