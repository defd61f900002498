import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { VaultKeychain } from '../../electron/main/adapters/vault';
import { problemOf } from '../fakes/fake-services';
import { diskError, MemoryFiles } from '../fakes/memory-files';
import { cpuMs } from '../cpu-time';

const PATH = '/home/vault.json';
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

interface VaultFile {
  version: number;
  kdf: { name: string; log2N: number; r: number; p: number; salt: string };
  check: { nonce: string; data: string };
  items: Record<string, { nonce: string; data: string }>;
}

/** A vault at full strength takes its time, more so on a busy machine. */
const SLOW = { timeout: 60_000 };
const SALT = '5a'.repeat(32);
const WEAKEST = 15;
const KEY = scrypt(new TextEncoder().encode('correct horse'), Buffer.from(SALT, 'hex'), {
  N: 2 ** WEAKEST,
  r: 8,
  p: 1,
  dkLen: 32,
});

/** A vault written here, not by the code under test, at the cheapest parameters that it takes. */
function sealed(account: string, text: string, nonceByte: number) {
  const header = ['sallyport-vault', 1, 'scrypt', WEAKEST, 8, 1, SALT, account];
  const nonce = new Uint8Array(24).fill(nonceByte);
  const cipher = xchacha20poly1305(KEY, nonce, new TextEncoder().encode(JSON.stringify(header)));
  return { nonce: hex(nonce), data: hex(cipher.encrypt(new TextEncoder().encode(text))) };
}

function vaultFile(): VaultFile {
  return {
    version: 1,
    kdf: { name: 'scrypt', log2N: WEAKEST, r: 8, p: 1, salt: SALT },
    check: sealed('check', 'check', 1),
    items: { a: sealed('a', 'secret of a', 2), b: sealed('b', 'secret of b', 3) },
  };
}

let files: MemoryFiles;
let asked: number;

function open(file: VaultFile | string | null, passphrase = 'correct horse'): VaultKeychain {
  if (file !== null) files.texts.set(PATH, typeof file === 'string' ? file : JSON.stringify(file));
  return new VaultKeychain(files, PATH, async () => {
    asked += 1;
    return passphrase;
  });
}

beforeEach(() => {
  files = new MemoryFiles();
  asked = 0;
});

describe('the vault', () => {
  it('opens a file made elsewhere by the format’s own rules', async () => {
    const vault = open(vaultFile());
    expect([await vault.get('a'), await vault.get('b'), await vault.get('c')]).toEqual([
      'secret of a',
      'secret of b',
      null,
    ]);
    expect(asked).toBe(1);
    expect(await vault.get('__proto__')).toBeNull();
  });

  it('keeps what it is given through a restart, in nothing but hex', async () => {
    const first = open(vaultFile());
    await Promise.all([first.set('c', 'größer'), first.set('d', 'more'), first.delete('a')]);
    const again = open(null);
    expect(await Promise.all(['a', 'b', 'c', 'd'].map((id) => again.get(id)))).toEqual([
      null,
      'secret of b',
      'größer',
      'more',
    ]);
    const text = files.texts.get(PATH) ?? '';
    for (const plain of ['secret', 'größer', 'more', 'horse']) expect(text).not.toContain(plain);
  });

  it(
    'is made with the first secret, at full strength, under a salt and nonces of its own',
    SLOW,
    async () => {
      const vault = open(null);
      await vault.check();
      expect(files.written).toEqual([]);
      await vault.set('a', 'x');
      await vault.set('b', 'x');
      const { kdf, check, items } = JSON.parse(files.texts.get(PATH) ?? '') as VaultFile;
      expect(kdf).toMatchObject({ name: 'scrypt', log2N: 17, r: 8, p: 1 });
      expect(new Set([check.nonce, items['a']?.nonce, items['b']?.nonce]).size).toBe(3);
      expect(items['a']?.data).not.toBe(items['b']?.data);
      expect(await open(null).get('a')).toBe('x');
    },
  );

  it('takes a passphrase however its accents are encoded', SLOW, async () => {
    const composed = open(null, 'caf\u00e9');
    await composed.set('a', 'x');
    expect(await open(null, 'cafe\u0301').get('a')).toBe('x');
  });
});

