/** `npm run demo` as root and as an ordinary user: the whole story holds, in time, and leaves nothing behind. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const demo = [process.execPath, join(root, 'build/tasks/demo.mjs')] as const;
const LONGEST_S = 20;
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
  const env = (): NodeJS.ProcessEnv => ({ ...process.env, TMPDIR: temp });
  /** Processes that have the demo's folder in their command line. */
  const left = (): string =>
    spawnSync('pgrep', ['-af', join(temp, 'sallyport-demo-')], { encoding: 'utf8' }).stdout.trim();

  beforeAll(() => {
    temp = mkdtempSync(join(tmpdir(), `demo-${process.pid}-`));
    chmodSync(temp, 0o777);
    // The story alone is timed.
    const built = spawnSync(process.execPath, ['--input-type=module', '-e', BUILD], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(built.stderr).toBe('');
  });
  afterAll(() => rmSync(temp, { recursive: true, force: true }));

  it.each([
    ['root', []],
    ['an ordinary user', NOBODY],
  ])('tells its story to %s', (_who, become) => {
    const [command = '', ...argv] = [...become, ...demo];
    const begin = performance.now();
    const { status, stdout, stderr } = spawnSync(command, argv, { env: env(), encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const sentence of [...STORY, /closed again, \d\.\d s after/, /lives on/])
      expect(stdout).toMatch(sentence);
    expect((performance.now() - begin) / 1000).toBeLessThan(LONGEST_S);
    expect(readdirSync(temp)).toEqual([]);
    expect(left()).toBe('');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)('tidies up after %s in the middle', async (signal) => {
    const child = spawn(demo[0], demo.slice(1), { env: env(), stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    while (!/knocks/.test(said)) await once(child.stdout, 'data');
    expect(left()).not.toBe('');
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).toBe(signal === 'SIGKILL' ? null : 130);
    for (let tries = 0; tries < 50 && (left() !== '' || readdirSync(temp).length > 0); tries += 1)
      await sleep(100);
    expect(left()).toBe('');
    expect(readdirSync(temp)).toEqual([]);
  });
});

const BUILD = `const { build, prepare } = await import('./build/tasks/prepare.mjs'); prepare('demo'); build();`;
