import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportOptionsSchema, networkProblem } from '../../shared/installer/options';
import { serverSetup, serverUser, type ServerSetup } from '../../shared/installer/server-setup';
import { tomlString } from '../../shared/installer/toml';
import { draftSchema } from '../../shared/profile/draft';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { rotatingDraft, SECRET, staticDraft } from '../fakes/sample-profiles';

const included = exportOptionsSchema.parse({});
const asked = exportOptionsSchema.parse({ secrets: 'ask' });

function profileOf(draft: unknown, method: Profile['method'], more: Partial<Profile> = {}): Profile {
  const { method: _, ...fields } = draftSchema.parse(draft);
  const id = '00000000-0000-4000-8000-000000000001';
  return { ...fields, id, favourite: false, method, createdAt: 0, updatedAt: 0, ...more };
}

const rotating = (more: Partial<Profile> = {}) => {
  const draft = rotatingDraft();
  const { method } = draftSchema.parse(draft);
  if (method.kind !== 'rotating') throw new Error('not rotating');
  return profileOf(draft, { kind: 'rotating', parameters: method.parameters }, { user: 'ops', ...more });
};
const fixed = (more: Partial<Profile> = {}) =>
  profileOf(staticDraft(), { kind: 'static', tcpFlags: ['syn'], hasClose: false }, more);
const spa = () => profileOf(staticDraft(), { kind: 'spa', settings: { ...SPA_DEFAULTS, timeout: 600 } });

const secretOf = (sequence: string, closeSequence: string | null = null): ProfileSecret => ({
  kind: 'static',
  sequence,
  closeSequence,
});

function setup(profile: Profile, secret: ProfileSecret, options = included): ServerSetup {
  const made = serverSetup(profile, secret, options);
  if (!made.ok) throw new Error(made.error.message);
  return made.value;
}

function problem(profile: Profile, secret: ProfileSecret): string {
  const made = serverSetup(profile, secret, included);
  return made.ok ? 'none' : made.error.message;
}

describe('a server setup', () => {
  it('keeps a rotating secret in a file of its own', () => {
    const { files, needsClock, asks } = setup(rotating({ port: 2222, openFor: 45 }), {
      kind: 'rotating',
      secret: SECRET,
    });
    expect(files.map(({ path, secret }) => [path, secret])).toEqual([
      ['/etc/sallyport/sallyportd.toml', false],
      ['/etc/sallyport/ops-ssh.key', true],
    ]);
    expect(files[1]?.text).toBe(`${SECRET}\n`);
    expect(files[0]?.text).toContain('ports = ["2222/tcp"]');
    expect(files[0]?.text).toContain('open_for = "45s"');
    expect(files[0]?.text).toContain('secret_file = "ops-ssh.key"');
    expect({ needsClock, asks }).toEqual({ needsClock: true, asks: [] });
  });

  it('has no secret anywhere when the server is to ask for it', () => {
    for (const [profile, secret, forms] of [
      [rotating(), { kind: 'rotating', secret: SECRET }, ['base32']],
      [fixed(), secretOf('61871:tcp,62982:udp,63793:tcp', '64694,60515,61426'), ['sequence', 'sequence']],
      [spa(), { kind: 'spa', key: 'S2V5', hmacKey: 'SE1BQw==' }, ['base64', 'base64']],
    ] as const) {
      const made = setup(profile, secret, asked);
      expect(made.asks.map(({ form }) => form)).toEqual(forms);
      const everything = JSON.stringify({ ...made, profile: null });
      for (const [key, value] of Object.entries(secret))
        if (key !== 'kind') expect(everything).not.toContain(value);
      expect(made.files.some(({ secret: held }) => held)).toBe(false);
      for (const { placeholder } of made.asks) {
        expect(made.files.filter(({ text }) => text.split(placeholder).length === 2)).toHaveLength(1);
      }
    }
  });

  it('gives a static sequence the time that its gaps take', () => {
    const steps = Array.from({ length: 12 }, (_, index) => `${20000 + index * 137}:tcp`).join(',');
    const slow = setup(fixed({ gapMs: 2000 }), secretOf(steps));
    expect(slow.files[0]?.text).toContain('window = "27s"');
    expect(slow.files[0]?.secret).toBe(true);
    expect(slow.needsClock).toBe(false);
    const own = '7101:tcp;gap=5000,8202:udp;gap=4500,9303:tcp;gap=5000,6404:tcp';
    expect(setup(fixed({ gapMs: 0 }), secretOf(own)).files[0]?.text).toContain('window = "20s"');
    expect(setup(fixed({ gapMs: 0 }), secretOf('7101,8202,9303', own)).files[0]?.text).toContain(
      'window = "20s"',
    );
  });

  it('lets a single packet ask for the time that its profile asks for', () => {
    const { doors, files } = setup(spa(), { kind: 'spa', key: 'S2V5', hmacKey: 'SE1BQw==' });
    expect(doors[0]?.maxOpenFor).toBe(600);
    expect(files[0]?.text).toContain('require_source_address = false');
  });

  it('refuses what the daemon would refuse', () => {
    expect(problem(fixed(), secretOf('7001,8002'))).toContain('has 2 steps');
    expect(problem(fixed(), secretOf('7001,8002,8002:tcp,9003'))).toContain('Steps 2 and 3 are the same');
    expect(problem(fixed(), secretOf('7001,8002,9003', '7001,8002'))).toContain('has 2 steps');
    const long = Array.from({ length: 32 }, (_, index) => 20000 + index * 137).join(',');
    expect(problem(fixed({ gapMs: 5000 }), secretOf(long))).toContain('takes 155 s; the server waits 120 s');
  });

  it('names users as the daemon can', () => {
    expect(serverUser(null)).toBe('me');
    expect(serverUser('DOMAIN\\ada')).toBe('DOMAIN-ada');
    expect(serverUser('_svc')).toBe('svc');
    fc.assert(
      fc.property(fc.string(), (name) => /^[A-Za-z0-9][A-Za-z0-9._@-]{0,47}$/.test(serverUser(name))),
    );
  });
});

describe('an allowed network', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '2001:db8::/32', '::1'])('%s', (text) => {
    expect(networkProblem(text)).toBeNull();
  });
  it.each([
    '203.0.113.0/33',
    '203.0.113/24',
    '::ffff:10.0.0.1',
    'fe80::1%eth0',
    '1.2.3.4/',
    '1.2.3.4/8/8',
    '"',
  ])('is refused: %s', (text) => expect(networkProblem(text)).not.toBeNull());
});

it('no text ends a TOML string', () => {
  expect(tomlString('a"b\\c\nd\u0001')).toBe('"a\\"b\\\\c\\nd\\u0001"');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const written = tomlString(text).slice(1, -1);
      return !/(^|[^\\])(\\\\)*"/.test(written) && !/[\n\r]/.test(written);
    }),
  );
});
