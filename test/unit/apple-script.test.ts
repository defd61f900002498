import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAppleScript, runAppleScript } from '../../electron/main/adapters/apple-script';
import { SystemTerminals } from '../../electron/main/adapters/terminals';
import { problemOf } from '../fakes/fake-services';

let folder: string;
let temporary: string | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-osa-${process.pid}-`));
  temporary = process.env['TMPDIR'];
  process.env['TMPDIR'] = await mkdtemp(join(folder, 'tmp-'));
});
afterEach(async () => {
  if (temporary === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = temporary;
  await rm(folder, { recursive: true, force: true });
});

/** An osascript that does what a script says. */
async function osascript(script: string): Promise<string> {
  const path = join(folder, 'osascript');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}

const run = async (script: string, ...args: string[]) =>
  runAppleScript(await osascript(script), args, { PATH: '/usr/bin:/bin' });

describe('a terminal that is told by osascript', () => {
  it('is known by the program', () => {
    expect(['/usr/bin/osascript', '/usr/bin/open', 'osascript-x'].map(isAppleScript)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is waited for, however long the person takes to allow it', async () => {
    const ended = join(folder, 'ended');
    await run(`sleep 0.7; printf '%s' "$2" >'${ended}'`, '--', 'a b; $(id)');
    expect(await readFile(ended, 'utf8')).toBe('a b; $(id)');
  });

  it('is told of, with where to allow it, when macOS refuses later', async () => {
    const words = 'execution error: Not authorized to send Apple events to Terminal. (-1743)';
    expect(await problemOf(run(`sleep 0.7; echo '${words}' >&2; exit 1`))).toMatchObject({
      code: 'no-terminal',
      hint: expect.stringContaining('Privacy & Security → Automation'),
      detail: words,
    });
  });

  it.each([
    ['echo "syntax error (-2741)" >&2; exit 1', 'syntax error (-2741)'],
    ['exit 4', 'it ended with exit code 4'],
    ['kill -KILL $$', 'it was ended by SIGKILL'],
  ])('is told of when it fails otherwise: %s', async (script, detail) => {
    expect(await problemOf(run(script))).toMatchObject({
      code: 'no-terminal',
      detail,
      hint: 'Choose another terminal in the settings and test it there.',
    });
    expect(await readdir(process.env['TMPDIR'] ?? '')).toEqual([]);
  });

  it('is told of when it cannot be run', async () => {
    const missing = runAppleScript(join(folder, 'none', 'osascript'), [], {});
    expect(await problemOf(missing)).toMatchObject({ detail: expect.stringContaining('ENOENT') });
  });

  it('is what the launcher uses', async () => {
    const path = await osascript('sleep 0.7; echo "(-1743)" >&2; exit 1');
    const place = { folder, platform: 'darwin', env: { PATH: '/usr/bin:/bin' } } as const;
    const terminals = new SystemTerminals(() => ({ kind: 'custom', argv: [path] }), place);
    expect(await problemOf(terminals.launch(['x']))).toMatchObject({
      message: 'macOS does not let Sallyport open a window in the terminal.',
    });
  });
});
