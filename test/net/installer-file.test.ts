/** The installer's file under each shell that a server may have: what is inside, and every way to be damaged. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fakeParts } from '../fakes/fake-parts';
import { madeInstaller } from '../fakes/made-installer';
import { SECRET } from '../fakes/sample-profiles';

const SHELLS = [['dash'], ['busybox', 'ash'], ['bash'], ['bash', '--posix']] as const;
/** Says what sallyportd would say. */
const DAEMON =
  '#!/bin/sh\ncase $1 in version) echo sallyportd 0.1.0 ;; check) echo good ;; *) exit 1 ;; esac\n';

let place: string;
let file: string;
let whole: Buffer;
beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), `sallyport-installer-file-${process.pid}-`));
  file = join(place, 'installer.sh');
  whole = Buffer.from(await madeInstaller(fakeParts(() => DAEMON)));
  writeFileSync(file, whole, { mode: 0o600 });
});
afterAll(() => rmSync(place, { recursive: true, force: true }));

function run(shell: readonly string[], ...argv: readonly string[]) {
  return runWith({}, shell, ...argv);
}

function runWith(env: NodeJS.ProcessEnv, shell: readonly string[], ...argv: readonly string[]) {
  const [command = '', ...rest] = shell;
  const { status, stdout, stderr } = spawnSync(command, [...rest, ...argv], {
    encoding: 'utf8',
    cwd: place,
    timeout: 60_000,
    input: '',
    env: { ...process.env, ...env },
  });
  return { status, stdout, stderr };
}

