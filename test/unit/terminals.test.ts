import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemTerminals } from '../../electron/main/adapters/terminals';
import type { Settings } from '../../shared/contract/views';
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

function terminals(terminal: Settings['terminal'] = { kind: 'auto' }, env: NodeJS.ProcessEnv = {}) {
  return new SystemTerminals(() => ({ theme: 'system', terminal, clockServer: { kind: 'off' } }), 'linux', {
    PATH: folder,
    ...env,
  });
}

describe('the terminal that is found', () => {
  it.each([
    ['xdg-terminal-exec', []],
    ['x-terminal-emulator', ['-e']],
    ['gnome-terminal', ['--']],
    ['ptyxis', ['--']],
    ['kgx', ['--']],
    ['konsole', ['-e']],
    ['xfce4-terminal', ['-x']],
    ['mate-terminal', ['-x']],
    ['kitty', []],
    ['alacritty', ['-e']],
    ['wezterm', ['start', '--']],
    ['foot', []],
    ['xterm', ['-e']],
  ])('%s is given the command after %j', async (name, before) => {
    const path = await install(name);
    await terminals().launch(COMMAND);
    expect(await argv()).toEqual([path, ...before, ...COMMAND]);
  });

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
        code: 'not-found',
        detail: expect.stringContaining('xterm'),
      });
      const relative = terminals({ kind: 'custom', argv: ['./xterm'] }, { PATH });
      expect(await problemOf(relative.launch(COMMAND))).toMatchObject({ code: 'bad-input' });
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
    expect(
      await problemOf(
        new SystemTerminals(
          () => ({ theme: 'system', terminal: { kind: 'auto' }, clockServer: { kind: 'off' } }),
          'linux',
          {},
        ).launch(COMMAND),
      ),
    ).toMatchObject({
      code: 'not-found',
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
      code: 'bad-input',
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
      code: 'not-found',
      message: expect.stringContaining('xterm could not be started'),
      detail: 'it ended with exit code 3',
    });
  });

  it('tells of a program that the system cannot run', async () => {
    const path = join(folder, 'broken');
    await writeFile(path, '#!/no/such/interpreter\n', { mode: 0o755 });
    expect(await problemOf(terminals({ kind: 'custom', argv: [path] }).launch(COMMAND))).toMatchObject({
      code: 'not-found',
    });
  });
});
