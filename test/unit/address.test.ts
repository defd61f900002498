import fc from 'fast-check';
import { isIPv4, isIPv6 } from 'node:net';
import { describe, expect, it } from 'vitest';
import { hostProblem, isIpv4, isIpv6, portProblem, userProblem } from '../../shared/profile/address';

describe('hosts', () => {
  it.each([
    'web1',
    'web1.example.org',
    'WEB1.Example.ORG.',
    '_ssh._tcp.example.org',
    'xn--bcher-kva.example',
    '10.0.0.1',
    '2001:db8::7',
    '::ffff:192.0.2.1',
    'fe80::1%eth0',
    'a'.repeat(63),
  ])('takes %s', (host) => expect(hostProblem(host)).toBeNull());

  it.each([
    ['', 'Enter the name'],
    ['-oProxyCommand=touch x', 'begin with a dash'],
    ['a..b', 'empty part'],
    ['.', 'not a whole IPv4'],
    ['web1;id', '"web1;id" cannot be part'],
    ['$(id).example.org', 'cannot be part'],
    ['web1.`id`', 'cannot be part'],
    ['web 1', 'cannot be part'],
    ['web1\n', 'cannot be part'],
    ['bücher.example', '"bücher" is written in its ASCII form here, which begins with xn--'],
    ['bü cher.example', 'cannot be part'],
    ['a.-b.c', '"-b" cannot be part'],
    ['a-.b', '"a-" cannot be part'],
    ['a'.repeat(64), 'cannot be part'],
    [`${'a.'.repeat(127)}`, 'at most 253'],
    ['1.2.3', 'not a whole IPv4'],
    ['0x7f.1', 'not a whole IPv4'],
    ['0X7F000001', 'not a whole IPv4'],
    ['0177.0x0.1.', 'not a whole IPv4'],
    ['1.2.3.256', 'not a whole IPv4'],
    ['[2001:db8::7]', 'without brackets'],
    ['[2001:db8::7]:22', 'the port in its own place'],
    ['2001:db8::7:22:', 'not an IPv6'],
    ['web1:22', 'the port has a place of its own'],
    ['http://web1/', 'no http://'],
    ['web1/path', 'no path'],
    ['2001:db8::1%eth0', 'not an IPv6'],
    ['fe80::1%eth0;id', 'not an IPv6'],
    ['user@web1', 'the user has a place of its own'],
  ])('refuses %j: %s', (host, words) => expect(hostProblem(host)).toContain(words));

  it('never takes what a shell or ssh would see as more than a word', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40, unit: 'binary' }), (host) => {
        if (hostProblem(host) === null) expect(host).toMatch(/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]*$/);
      }),
    );
  });
});

describe('address literals', () => {
  const octets = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 3, maxLength: 5 });
  it('agrees with Node on IPv4', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          octets.map((list) => list.join('.')),
          fc.ipV4(),
        ),
        (text) => {
          expect(isIpv4(text)).toBe(isIPv4(text));
        },
      ),
    );
    expect(isIpv4('010.0.0.1')).toBe(false);
  });

  it('agrees with Node on IPv6 without a zone', () => {
    const group = fc.oneof(
      fc.integer({ min: 0, max: 0x1ffff }).map((value) => value.toString(16)),
      fc.constant(''),
    );
    const made = fc
      .tuple(fc.array(group, { minLength: 1, maxLength: 9 }), fc.oneof(fc.constant(''), fc.ipV4()))
      .map(([list, tail]) => list.join(':') + (tail === '' ? '' : `:${tail}`));
    fc.assert(
      fc.property(fc.oneof(made, fc.ipV6()), (text) => {
        expect(isIpv6(text)).toBe(isIPv6(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('takes a zone on link-local addresses only', () => {
    expect(isIpv6('fe80::1%wlan0')).toBe(true);
    for (const text of ['2001:db8::1%eth0', 'fe80::1%', 'fe80::1%a%b', 'fe80::1%eth0 x']) {
      expect(isIpv6(text)).toBe(false);
    }
  });
});

describe('users and ports', () => {
  it.each(['root', 'a', '_svc', 'ada.l', 'CORP\\ada', 'ada@corp', 'x-1'])('takes the user %s', (user) =>
    expect(userProblem(user)).toBeNull(),
  );
  it.each([
    '',
    '-l',
    '-oX=1',
    'CORP\\',
    'a b',
    'a;b',
    '$(id)',
    'a\n',
    "a'b",
    '.hidden',
    'a'.repeat(65),
    'größe',
  ])('refuses the user %j', (user) => expect(userProblem(user)).toMatch(/^A user name /));
  it.each([0, -1, 65536, 22.5, Number.NaN, Infinity])('refuses port %s', (port) =>
    expect(portProblem(port)).toBe('A port is a number from 1 to 65535.'),
  );
  it('takes both ends of the ports', () =>
    expect([portProblem(1), portProblem(65535)]).toEqual([null, null]));
});