describe.each(SHELLS.map((shell) => [shell.join(' '), shell] as const))('under %s', (_, shell) => {
  it('tells what it can do', () => {
    const { status, stdout, stderr } = run(shell, file, '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const flag of ['--dry-run', '--check', '--extract', '--allow', '--upgrade', '--confirm', '--purge'])
      expect(stdout).toContain(flag);
  });

  it('unpacks what was put in, for its owner only', () => {
    const out = mkdtempSync(join(place, 'out-'));
    const into = join(out, 'new');
    const { status, stderr } = run(shell, file, '--extract', into);
    expect({ status, stderr }).toEqual({ status: 0, stderr: expect.stringContaining('holds secrets') });
    expect(readdirSync(into).toSorted()).toEqual([
      'daemon-amd64',
      'daemon-arm64',
      'ops-ssh.key',
      'sallyport-gate.service',
      'sallyportd.8',
      'sallyportd.openrc',
      'sallyportd.service',
      'sallyportd.sysv',
      'sallyportd.toml',
      'sallyportd.toml.5',
    ]);
    expect(readFileSync(join(into, 'ops-ssh.key'), 'utf8')).toBe(`${SECRET}\n`);
    expect(readFileSync(join(into, 'daemon-arm64'), 'utf8')).toBe(DAEMON);
    for (const name of ['sallyportd.service', 'sallyport-gate.service'])
      expect(readFileSync(join(into, name))).toEqual(readFileSync(`build/systemd/${name}`));
    expect(statSync(into).mode & 0o777).toBe(0o700);
    expect(run(shell, file, '--extract', into)).toMatchObject({ status: 2 });
  });

  it('checks itself and has the daemon read the config', () => {
    const { status, stdout, stderr } = run(shell, file, '--check', '--force-clock');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('complete and undamaged: 10 files');
    expect(stdout).toContain('The daemon takes the config');
    expect(stdout).not.toContain(SECRET);
  });

  it('says what it would do, and does none of it', () => {
    const { status, stdout } = run(shell, file, '--dry-run', '--force-clock');
    expect(status).toBe(0);
    expect(stdout).toMatch(/create +\/etc\/sallyport\/ops-ssh\.key \(root:sallyport 0640\)/);
    expect(stdout).toContain('Nothing was changed.');
    expect(existsSync('/etc/sallyport')).toBe(false);
  });

  it('says what it would do, and that the clock would keep it from it', () => {
    const shims = mkdtempSync(join(place, 'shims-'));
    writeFileSync(join(shims, 'timedatectl'), '#!/bin/sh\necho no\n', { mode: 0o755 });
    const env = { PATH: `${shims}:${process.env['PATH']}` };
    const { status, stdout, stderr } = runWith(env, shell, file, '--dry-run');
    expect(status).toBe(1);
    expect(stdout).toMatch(/create +\/etc\/sallyport\/ops-ssh\.key \(root:sallyport 0640\)/);
    expect(stderr).toContain('the clock is not synchronized (no)');
    expect(stderr).toContain('nothing was changed, and an installation would stop at the clock');
  });

  it.each([
    [['--colour'], 'unknown option: --colour'],
    [['--allow', '10.0.0.0/8"; rm'], 'is not an address or network'],
    [['--trial-time', '5'], 'is not between 30 and 3600'],
    [['--purge'], '--purge goes with --uninstall'],
    [['--confirm', '--uninstall'], 'exclude each other'],
    [['--upgrade', '--allow', '10.0.0.0/8'], '--allow would do nothing'],
  ])('refuses %s', (argv, words) => {
    const { status, stdout, stderr } = run(shell, file, ...argv);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(words);
  });
});

describe('a damaged file', () => {
  /** Runs --extract and --dry-run; nothing may come of either that is not whole. */
  function refused(bytes: Uint8Array, shell: readonly string[]): string {
    const damaged = join(place, 'damaged.sh');
    const into = join(place, 'never');
    writeFileSync(damaged, bytes);
    const { status, stdout, stderr } = run(shell, damaged, '--extract', into);
    const made = existsSync(into);
    rmSync(into, { recursive: true, force: true });
    expect({ made, failed: status !== 0, stdout }).toEqual({ made: false, failed: true, stdout: '' });
    return stderr;
  }

  it('is refused wherever it was cut short', () => {
    // Before its first command there are only comments, which do nothing and can say nothing.
    const first = whole.indexOf('\ncase ') + 4;
    for (let part = 0; part < 60; part += 1) {
      const shell = SHELLS[part % SHELLS.length]!;
      const at = first + Math.floor(((whole.length - first) * part) / 60);
      expect({ at, said: refused(whole.subarray(0, at), shell) !== '' }).toEqual({ at, said: true });
    }
    expect(refused(whole.subarray(0, whole.length - 70), ['dash'])).toContain('not complete');
    expect(refused(whole.subarray(0, whole.length - 10), ['dash'])).toContain('damaged');
  });

  it('is refused when one bit of its content is wrong', () => {
    const content = whole.indexOf('\n#:file ') + 1;
    for (let part = 0; part < 40; part += 1) {
      const at = content + Math.floor(((whole.length - content - 1) * part) / 40);
      const flipped = Buffer.from(whole);
      flipped[at] = flipped[at]! ^ 1;
      const stderr = refused(flipped, SHELLS[part % SHELLS.length]!);
      expect(stderr).toMatch(/damaged|not complete/);
    }
  });

  it('is refused when its words are wrong', () => {
    const flipped = Buffer.from(whole);
    flipped[whole.indexOf('THIS FILE HOLDS')] = 0x74;
    expect(refused(flipped, ['dash'])).toContain('damaged');
  });

  it('is not read from a pipe', () => {
    const { status, stderr } = spawnSync('sh', ['-s'], { input: whole, encoding: 'utf8', cwd: place });
    expect(status).toBe(1);
    expect(stderr).toContain('save it whole to a file');
  });
});

it('names at its top every folder that it keeps something in', () => {
  const text = whole.toString('latin1');
  const header = text.slice(0, text.indexOf('\n\n'));
  const places = text.matchAll(/^#:file (?:\S+ ){5}(\S+)|^[A-Z]+=(\/\S+)/gm);
  const folders = [...places].map(([, file, folder]) => folder ?? file ?? '');
  expect(folders).toEqual(
    expect.arrayContaining([
      '/etc/sallyport/sallyportd.toml',
      '/var/lib/sallyport',
      '/var/lib/sallyport-setup',
    ]),
  );
  const known = header.match(/\/[a-z/.-]*[a-z]/g) ?? [];
  const unsaid = folders.filter(
    (folder) => !known.some((name) => folder === name || folder.startsWith(`${name}/`)),
  );
  // Of services the header says the kinds.
  expect(unsaid.filter((folder) => !folder.startsWith('/etc/systemd/system'))).toEqual([]);
});

describe('shellcheck', () => {
  const lint = (...argv: readonly string[]) => spawnSync('shellcheck', argv, { encoding: 'utf8' }).stdout;

  it('finds nothing in the installer', () => {
    const program = join(place, 'program.sh');
    writeFileSync(program, whole.subarray(0, whole.indexOf('\n#:file ') + 1));
    expect(lint('-s', 'sh', program)).toBe('');
    expect(lint('-s', 'dash', program)).toBe('');
  });

  it('finds nothing in the services', () => {
    expect(lint('-s', 'sh', 'build/installer/sallyportd.sysv')).toBe('');
    // OpenRC reads its settings from variables, and runs the functions itself.
    expect(lint('-s', 'sh', '-e', 'SC2034', 'build/installer/sallyportd.openrc')).toBe('');
  });
});
