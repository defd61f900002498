/** What a profile is called must never become a command, and what a format cannot serve must be refused with words. */
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostProblem, userProblem } from '../../shared/profile/address';
import { nameProblem, type Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { exportFileName, type FormatId } from '../../shared/installer/export-format';
import { madeExport, setupOf } from '../fakes/made-export';
import { hostileText } from '../fakes/hostile-text';
import {
  CLOSE_SEQUENCE,
  ROTATING_SECRET,
  rotatingProfile,
  SEQUENCE,
  staticProfile,
} from '../fakes/sample-profiles';

const fixed: ProfileSecret = { kind: 'static', sequence: SEQUENCE, closeSequence: CLOSE_SEQUENCE };
const packet: ProfileSecret = { kind: 'spa', key: 'S2V5', hmacKey: 'SE1BQw==' };
const spaProfile = (more: Partial<Profile> = {}) =>
  staticProfile({ method: { kind: 'spa', settings: SPA_DEFAULTS }, ...more });

/** Names that the profile store takes, and some that only a damaged one could hold. */
const names = fc.oneof(
  hostileText(64).filter((name) => nameProblem(name) === null),
  hostileText(64),
  fc.constantFrom('a\\', "'; reboot #", '$(reboot)', '"\n}\nflush ruleset', '{{ x }}', '`id`', 'x\r\nreboot'),
);
const users = fc.oneof(
  fc.constantFrom(null, 'DOMAIN\\ada', 'a.b@c', '_x'),
  hostileText(64).filter((user) => userProblem(user) === null),
);
const hosts = fc.constantFrom(
  'web1.example.org',
  '2001:db8::1',
  'fe80::1%eth0',
  'xn--bcher-kva.example',
  '_x.y',
);

/** What is obeyed: the lines that are not comments. */
function obeyed(text: string): string[] {
  return text.split('\n').filter((line) => !/^\s*#/.test(line));
}

function text(format: FormatId, profile: Profile, secret: ProfileSecret): string {
  const made = madeExport(format, profile, secret);
  if (made.kind !== 'text') throw new Error('no text');
  return made.text;
}

describe('hostile names, users and hosts', () => {
  it.each(['nftables', 'iptables', 'knockd'] as const)('change no line of %s that is obeyed', (format) => {
    const usual = obeyed(text(format, staticProfile(), fixed));
    fc.assert(
      fc.property(names, users, hosts, (name, user, host) => {
        expect(hostProblem(host)).toBeNull();
        expect(obeyed(text(format, staticProfile({ name, user, host }), fixed))).toEqual(usual);
      }),
    );
  });

  it('change nothing in fwknop’s files but the words of the README', () => {
    const files = (profile: Profile) => {
      const made = madeExport('fwknop', profile, packet);
      if (made.kind !== 'archive') throw new Error('no archive');
      return made.entries
        .filter(({ path }) => path !== 'README')
        .map(({ path, content }) => ({
          path,
          // Only what the stanza is called comes from the name, in letters, digits, dots and dashes.
          obeyed: obeyed(String(content)).map((line) => line.replace(/^\[[A-Za-z0-9.-]+\]$/, '[]')),
        }));
    };
    fc.assert(
      fc.property(names, users, (name, user) => {
        expect(files(spaProfile({ name, user }))).toEqual(files(spaProfile()));
      }),
    );
  });

  it.each(['dash', 'bash'])('leave scripts that %s can read', (shell) => {
    for (const [name, user] of fc.sample(fc.tuple(names, users), 20)) {
      for (const [format, profile, secret] of [
        ['iptables', staticProfile({ name, user }), fixed],
        ['sh', rotatingProfile({ name, user }), ROTATING_SECRET],
      ] as const) {
        // What the installer carries stands below its last command.
        const [input = ''] = text(format, profile, secret).split('\n#:file ');
        const read = spawnSync(shell, ['-n'], { input, encoding: 'utf8' });
        expect({ name, status: read.status, said: read.stderr }).toEqual({ name, status: 0, said: '' });
      }
    }
  });

  it('are a value of the shell script, as they are', () => {
    for (const name of fc.sample(
      names.filter((one) => nameProblem(one) === null && !/\p{Surrogate}/u.test(one)),
      20,
    )) {
      const line = obeyed(text('sh', rotatingProfile({ name }), ROTATING_SECRET)).find((one) =>
        one.startsWith('SP_PROFILE='),
      );
      const said = spawnSync('dash', [], { input: `${line}\nprintf %s "$SP_PROFILE"`, encoding: 'utf8' });
      expect(said).toMatchObject({ status: 0, stdout: name, stderr: '' });
    }
  });

  it('give names of files that no shell and no system reads otherwise', () => {
    fc.assert(
      fc.property(names, (name) => {
        const { format, setup } = setupOf('iptables', staticProfile({ name }), fixed);
        expect(exportFileName(format, setup, 0)).toMatch(/^sallyport-[A-Za-z0-9][A-Za-z0-9.-]*\.sh$/);
      }),
    );
  });
});

describe('the first thing to do next', () => {
  it.each([
    [{ host: 'web1.example.org', user: 'ops', port: 22 }, 'scp x ops@web1.example.org:'],
    [{ host: '2001:db8::1', user: null, port: 2222 }, 'scp -P 2222 x [2001:db8::1]:'],
    [{ host: 'web1', user: null, port: 8443, after: { kind: 'nothing' as const } }, 'scp x web1:'],
  ])('is to copy the file to the very server: %j', (fields, command) => {
    for (const id of ['sh', 'tar', 'iptables', 'nftables', 'knockd'] as const) {
      const { format, setup } = setupOf(id, staticProfile(fields), fixed);
      expect(format.nextSteps(setup, 'x')[0]).toBe(command);
    }
  });
});

describe('what a format cannot serve', () => {
  const problem = (...wish: Parameters<typeof setupOf>) => {
    const { format, setup } = setupOf(...wish);
    return format.problem(setup);
  };
  const sequence = (open: string, close: string | null = null): ProfileSecret => ({
    kind: 'static',
    sequence: open,
    closeSequence: close,
  });

  it.each(['nftables', 'iptables', 'knockd'] as const)(
    'is refused by %s, with what to do instead',
    (format) => {
      expect(problem(format, rotatingProfile(), ROTATING_SECRET)).toMatch(
        /rotating key.*Choose the shell script/,
      );
      expect(problem(format, spaProfile(), packet)).toMatch(/fixed sequences only.*Choose the shell script/);
      expect(problem(format, staticProfile(), fixed, { secrets: 'ask' })).toMatch(/Include the secret/);
      expect(problem(format, staticProfile(), sequence('7101,icmp:128,9303'))).toMatch(/ICMP/);
      expect(problem(format, staticProfile(), sequence('7101,8202,9303', '7101,9303,8202'))).toMatch(
        /begin alike/,
      );
      expect(problem(format, staticProfile(), sequence('7101,8202,9303', '9303,8202,7101'))).toBeNull();
    },
  );

  it('is refused by fwknop', () => {
    expect(problem('fwknop', staticProfile(), fixed)).toMatch(/own packets only/);
    expect(problem('fwknop', rotatingProfile(), ROTATING_SECRET)).toMatch(/own packets only/);
    expect(problem('fwknop', spaProfile(), packet, { secrets: 'ask' })).toMatch(/Include the secret/);
  });

  it('is NAT, but for fwknop', () => {
    const nat = { kind: 'local-nat', port: 22 } as const;
    const forwarded = spaProfile({ method: { kind: 'spa', settings: { ...SPA_DEFAULTS, nat } } });
    for (const format of ['sh', 'tar', 'ansible', 'cloud-init'] as const)
      expect(problem(format, forwarded, packet)).toMatch(/does not do.*fwknop configuration/);
    expect(problem('fwknop', forwarded, packet)).toBeNull();
  });

  it('is not a further port, which the door and the files of fwknop have too', () => {
    const more = { ...SPA_DEFAULTS, morePorts: 'udp/53,tcp/443' };
    const several = spaProfile({ method: { kind: 'spa', settings: more } });
    expect(setupOf('sh', several, packet).setup.files[0]?.text).toContain(
      'ports = ["22/tcp", "53/udp", "443/tcp"]',
    );
    const made = madeExport('fwknop', several, packet);
    const files = made.kind === 'archive' ? made.entries.map(({ content }) => String(content)).join('') : '';
    expect(files).toMatch(/^OPEN_PORTS +tcp\/22,udp\/53,tcp\/443$/m);
    expect(files).toMatch(/^ACCESS +tcp\/22,udp\/53,tcp\/443$/m);
    expect(files).toContain('iptables -A INPUT -p udp --dport 53 -j DROP');
  });

  it('is a one-time list and flags of a single step, everywhere', () => {
    const list = { kind: 'one-time', tcpFlags: ['syn'], list: crypto.randomUUID(), lines: 2 } as const;
    expect(() =>
      setupOf('sh', staticProfile({ method: list }), { kind: 'one-time', list: '7101,8202\n7301,8302' }),
    ).toThrow(/one-time list cannot be put on a server/);
    expect(() => setupOf('nftables', staticProfile(), sequence('7101,8202:tcp;flags=fin,9303'))).toThrow(
      /Step 2 has TCP flags of its own/,
    );
  });

  it('is not what only the client knows of a step', () => {
    const told = sequence('7101:tcp;ttl=64;from=40001;gap=300,8202:udp;data=text:{}#,9303:tcp');
    for (const format of ['nftables', 'iptables', 'knockd'] as const) {
      expect(obeyed(text(format, staticProfile(), told))).toEqual(
        obeyed(text(format, staticProfile(), sequence('7101:tcp,8202:udp,9303:tcp'))),
      );
    }
  });
});
