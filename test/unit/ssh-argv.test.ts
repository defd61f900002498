import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sshArgv, sshCommandLine, type SshTarget } from '../../shared/ssh/ssh-argv';

const target = (more: Partial<SshTarget> = {}): SshTarget => ({
  host: 'web1.example.org',
  port: 22,
  user: 'ops',
  address: '203.0.113.7',
  ...more,
});

function argv(more: Partial<SshTarget> = {}): readonly string[] {
  const result = sshArgv(target(more));
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('ssh arguments', () => {
  it('pins the address and keeps the name that known_hosts has', () => {
    expect(argv().join(' ')).toBe(
      'ssh -p 22 -l ops -o HostName=203.0.113.7 -o HostKeyAlias=web1.example.org -- web1.example.org',
    );
    expect(argv({ port: 2222 })).toContain('HostKeyAlias=[web1.example.org]:2222');
    expect(argv({ user: null, address: null })).toEqual(['ssh', '-p', '22', '--', 'web1.example.org']);
    expect(argv({ address: 'fe80::1%eth0' })).toContain('HostName=fe80::1%%eth0');
    expect(argv({ host: '203.0.113.7' })).toEqual(['ssh', '-p', '22', '-l', 'ops', '--', '203.0.113.7']);
  });

  it.each<[Partial<SshTarget>, string]>([
    [{ host: '-oProxyCommand=touch x' }, 'dash'],
    [{ host: 'a;b' }, 'cannot be part'],
    [{ user: '-oProxyCommand=x' }, 'dash'],
    [{ user: '$(id)' }, 'letters'],
    [{ port: 0 }, '1 to 65535'],
    [{ address: '-oX=1' }, 'not an address'],
    [{ address: '203.0.113.7 -oX' }, 'not an address'],
  ])('starts no ssh with %o', (more, words) => {
    const result = sshArgv(target(more));
    expect(result.ok ? result.value : result.error.message).toContain(words);
  });

  it('never lets a host or user become an option', () => {
    const word = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.string({ maxLength: 30 }).map((text) => `-${text}`),
    );
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 65535 }), (host, user, port) => {
        const result = sshArgv({ host, user, port, address: null });
        if (!result.ok) return;
        expect(result.value).toEqual(['ssh', '-p', String(port), '-l', user, '--', host]);
        expect(user.startsWith('-') || host.startsWith('-')).toBe(false);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('ssh itself', () => {
  const resolved = (more: Partial<SshTarget>): string => {
    const [, ...args] = argv(more);
    return execFileSync('ssh', ['-F', '/dev/null', '-G', ...args], { encoding: 'utf8' });
  };

  it.each<Partial<SshTarget>>([
    {},
    { user: 'CORP\\ada' },
    { user: 'ada@corp.example' },
    { host: 'fe80::1%eth0', address: null },
    { address: 'fe80::1%eth0' },
    { address: 'fe80::1%h' },
    { host: 'web_1.example.org', port: 2222, address: '2001:db8::7' },
  ])('reads %o as it was meant', (more) => {
    const { host, port, user, address } = target(more);
    const lines = resolved(more).split('\n');
    expect(lines).toContain(`user ${user}`);
    expect(lines).toContain(`port ${port}`);
    expect(lines).toContain(`hostname ${address ?? host}`);
    expect(lines.filter((line) => line.startsWith('proxycommand'))).toEqual([]);
  });
});

describe('the line to paste', () => {
  it('quotes what a shell would read', () => {
    expect(sshCommandLine(argv({ port: 2222, user: 'CORP\\ada' }))).toBe(
      "ssh -p 2222 -l 'CORP\\ada' -o HostName=203.0.113.7 -o 'HostKeyAlias=[web1.example.org]:2222' -- web1.example.org",
    );
  });

  it('is read back by a real shell as the same words', () => {
    const words = fc.array(fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme-ascii' }), {
      maxLength: 5,
    });
    fc.assert(
      fc.property(words, (list) => {
        const script = `printf '%s\\0' ${sshCommandLine(['x', ...list])}`;
        expect(execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' })).toBe(
          ['x', ...list].map((word) => `${word}\0`).join(''),
        );
      }),
      { numRuns: 40 },
    );
  });
});
