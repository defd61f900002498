/** The installer as an archive, unpacked by the real tar and run by the shells of servers. */
import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tarArchive } from '../../shared/installer/tar';
import type { DaemonBuild } from '../../shared/installer/export-format';
import { fakeParts } from '../fakes/fake-parts';
import { madeExport } from '../fakes/made-export';
import { ROTATING_SECRET, rotatingProfile, SECRET } from '../fakes/sample-profiles';

const DAEMON =
  '#!/bin/sh\ncase $1 in version) echo sallyportd 0.1.0 ;; check) echo good ;; *) exit 1 ;; esac\n';
const SHELLS = [['dash'], ['busybox', 'ash'], ['bash']] as const;

let place: string;
let top: string;
let daemons: readonly DaemonBuild[];
beforeAll(async () => {
  const parts = fakeParts(() => DAEMON);
  daemons = await Promise.all((['amd64', 'arm64'] as const).map((arch) => parts.daemon(arch)));
  place = mkdtempSync(join(tmpdir(), `sallyport-archive-${process.pid}-`));
  top = join(place, 'sallyport-install');
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function archive(options: unknown = {}): Uint8Array {
  const made = madeExport('tar', rotatingProfile({ name: "o'web\\" }), ROTATING_SECRET, options, { daemons });
  if (made.kind !== 'archive') throw new Error('no archive');
  return tarArchive(made.folder, made.entries, 1_780_000_000);
}

beforeEach(() => {
  rmSync(top, { recursive: true, force: true });
  const file = join(place, 'a.tar');
  writeFileSync(file, archive());
  execFileSync('tar', ['-xf', file, '-C', place]);
});

function run(shell: readonly string[], ...argv: readonly string[]) {
  const [command = '', ...rest] = shell;
  return spawnSync(command, [...rest, ...argv], { encoding: 'utf8', cwd: place, input: '', timeout: 60_000 });
}

it('is the same bytes for the same content, and for its owner only', () => {
  expect(Buffer.compare(archive(), archive())).toBe(0);
  expect(readFileSync(join(top, 'files/ops-ssh.key'), 'utf8')).toBe(`${SECRET}\n`);
  expect(readFileSync(join(top, 'files/daemon-arm64'), 'utf8')).toBe(DAEMON);
  expect(statSync(top).mode & 0o777).toBe(0o700);
  for (const name of ['README', 'files/ops-ssh.key', 'files/sallyportd.toml'])
    expect(statSync(join(top, name)).mode & 0o777).toBe(0o600);
});

it('has no secret in it when the server is to ask', () => {
  expect(Buffer.from(archive()).includes(SECRET)).toBe(true);
  expect(Buffer.from(archive({ secrets: 'ask' })).includes(SECRET)).toBe(false);
});

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('under %s', (_, shell) => {
  it('checks every file and has the daemon read the config, from wherever it is called', () => {
    const called = run(shell, 'sallyport-install/install.sh', '--check', '--force-clock');
    expect(called).toMatchObject({ status: 0, stderr: '' });
    expect(called.stdout).toContain('The daemon takes the config');
  });

  it.each(['files/ops-ssh.key', 'files/daemon-arm64', 'files/sallyportd.service'])(
    'refuses %s when it differs or is missing',
    (name) => {
      appendFileSync(join(top, name), 'x');
      const damaged = run(shell, join(top, 'install.sh'), '--check');
      expect({ status: damaged.status, said: damaged.stderr }).toMatchObject({
        status: 1,
        said: expect.stringMatching(/is damaged: its SHA-256/),
      });
      rmSync(join(top, name));
      expect(run(shell, join(top, 'install.sh'), '--check').stderr).toContain(
        `${name} is missing beside this file`,
      );
    },
  );
});

it('is refused when install.sh was changed', () => {
  const script = join(top, 'install.sh');
  writeFileSync(script, readFileSync(script, 'utf8').replace(/^SP_VERSION=.*$/m, "SP_VERSION='9'"));
  expect(run(['dash'], script, '--check').stderr).toContain('this file is damaged');
});
