/** `kill -9` in the middle of saves, 1,000 of them: the file is always whole, and at most the save under way is lost. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepUnfinished } from '../../../electron/main/adapters/files';
import { readProfilesFile, writeProfilesFile } from '../../../shared/profile/file';
import { staticProfile } from '../../fakes/sample-profiles';
import { bundle } from './bundle';

const SAVES = 1000;
/** So that a file takes more than one page and more than an instant to write. */
const PROFILES = 200;

let folder: string;
let saver: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-crash-${process.pid}-`));
  saver = await bundle('saver', folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Killed {
  /** The last number whose save was begun, and the last one that was told done. */
  readonly begun: number;
  readonly done: number;
  readonly errors: string;
}

/** Runs the saver from `first` and kills it after so many saves and a moment more. */
function saveUntilKilled(path: string, first: number, saves: number, momentMs: number): Promise<Killed> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [saver, path, String(first)]);
    let told = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (timer === undefined && told.includes(`saving ${first + saves}\n`))
        timer = setTimeout(() => child.kill('SIGKILL'), momentMs);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    child.once('error', reject);
    child.once('close', () => {
      clearTimeout(timer);
      const numbers = (word: string) =>
        [...told.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map((match) => Number(match[1]));
      resolve({ begun: numbers('saving').at(-1) ?? -1, done: numbers('saved').at(-1) ?? first - 1, errors });
    });
  });
}

describe('kill -9 while profiles are saved', () => {
  it(`loses at most the last of ${SAVES} changes, and never the file`, { timeout: 120_000 }, async () => {
    const home = join(folder, 'home');
    const path = join(home, 'profiles.json');
    await mkdir(home);
    const others = Array.from({ length: PROFILES }, (_, index) =>
      staticProfile({ id: crypto.randomUUID(), name: `host ${index}` }),
    );
    await writeFile(path, writeProfilesFile([...others, staticProfile()]));
    let next = 1;
    let kills = 0;
    let midway = 0;
    while (next <= SAVES) {
      const { begun, done, errors } = await saveUntilKilled(path, next, 25, Math.random() * 8);
      expect(errors).toBe('');
      const file = readProfilesFile(await readFile(path, 'utf8'));
      if (file.kind !== 'ok') throw new Error(`kill ${kills}: the file is ${JSON.stringify(file)}`);
      expect(file.profiles).toHaveLength(PROFILES + 1);
      const saved = file.profiles.at(-1)?.updatedAt ?? -1;
      expect(saved, `kill ${kills}`).toBeGreaterThanOrEqual(done);
      expect(saved, `kill ${kills}`).toBeLessThanOrEqual(begun);
      if (begun > done) midway += 1;
      kills += 1;
      next = begun + 1;
    }
    expect(midway).toBeGreaterThan(kills / 4);

    // What the kills left lying about is taken away once it is old, and nothing else.
    const left = (await readdir(home)).filter((name) => name !== 'profiles.json');
    expect(left.length).toBeGreaterThan(0);
    await sweepUnfinished(home);
    expect(await readdir(home)).toHaveLength(left.length + 1);
    for (const name of left) await utimes(join(home, name), 0, 0);
    await sweepUnfinished(home);
    expect(await readdir(home)).toEqual(['profiles.json']);
  });
});

describe('a disk that is full', () => {
  // A limit on the size of files stops a write in its middle, as a full disk does: half is written, then comes the error.
  it.skipIf(process.platform === 'win32')('leaves the file as it was', { timeout: 30_000 }, async () => {
    const home = join(folder, 'full');
    const path = join(home, 'profiles.json');
    await mkdir(home);
    const profiles = Array.from({ length: PROFILES }, (_, index) =>
      staticProfile({ id: crypto.randomUUID(), name: `host ${index}` }),
    );
    const before = writeProfilesFile(profiles);
    expect(before.length).toBeGreaterThan(65_536);
    await writeFile(path, before);
    const argv = ['-c', 'ulimit -f 64; exec "$@"', 'sh', process.execPath, saver, path, '1'];
    const { stdout, stderr } = spawnSync('sh', argv, { encoding: 'utf8', timeout: 20_000 });
    expect(stdout).toBe('saving 1\n');
    expect(stderr).toContain('The profiles could not be saved; nothing was changed.');
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(home)).toEqual(['profiles.json']);
  });
});
