import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemPrograms } from '../../electron/main/adapters/programs';
import { problemOf } from '../fakes/fake-services';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-programs-${process.pid}-`));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function install(name: string, end = 'exit 0'): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\nprintf '%s\\n' "$0" "$@" >'${folder}/argv'\n${end}\n`);
  await chmod(path, 0o755);
  return path;
}

const programs = (PATH = folder) => new SystemPrograms({ PATH, ELECTRON_RUN_AS_NODE: '1' }, 'linux');

describe('a program that follows a knock', () => {
  it('is given its arguments as they stand', async () => {
    const path = await install('viewer');
    const args = ['--to=web1:22', 'a b', '$(id)', "it's", '; touch x'];
    await programs().start(['viewer', ...args]);
    expect((await readFile(join(folder, 'argv'), 'utf8')).trimEnd().split('\n')).toEqual([path, ...args]);
  });

  it.each(['viewer', './viewer', '../viewer', '/no/such/viewer', ''])(
    'is told of when %j is not there',
    async (name) => {
      await install('viewer');
      expect(await problemOf(programs('.').start([name]))).toMatchObject({
        code: 'not-found',
        message: `The door is open, but the program "${name}" was not found.`,
      });
    },
  );

  it('is told of when it fails at once', async () => {
    const path = await install('viewer', 'exit 3');
    expect(await problemOf(programs().start(['viewer']))).toMatchObject({
      message: `The door is open, but ${path} could not be started.`,
      detail: 'it ended with exit code 3',
    });
  });

  it('is told of when a signal ends it at once', async () => {
    const path = await install('viewer', 'kill -SEGV $$');
    expect(await problemOf(programs().start(['viewer']))).toMatchObject({
      message: `The door is open, but ${path} could not be started.`,
      detail: 'it was ended by SIGSEGV',
    });
  });
});
