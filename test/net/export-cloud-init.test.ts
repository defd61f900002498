/** User-data as the YAML of cloud-init reads it (PyYAML); test/server/cloud-init.sh boots a Debian with it. */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { DaemonBuild } from '../../shared/installer/export-format';
import { daemonUrlProblem } from '../../shared/installer/options';
import { hostileText } from '../fakes/hostile-text';
import { fakeParts } from '../fakes/fake-parts';
import { madeExport, setupOf } from '../fakes/made-export';
import {
  ROTATING_SECRET,
  rotatingProfile,
  SECRET,
  STATIC_SECRET,
  staticProfile,
} from '../fakes/sample-profiles';

const URL = 'https://files.example.org/0.1/sallyportd-{arch}';
const userDataSchema = z.strictObject({
  write_files: z.array(
    z.strictObject({
      path: z.string(),
      owner: z.literal('root:root'),
      permissions: z.enum(['0600', '0644', '0700']),
      encoding: z.literal('gz+b64').optional(),
      content: z.string(),
    }),
  ),
  runcmd: z.tuple([z.tuple([z.literal('sh'), z.string()])]),
});

const parts = fakeParts();
const daemons: readonly DaemonBuild[] = [await parts.daemon('amd64'), await parts.daemon('arm64')];

function text(name = 'web1', options: unknown = {}): string {
  const made = madeExport('cloud-init', rotatingProfile({ name }), ROTATING_SECRET, options, { daemons });
  if (made.kind !== 'text') throw new Error('no text');
  return made.text;
}

/** Many at once, because Python takes its time to start. */
function readAll(texts: readonly string[]) {
  const program =
    'import json, sys, yaml; print(json.dumps([yaml.safe_load(t) for t in json.load(sys.stdin)]))';
  const said = spawnSync('python3', ['-c', program], { input: JSON.stringify(texts), encoding: 'utf8' });
  if (said.status !== 0) throw new Error(said.stderr);
  return z.array(userDataSchema).parse(JSON.parse(said.stdout));
}

const read = (yaml: string) => readAll([yaml])[0] ?? never();
const never = () => {
  throw new Error('nothing was read');
};

describe('user-data', () => {
  it('writes the files of the setup as they are, and the daemon where no address is given', () => {
    const { setup } = setupOf('cloud-init', rotatingProfile(), ROTATING_SECRET);
    const files = new Map(read(text()).write_files.map((file) => [file.path, file]));
    for (const { path, text: held } of setup.files) {
      expect(files.get(path)).toMatchObject({ permissions: '0600', content: held });
    }
    for (const { arch, base64 } of daemons) {
      expect(files.get(`/run/sallyport-setup/daemon-${arch}`)).toMatchObject({
        encoding: 'gz+b64',
        content: base64,
      });
    }
  });

  it('fits the smallest cloud with an address, and says who can read it', () => {
    const made = text('web1', { daemonUrl: URL });
    expect(Buffer.byteLength(made)).toBeLessThan(16_000);
    expect(made).toContain('user-data is readable');
    expect(made).toContain(SECRET);
    const { format, setup } = setupOf('cloud-init', rotatingProfile(), ROTATING_SECRET, { daemonUrl: URL });
    expect(format.nextSteps(setup, 'x.yaml').join('\n')).toMatch(/AWS 16 KB.*Hetzner 32 KB/);
  });

  it('is refused where there is nobody to ask, and where one address would serve two processors', () => {
    const problem = (options: unknown) => {
      const { format, setup } = setupOf('cloud-init', staticProfile(), STATIC_SECRET, options);
      return format.problem(setup);
    };
    expect(problem({ secrets: 'ask' })).toMatch(/nobody to ask.*shell script/);
    const one = { daemonUrl: 'https://x.example/d' };
    expect(problem(one)).toMatch(/amd64 and arm64.*\{arch\}/);
    expect(problem({ ...one, arches: ['arm64'] })).toBeNull();
  });

  it('means the same whatever the profile is called', { retry: 0 }, () => {
    const names = fc.sample(
      fc.oneof(
        // What Python could not be handed, no profile's file can hold.
        hostileText(64).map((name) => name.replace(/\p{Surrogate}/gu, '?')),
        fc.constantFrom('"\nruncmd: [reboot]', '# x', '--- !!x', 'x: y'),
      ),
      60,
    );
    const usual = read(text());
    for (const [index, one] of readAll(names.map((name) => text(name))).entries())
      expect({ name: names[index], ...one }).toEqual({ name: names[index], ...usual });
  });

  it('takes an address only when no shell could read more in it', { retry: 0 }, () => {
    for (const good of [URL, 'https://h/x', 'https://h.example:8443/a/b?c=d'])
      expect(daemonUrlProblem(good)).toBeNull();
    for (const bad of [
      'http://h/x',
      'https://h',
      "https://h/';reboot",
      'https://h/$(id)',
      'https://h/{arch}{arch}',
      '-x',
      '',
    ])
      expect(daemonUrlProblem(bad)).not.toBeNull();
    fc.assert(
      fc.property(hostileText(), (tail) => {
        if (daemonUrlProblem(`https://h/${tail}`) === null)
          expect(tail).toMatch(/^[A-Za-z0-9._~%/+=&?@:,{}-]*$/);
      }),
    );
  });
});

describe('the script of the first boot', () => {
  const script = (options: unknown) =>
    read(text('web1', options)).write_files.find(({ path }) => path.endsWith('first-boot'))?.content ?? '';

  it.each(['dash', 'bash'])('is one that %s reads', (shell) => {
    expect(spawnSync(shell, ['-n'], { input: script({ daemonUrl: URL }), encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('is one that shellcheck has nothing to say against', () => {
    const said = spawnSync('shellcheck', ['-s', 'sh', '-'], {
      input: script({ daemonUrl: URL }),
      encoding: 'utf8',
    });
    expect(said).toMatchObject({ status: 0, stdout: '' });
  });

  it('knows the SHA-256 of each daemon', () => {
    for (const { arch, program } of daemons)
      expect(script({})).toContain(`${arch}:${createHash('sha256').update(program).digest('hex')}`);
  });
});
