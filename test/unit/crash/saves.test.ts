/**
 * `kill -9` in the middle of saves: the file is always whole, and at most the save under way is lost. Each kill costs the
 * start of a process, so there are 250 here; `npm run test:deep` makes it 1,000 by SALLYPORT_CRASH_KILLS.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sweepUnfinished } from '../../../electron/main/adapters/files';
import { readProfilesFile, writeProfilesFile } from '../../../shared/profile/file';
import { staticProfile } from '../../fakes/sample-profiles';
import { bundle } from './bundle';

const KILLS = wanted(process.env['SALLYPORT_CRASH_KILLS'] ?? '250');
/** Most of a kill's time is the start of a process. */
const SIDE_BY_SIDE = 3;
/** About what a save takes while others run beside it: kills come all over it. */
const SAVE_MS = 8;
/** So that a file takes more than one page and more than an instant to write. */
const PROFILES = 200;

let folder: string;
let saver: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-crash-${process.pid}-`));
  saver = await bundle('saver', folder);
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

function wanted(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text))
    throw new Error(`SALLYPORT_CRASH_KILLS is ${text}; a number of kills was expected.`);
  return Number(text);
}

const hosts = () =>
  Array.from({ length: PROFILES }, (_, index) =>
    staticProfile({ id: crypto.randomUUID(), name: `host ${index}` }),
  );

interface Killed {
  /** The last number whose save was begun, and the last one that was told done. */
  readonly begun: number;
  readonly done: number;
  readonly errors: string;
}

/** Runs the saver from `first` and kills it `momentMs` into its second save or later. */
function saveUntilKilled(path: string, first: number, momentMs: number): Promise<Killed> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [saver, path, String(first)]);
    let told = '';
    let errors = '';
    let timer: NodeJS.Timeout | undefined;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (timer === undefined && told.includes(`saving ${first + 1}\n`))
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

interface Tally {
  kills: number;
  /** Kills that came between the beginning of a save and its end. */
  midway: number;
}

/** Kills one saver after the other at one file, and looks at the file after each, until enough were killed midway. */
async function killTheSavers(home: string, tally: Tally): Promise<void> {
  const path = join(home, 'profiles.json');
  await mkdir(home);
  await writeFile(path, writeProfilesFile([...hosts(), staticProfile()]));
  for (let next = 1; tally.midway < KILLS && tally.kills < 2 * KILLS;) {
    const { begun, done, errors } = await saveUntilKilled(path, next, Math.random() * SAVE_MS);
    expect(errors).toBe('');
    const file = readProfilesFile(await readFile(path, 'utf8'));
    if (file.kind !== 'ok') throw new Error(`kill ${tally.kills}: the file is ${JSON.stringify(file)}`);
    expect(file.profiles).toHaveLength(PROFILES + 1);
    const saved = file.profiles.at(-1)?.updatedAt ?? -1;
    expect(saved, `kill ${tally.kills}`).toBeGreaterThanOrEqual(done);
    expect(saved, `kill ${tally.kills}`).toBeLessThanOrEqual(begun);
    if (begun > done) tally.midway += 1;
    tally.kills += 1;
    next = begun + 1;
  }
}

describe('kill -9 while profiles are saved', () => {
  it(
    `loses at most the save under way, ${KILLS} times, and never the file`,
    { timeout: 60_000 + KILLS * 3000 },
    async () => {
      const homes = Array.from({ length: SIDE_BY_SIDE }, (_, index) => join(folder, `home${index}`));
      const tally: Tally = { kills: 0, midway: 0 };
      await Promise.all(homes.map((home) => killTheSavers(home, tally)));
      expect(tally.midway).toBeGreaterThanOrEqual(KILLS);
      const left = await Promise.all(homes.map(sweep));
      expect(left.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
    },
  );
});

/** What the kills left lying about is taken away once it is old, and nothing else. */
async function sweep(home: string): Promise<number> {
  const left = (await readdir(home)).filter((name) => name !== 'profiles.json');
  // The kills take longer than what is left may lie about.
  const now = new Date();
  for (const name of left) await utimes(join(home, name), now, now);
  await sweepUnfinished(home);
  expect(await readdir(home)).toHaveLength(left.length + 1);
  for (const name of left) await utimes(join(home, name), 0, 0);
  await sweepUnfinished(home);
  expect(await readdir(home)).toEqual(['profiles.json']);
  return left.length;
}

describe('a disk that is full', () => {
  // A limit on the size of files stops a write in its middle, as a full disk does: half is written, then comes the error.
  it.skipIf(process.platform === 'win32')('leaves the file as it was', { timeout: 120_000 }, async () => {
    const home = join(folder, 'full');
    const path = join(home, 'profiles.json');
    await mkdir(home);
    const before = writeProfilesFile(hosts());
    expect(before.length).toBeGreaterThan(65_536);
    await writeFile(path, before);
    const argv = ['-c', 'ulimit -f 64; exec "$@"', 'sh', process.execPath, saver, path, '1'];
    const { stdout, stderr } = spawnSync('sh', argv, { encoding: 'utf8', timeout: 100_000 });
    expect(stdout).toBe('saving 1\n');
    expect(stderr).toContain('The profiles could not be saved; nothing was changed.');
    expect(await readFile(path, 'utf8')).toBe(before);
    expect(await readdir(home)).toEqual(['profiles.json']);
  });
});
