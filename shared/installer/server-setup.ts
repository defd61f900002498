/**
 * What a server needs so that one profile can knock at it: the daemon's config, the files of secrets, and the same facts
 * as values, for formats that are not the daemon's. Pure: the same profile, secret and options give the same setup. What
 * comes out is secret unless the options say `ask`; then every secret is a placeholder that `asks` tells of.
 */
import { fail, ok, type Result } from '../contract/result';
import type { Profile } from '../profile/profile';
import type { ProfileSecret } from '../profile/secret';
import { askedPorts, SPA_DEFAULTS } from '../profile/spa';
import { serverKey, type Ask, type KeyConfig, type ServerFile } from './server-key';
import type { ExportOptions } from './options';
import { tomlLines } from './toml';
import { ENTER_AGAIN } from '../text/edit-hints';

const CONFIG_FOLDER = '/etc/sallyport';
const CONFIG_FILE = `${CONFIG_FOLDER}/sallyportd.toml`;

export interface ServerDoor {
  readonly name: string;
  /** The daemon's notation: `22/tcp`. */
  readonly ports: readonly string[];
  /** Seconds. */
  readonly openFor: number;
  readonly maxOpenFor: number;
}

export interface ServerSetup {
  /** The profile as it was exported. */
  readonly profile: Profile;
  /** Null with `ask`. */
  readonly secret: ProfileSecret | null;
  readonly options: ExportOptions;
  /** The name under which the server knows this key. */
  readonly user: string;
  readonly doors: readonly ServerDoor[];
  readonly key: KeyConfig;
  /** Whether knocks depend on the server's clock. */
  readonly needsClock: boolean;
  readonly files: readonly ServerFile[];
  /** What must be asked for on the server, in this order; empty unless the options say `ask`. */
  readonly asks: readonly Ask[];
}

/** The daemon's default, seconds; a client may ask for as much. */
const MAX_OPEN_FOR = 300;

export function serverSetup(
  profile: Profile,
  secret: ProfileSecret,
  options: ExportOptions,
): Result<ServerSetup> {
  const user = serverUser(profile.user);
  const made = serverKey(profile, secret, { user, door: USUAL_DOOR, ask: options.secrets === 'ask' });
  if (!made.ok) return made;
  if (profile.method.kind !== secret.kind) {
    return fail('internal', 'The stored secret is not one of this profile’s method.', {
      hint: ENTER_AGAIN,
    });
  }
  const { key, files, asks } = made.value;
  const timeout = profile.method.kind === 'spa' ? (profile.method.settings.timeout ?? 0) : 0;
  const door: ServerDoor = {
    name: USUAL_DOOR,
    ports: doorPorts(profile),
    openFor: profile.openFor,
    maxOpenFor: Math.max(MAX_OPEN_FOR, profile.openFor, timeout),
  };
  const config: ServerFile = {
    path: CONFIG_FILE,
    text: configText(door, key, options.allow),
    secret: options.secrets === 'include' && key.inline,
  };
  return ok({
    profile,
    secret: options.secrets === 'ask' ? null : secret,
    options,
    user,
    doors: [door],
    key,
    needsClock: profile.method.kind !== 'static',
    files: [config, ...files],
    asks,
  });
}

/** A packet that asks for a port that is not the door's opens nothing. */
function doorPorts({ port, method }: Profile): readonly string[] {
  const asked = askedPorts(port, method.kind === 'spa' ? method.settings : SPA_DEFAULTS);
  return asked.map((each) => `${each.port}/${each.protocol}`);
}

/** What the door is called on a server that was set up here. */
export const USUAL_DOOR = 'ssh';

/** A user's name as the daemon takes it: at most 48 letters, digits and . _ @ -, the first a letter or digit. */
export function serverUser(user: string | null): string {
  const name = (user ?? '').replace(/[^A-Za-z0-9._@-]/g, '-').replace(/^[^A-Za-z0-9]+/, '');
  return name.slice(0, 48) || 'me';
}

function configText(door: ServerDoor, key: KeyConfig, allow: readonly string[]): string {
  return `${[
    '# sallyportd.toml(5) explains every line. After a change: sallyportd check, then systemctl reload sallyportd.',
    '',
    '[gate]',
    ...tomlLines({ on_exit: 'keep-closed', always_allow: allow }),
    '',
    '[[door]]',
    ...tomlLines({
      name: door.name,
      ports: door.ports,
      open_for: `${door.openFor}s`,
      max_open_for: `${door.maxOpenFor}s`,
    }),
    '',
    '  [[door.key]]',
    ...tomlLines(key.toml, '  '),
  ].join('\n')}\n`;
}
