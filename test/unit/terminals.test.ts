import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemTerminals } from '../../electron/main/adapters/terminals';
import type { TerminalChoice } from '../../shared/terminal/setting';
import { problemOf } from '../fakes/fake-services';

const COMMAND = ['/opt/sallyport/sallyport', 'connect', '--ticket', '0123456789abcdef0123456789abcdef'];

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-term-${process.pid}-`));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A terminal that writes down how it was called and ends. */
async function install(name: string, where = folder, end = 'exit 0'): Promise<string> {
  const path = join(where, name);
  await mkdir(where, { recursive: true });
  await writeFile(
    path,
    `#!/bin/sh\nprintf '%s\\n' "$0" "$@" >'${folder}/argv'\n/usr/bin/env >'${folder}/env'\n${end}\n`,
  );
  await chmod(path, 0o755);
  return path;
}

const argv = async () => (await readFile(join(folder, 'argv'), 'utf8')).trimEnd().split('\n');

function terminals(choice: TerminalChoice = { kind: 'auto' }, env: NodeJS.ProcessEnv = {}) {
  const place = { folder: join(folder, 'logs'), platform: 'linux', env: { PATH: folder, ...env } } as const;
  return new SystemTerminals(() => choice, place);
}

describe('the terminal that is found', () => {
  it('is the person’s choice before any other', async () => {
    await install('xterm');
    const chosen = await install('xdg-terminal-exec');
    await terminals().launch(COMMAND);
    expect((await argv())[0]).toBe(chosen);
  });

  it('is never one of the current or another relative folder', async () => {
    const cwd = process.cwd();
    await install('xterm', join(folder, 'here'));
    process.chdir(join(folder, 'here'));
    try {
      const PATH = ['', '.', 'here', '../here'].join(delimiter);
      expect(await problemOf(terminals({ kind: 'auto' }, { PATH }).launch(COMMAND))).toMatchObject({
        code: 'no-terminal',
        detail: expect.stringContaining('xterm'),
      });
      const relative = terminals({ kind: 'custom', argv: ['./xterm'] }, { PATH });
      expect(await problemOf(relative.launch(COMMAND))).toMatchObject({ code: 'no-terminal' });
    } finally {
      process.chdir(cwd);
    }
    expect(existsSync(join(folder, 'argv'))).toBe(false);
  });

  it('is not a folder or a file that cannot be run', async () => {
    await mkdir(join(folder, 'xdg-terminal-exec'));
    await chmod(await install('x-terminal-emulator'), 0o644);
    const path = await install('xterm');
    await terminals().launch(COMMAND);
    expect((await argv())[0]).toBe(path);
  });

  it('is looked for nowhere without a PATH', async () => {
    const place = { folder, platform: 'linux', env: {} } as const;
    const none = new SystemTerminals(() => ({ kind: 'auto' }), place);
    expect(none.found()).toEqual([]);
    expect(await problemOf(none.launch(COMMAND))).toMatchObject({
      code: 'no-terminal',
      message: 'No terminal was found to start ssh in.',
    });
  });
});

describe('a terminal of the person’s own', () => {
  it('is given its arguments as they are, then the command', async () => {
    const path = await install('myterm');
    const own = ['myterm', '--title', 'a b; $(id)', "it's"];
    await terminals({ kind: 'custom', argv: own }).launch(COMMAND);
    expect(await argv()).toEqual([path, ...own.slice(1), ...COMMAND]);
    await terminals({ kind: 'custom', argv: [path] }, { PATH: '' }).launch(COMMAND);
    expect(await argv()).toEqual([path, ...COMMAND]);
  });

  it('is told of by name when it is not there', async () => {
    await install('xterm');
    expect(await problemOf(terminals({ kind: 'custom', argv: ['none'] }).launch(COMMAND))).toMatchObject({
      code: 'no-terminal',
      message: 'The terminal "none" of your settings was not found.',
    });
  });
});

describe('starting', () => {
  it('hands on the environment without what is this app’s alone', async () => {
    await install('xterm');
    const ours = {
      ELECTRON_RUN_AS_NODE: '1',
      NODE_OPTIONS: '--require x',
      LD_LIBRARY_PATH: '/x',
      LD_PRELOAD: '',
      APPDIR: '/x',
      APPIMAGE: '/x',
      SALLYPORT_PASSPHRASE_FILE: '/x',
    };
    await terminals({ kind: 'auto' }, { ...ours, DISPLAY: ':7', SALLYPORT_HOME: '/h' }).launch(COMMAND);
    const env = await readFile(join(folder, 'env'), 'utf8');
    expect(env).toContain('DISPLAY=:7');
    expect(env).toContain('SALLYPORT_HOME=/h');
    for (const name of Object.keys(ours)) expect(env).not.toContain(`${name}=`);
  });

  it('tells of a terminal that fails at once', async () => {
    await install('xterm', folder, 'exit 3');
    expect(await problemOf(terminals().launch(COMMAND))).toMatchObject({
      code: 'no-terminal',
      message: expect.stringContaining('xterm could not be started'),
      detail: 'it ended with exit code 3',
    });
  });

  it('tells of a program that the system cannot run', async () => {
    const path = join(folder, 'broken');
    await writeFile(path, '#!/no/such/interpreter\n', { mode: 0o755 });
    expect(await problemOf(terminals({ kind: 'custom', argv: [path] }).launch(COMMAND))).toMatchObject({
      code: 'no-terminal',
    });
  });
});

describe('a trial', () => {
  it('keeps what the terminal says, and leaves no file', async () => {
    const path = await install('xterm', folder, 'echo "cannot open display" >&2; exit 1');
    const trial = terminals().try(COMMAND);
    expect(trial.program).toBe(path);
    expect(await trial.failed).toBe('it ended with exit code 1');
    expect(trial.end()).toBe('cannot open display');
    expect(await argv()).toEqual([path, '-e', ...COMMAND]);
    expect(await readdir(join(folder, 'logs'))).toEqual([]);
  });

  it('tells of what cannot be run at all', async () => {
    const path = join(folder, 'broken');
    await writeFile(path, '#!/no/such/interpreter\n', { mode: 0o755 });
    const trial = terminals({ kind: 'custom', argv: [path] }).try(COMMAND);
    expect(await trial.failed).toContain('ENOENT');
    expect(trial.end()).toBe('');
  });
});
