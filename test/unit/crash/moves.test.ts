/** `kill -9` before each single effect of a move between stores: no secret is ever in neither. */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { writeProfilesFile } from '../../../shared/profile/file';
import { staticProfile } from '../../fakes/sample-profiles';
import { idOf, textOf } from '../../fakes/move-world';
import { bundle } from './bundle';

const NUMBERS = [1, 2];
const SECRETS = NUMBERS.map(textOf);

let folder: string;
let mover: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-crash-${process.pid}-`));
  mover = await bundle('mover', folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface State {
  readonly used: 'os' | 'passphrase';
  readonly os: readonly string[];
  readonly passphrase: readonly string[];
  readonly left: unknown;
}

function run(home: string, what: string, number = 0): State | null {
  const { stdout, stderr, signal } = spawnSync(process.execPath, [mover, home, what, String(number)], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(stderr).toBe('');
  return signal === 'SIGKILL' ? null : (JSON.parse(stdout) as State);
}

/** A vault sealed by the format's own rules at the cheapest parameters it takes, so that many can be opened. */
function cheapVault(secrets: readonly (readonly [id: string, text: string])[]): string {
  const salt = '5a'.repeat(32);
  const kdf = { name: 'scrypt', log2N: 15, r: 8, p: 1, salt };
  const key = scrypt(new TextEncoder().encode('correct horse'), Buffer.from(salt, 'hex'), {
    N: 2 ** 15,
    r: 8,
    p: 1,
    dkLen: 32,
  });
  const sealed = (account: string, text: string, nonceByte: number) => {
    const nonce = new Uint8Array(24).fill(nonceByte);
    const bound = JSON.stringify(['sallyport-vault', 1, 'scrypt', 15, 8, 1, salt, account]);
    const data = xchacha20poly1305(key, nonce, new TextEncoder().encode(bound)).encrypt(
      new TextEncoder().encode(text),
    );
    return { nonce: Buffer.from(nonce).toString('hex'), data: Buffer.from(data).toString('hex') };
  };
  const items = Object.fromEntries(secrets.map(([id, text], index) => [id, sealed(id, text, index + 2)]));
  return JSON.stringify({ version: 1, kdf, check: sealed('check', 'check', 1), items });
}

async function homeWith(from: 'os' | 'passphrase'): Promise<string> {
  const home = join(folder, `from-${from}`);
  await mkdir(join(home, 'keychain'), { recursive: true });
  const profiles = NUMBERS.map((number) => staticProfile({ id: idOf(number), name: `host ${number}` }));
  await writeFile(join(home, 'profiles.json'), writeProfilesFile(profiles));
  const items = NUMBERS.map((number) => [idOf(number), textOf(number)] as const);
  if (from === 'os') for (const [id, text] of items) await writeFile(join(home, 'keychain', id), text);
  else await writeFile(join(home, 'secrets.json'), '{"version":1,"store":"passphrase","moving":null}');
  await writeFile(join(home, 'vault.json'), cheapVault(from === 'os' ? [] : items));
  return home;
}

describe.each([
  ['os', 'passphrase'],
  ['passphrase', 'os'],
] as const)('kill -9 while secrets move from %s to %s', (from, to) => {
  it('leaves every secret in the store in use, whatever the moment', { timeout: 300_000 }, async () => {
    const template = await homeWith(from);
    let kills = 0;
    for (let number = 1; ; number += 1) {
      const home = join(folder, `${from}-${number}`);
      await cp(template, home, { recursive: true });
      const done = run(home, `to ${to}`, number);
      if (done !== null) {
        expect(done).toEqual({ used: to, os: [], passphrase: [], left: null, [to]: SECRETS });
        break;
      }
      kills += 1;
      // The next start has all of them in the store in use, and none twice.
      const after = run(home, 'tidy');
      const used = after?.used ?? from;
      expect({ number, after }).toEqual({
        number,
        after: { used, os: [], passphrase: [], left: null, [used]: SECRETS },
      });
      // And the move can be made from there, to its end.
      if (used === from && number % 4 === 0) {
        expect(run(home, `to ${to}`)).toEqual({
          used: to,
          os: [],
          passphrase: [],
          left: null,
          [to]: SECRETS,
        });
      }
      await rm(home, { recursive: true });
    }
    expect(kills).toBeGreaterThan(5);
  });
});
