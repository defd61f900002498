/** The role as ansible-playbook reads it; test/server/ansible.sh applies it to a real Debian. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { installerTexts } from '../../electron/main/installer-texts';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { madeExport } from '../fakes/made-export';
import {
  CLOSE_SEQUENCE,
  ROTATING_SECRET,
  rotatingProfile,
  SECRET,
  SEQUENCE,
  STATIC_SECRET,
  staticProfile,
} from '../fakes/sample-profiles';

const PACKET: ProfileSecret = { kind: 'spa', key: 'S2V5c2VjcmV0', hmacKey: 'SE1BQ3NlY3JldA==' };
const spaProfile = staticProfile({ method: { kind: 'spa', settings: SPA_DEFAULTS } });
const NAMES = ['web1', 'x\'"\\', '{{ lookup("pipe", "id") }}', '{% raw %}', 'a: b # c', '- - &x *y !!python'];

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), `sallyport-ansible-${process.pid}-`));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function entries(profile: Profile, secret: ProfileSecret) {
  const made = madeExport('ansible', profile, secret, { secrets: 'ask', allow: ['203.0.113.0/24'] });
  if (made.kind !== 'archive') throw new Error('no archive');
  return made.entries;
}

function unpack(profile: Profile, secret: ProfileSecret): void {
  for (const { path, mode, content } of entries(profile, secret)) {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), content, { mode });
  }
}

function playbook(...argv: readonly string[]) {
  return spawnSync('ansible-playbook', ['-i', 'localhost,', '-c', 'local', ...argv], {
    cwd: place,
    encoding: 'utf8',
    env: { ...process.env, ANSIBLE_LOCAL_TEMP: join(place, 'tmp'), ANSIBLE_NOCOLOR: '1', HOME: place },
  });
}

it.each([
  ['rotating', rotatingProfile(), ROTATING_SECRET],
  ['static', staticProfile(), STATIC_SECRET],
  ['spa', spaProfile, PACKET],
] as const)('is a role that Ansible reads, for a %s profile, without its secret', (_, profile, secret) => {
  unpack(profile, secret);
  execFileSync('cp', ['secrets.example.yml', 'secrets.yml'], { cwd: place });
  expect(playbook('--syntax-check', 'site.yml')).toMatchObject({ status: 0, stderr: '' });
  const everything = entries(profile, secret)
    .map(({ content }) => String(content))
    .join('\n');
  for (const [key, value] of Object.entries(secret))
    if (key !== 'kind') expect(everything).not.toContain(value);
});

it('writes what the shell script would, once the variables are there', () => {
  const wanted = (profile: Profile, secret: ProfileSecret) => {
    const made = madeExport('tar', profile, secret, { allow: ['203.0.113.0/24'] });
    if (made.kind !== 'archive') throw new Error('no archive');
    return new Map(made.entries.map(({ path, content }) => [path.replace('files/', ''), String(content)]));
  };
  for (const [profile, secret, variables] of [
    [rotatingProfile(), ROTATING_SECRET, { sallyport_key: SECRET }],
    [
      staticProfile(),
      STATIC_SECRET,
      { sallyport_sequence: SEQUENCE, sallyport_close_sequence: CLOSE_SEQUENCE },
    ],
    [spaProfile, PACKET, { sallyport_key: 'S2V5c2VjcmV0', sallyport_hmac_key: 'SE1BQ3NlY3JldA==' }],
  ] as const) {
    unpack(profile, secret);
    writeFileSync(join(place, 'vars.json'), JSON.stringify(variables));
    const files = entries(profile, secret).filter(({ path }) => path.endsWith('.j2'));
    const tasks = files.map(({ path }) => ({
      'ansible.builtin.template': { src: join(place, path), dest: join(place, path.replace(/\.j2$/, '')) },
    }));
    const play = [{ hosts: 'all', gather_facts: false, vars_files: ['vars.json'], tasks }];
    writeFileSync(join(place, 'render.yml'), JSON.stringify(play));
    expect(playbook('render.yml')).toMatchObject({ status: 0, stderr: '' });
    for (const { path } of files) {
      const name = basename(path, '.j2');
      expect(readFileSync(join(place, path.replace(/\.j2$/, '')), 'utf8')).toBe(
        wanted(profile, secret).get(name),
      );
    }
  }
});

it.each([
  ['', 'Set sallyport_key in a vault'],
  ['ABC"\nx = "1', 'Set sallyport_key in a vault'],
  ['ABC\n', 'Set sallyport_key in a vault'],
])('refuses %j as a secret before anything changes', (value, words) => {
  unpack(rotatingProfile(), ROTATING_SECRET);
  writeFileSync(join(place, 'secrets.yml'), JSON.stringify({ sallyport_key: value }));
  const facts = { system: 'Linux', kernel: '6.1', service_mgr: 'systemd', architecture: 'x86_64' };
  const play = [{ hosts: 'all', gather_facts: false, vars_files: ['secrets.yml'], roles: ['sallyport'] }];
  writeFileSync(join(place, 'site.yml'), JSON.stringify(play));
  const { status, stdout } = playbook('site.yml', '-e', JSON.stringify({ ansible_facts: facts }));
  expect(status).not.toBe(0);
  expect(stdout).toContain(words);
  expect(stdout).toContain('changed=0');
});

it('is the same role whatever the profile is called, but for the README', { retry: 0 }, () => {
  const role = (name: string) =>
    entries(rotatingProfile({ name }), ROTATING_SECRET).filter(({ path }) => path !== 'README');
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...NAMES), fc.string()), (name) => {
      expect(role(name)).toEqual(role('web1'));
    }),
  );
});

it('has every task in a text of its own', () => {
  for (const name of ['main', 'install', 'trial', 'lasting', 'remove', 'handlers'])
    expect(installerTexts[`ansible/${name}.yml`]).toBe(readFileSync(`build/ansible/${name}.yml`, 'utf8'));
});
