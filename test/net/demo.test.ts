/** `npm run demo` as root and as an ordinary user: the whole story holds, in time, and leaves nothing behind. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
/** It takes half of 20 s on a machine of its own, most of it waiting for doors. */
const LONGEST_S = 60;
const NOBODY = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', '--'] as const;
const STORY = [
  /open to anybody/,
  /: closed\. No answer/,
  /opened {2}filtered -> open/,
  /result=opened/,
  /: open\. /,
];

describe('npm run demo', () => {
  let temp = '';
  let checkout = '';
  const demo = (): readonly string[] => [process.execPath, join(checkout, 'build/tasks/demo.mjs')];
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, TMPDIR: temp });
  /** Processes that have the demo's folder in their command line. */
  const left = (): string =>
    spawnSync('pgrep', ['-af', join(temp, 'sallyport-demo-')], { encoding: 'utf8' }).stdout.trim();
  const nothingLeft = async (): Promise<void> => {
    await expect.poll(left).toBe('');
    await expect.poll(() => readdirSync(temp)).toEqual([]);
  };

  beforeAll(() => {
    temp = mkdtempSync(join(tmpdir(), `demo-${process.pid}-`));
    chmodSync(temp, 0o777);
    // A build without its sources: readable for everybody, and with nothing to build first.
    checkout = mkdtempSync(join(tmpdir(), `demo-checkout-${process.pid}-`));
    chmodSync(checkout, 0o755);
    for (const part of ['package.json', 'build/tasks', 'build/helper', 'dist']) {
      cpSync(join(root, part), join(checkout, part), { recursive: true, preserveTimestamps: true });
    }
  });
  afterAll(() => {
    for (const folder of [temp, checkout]) rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ['root', []],
    ['an ordinary user', NOBODY],
  ])('tells its story to %s', async (_who, become) => {
    const [command = '', ...argv] = [...become, ...demo()];
    const begin = performance.now();
    const { status, stdout, stderr } = spawnSync(command, argv, { env: env(), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const sentence of [...STORY, /closed again, \d\.\d s after/, /lives on/])
      expect(stdout).toMatch(sentence);
    expect((performance.now() - begin) / 1000).toBeLessThan(LONGEST_S);
    await nothingLeft();
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('tidies up after %s in the middle', async (signal) => {
    const [command = '', ...argv] = demo();
    const child = spawn(command, argv, { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    while (!/knocks/.test(said)) await once(child.stdout, 'data');
    expect(left()).not.toBe('');
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(signal === 'SIGKILL' ? null : 130);
    await nothingLeft();
  });
});