describe('what does not open', () => {
  it('is told as a wrong passphrase, and the right one is taken after', async () => {
    let passphrase = 'wrong';
    files.texts.set(PATH, JSON.stringify(vaultFile()));
    const vault = new VaultKeychain(files, PATH, async () => passphrase);
    const before = files.texts.get(PATH);
    expect(await problemOf(vault.set('a', 'x'))).toMatchObject({
      code: 'keychain-locked',
      message: 'The passphrase does not open the vault.',
    });
    expect(files.texts.get(PATH)).toBe(before);
    passphrase = 'correct horse';
    expect(await vault.get('a')).toBe('secret of a');
  });

  it.each<[string, (file: VaultFile) => void]>([
    ['a flipped bit', ({ items }) => (items['a'] = flipped(items['a']!))],
    ['a flipped nonce', ({ items }) => (items['a']!.nonce = '00'.repeat(24))],
    ['swapped items', ({ items }) => ([items['a'], items['b']] = [items['b']!, items['a']!])],
    ['the check in its place', (file) => (file.items['a'] = file.check)],
  ])('is told as damaged: %s', async (_what, damage) => {
    const file = vaultFile();
    damage(file);
    const problem = await problemOf(open(file).get('a'));
    expect(problem).toMatchObject({
      code: 'keychain-failed',
      message: expect.stringContaining('is damaged'),
    });
  });

  it('is opened by no other salt or cost than it was sealed under', async () => {
    const file = vaultFile();
    file.kdf.p = 2;
    expect(await problemOf(open(file).get('a'))).toMatchObject({ code: 'keychain-locked' });
  });

  it.each<[string, (file: VaultFile) => unknown]>([
    ['weaker', ({ kdf }) => (kdf.log2N = 14)],
    ['of a gibibyte', ({ kdf }) => (kdf.log2N = 20)],
    ['huge', ({ kdf }) => (kdf.log2N = 63)],
    ['of a wide block', ({ kdf }) => (kdf.r = 1 << 20)],
    ['parallel', ({ kdf }) => (kdf.p = 1 << 20)],
    ['another KDF', ({ kdf }) => (kdf.name = 'md5')],
    ['without salt', ({ kdf }) => (kdf.salt = '')],
    ['of another version', (file) => (file.version = 2)],
    ['without a check', (file) => delete (file as Partial<VaultFile>).check],
  ])('is refused before any work when planted: %s', async (_what, plant) => {
    const file = vaultFile();
    plant(file);
    const vault = open(file);
    let problem: unknown;
    const took = await cpuMs(async () => (problem = await problemOf(vault.get('a'))));
    expect(problem).toMatchObject({
      code: 'keychain-failed',
      message: expect.stringContaining('is damaged'),
    });
    expect(took).toBeLessThan(80);
  });

  it.each(['', '{', 'null', '[]'])('is refused as damaged: %j', async (text) => {
    expect(await problemOf(open(text).set('a', 'x'))).toMatchObject({ code: 'keychain-failed' });
    expect(files.texts.get(PATH)).toBe(text);
  });
});

describe('writing', () => {
  it('changes nothing when the disk is full', async () => {
    const vault = open(vaultFile());
    files.faults.write.push(diskError('ENOSPC'));
    await expect(vault.set('a', 'new')).rejects.toThrow('ENOSPC');
    expect(await vault.get('a')).toBe('secret of a');
    await vault.set('c', 'later');
    expect(await open(null).get('a')).toBe('secret of a');
  });

  it('refuses what it could not read back', async () => {
    const vault = open(vaultFile());
    const problem = await problemOf(vault.set('c', 'x'.repeat(70_000)));
    expect(problem).toMatchObject({ code: 'too-large' });
    expect(await open(null).get('a')).toBe('secret of a');
  });
});

function flipped({ nonce, data }: { nonce: string; data: string }) {
  const bytes = Buffer.from(data, 'hex');
  bytes.writeUInt8(bytes.readUInt8(0) ^ 1, 0);
  return { nonce, data: hex(bytes) };
}
