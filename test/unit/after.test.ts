import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openLink } from '../../electron/main/lockdown';
import { afterSchema, linkHost, linkProblem, nextStep, type AfterKnock } from '../../shared/profile/after';
import { draftProblems } from '../../shared/profile/draft';
import { profileSchema } from '../../shared/profile/profile';
import { knockLabel } from '../../shared/text/after';
import { problemOf } from '../fakes/fake-services';
import { staticDraft, staticProfile } from '../fakes/sample-profiles';

/** What a parser of links might stumble over. */
const HOSTILE = 'a . - / \\ @ : [ ] 0 x 1 % # ? & ; \t $'.split(' ');
const ADDRESS = '203.0.113.7';
const program = (...argv: readonly string[]): AfterKnock => ({ kind: 'program', argv });

describe('links', () => {
  it.each([
    'https://web1.example.org',
    'https://web1.example.org/',
    'http://203.0.113.7:8080/a/b?c=d&e=%20#f',
    'https://[2001:db8::7]:8443/',
    'vnc://web1:5901',
    'rdp://web1.example.org:3389',
    'sftp://web1/srv',
  ])('takes %s', (link) => expect(linkProblem(link)).toBeNull());

  it.each([
    ['', 'Enter the address'],
    ['web1.example.org', 'written like'],
    ['HTTPS://web1', 'written like'],
    ['https:web1', 'written like'],
    ['javascript://web1/%0aalert(1)', 'Only https'],
    ['file:///etc/passwd', 'Only https'],
    ['ssh://-oProxyCommand=id/', 'Only https'],
    ['smb://web1/share', 'Only https'],
    ['https://', 'Enter the name'],
    ['https://ops:secret@web1/', 'written like'],
    ['https://ops@web1/', 'user and password'],
    ['https://web1\\@evil.example/', 'user and password'],
    ['https://-web1/', 'begin with a dash'],
    ['https://web1:0/', 'from 1 to 65535'],
    ['https://web1:65536/', 'from 1 to 65535'],
    ['https://0x7f.1/', 'not a whole IPv4'],
    ['https://127.1/', 'not a whole IPv4'],
    ['https://web1.1/', 'not a whole IPv4'],
    ['https://[web1]/', 'no IPv6'],
    ['https://[fe80::1%25eth0]/', 'no IPv6'],
    ['https://web1/$(id)', '%20'],
    ['https://web1/`id`', '%20'],
    ['https://web1/a;id', '%20'],
    ['https://web1/a b', '%20'],
    ['https://web1/"', '%20'],
    ["https://web1/'", '%20'],
    ['https://web1/a\nb', 'written like'],
    ['https://web1/\u202egpj', '%20'],
    [`https://web1/${'a'.repeat(2048)}`, 'at most 2048'],
  ])('refuses %j: %s', (link, words) => expect(linkProblem(link)).toContain(words));

  it('lead to the host that is shown, whatever is typed', () => {
    const part = fc.string({ maxLength: 12, unit: fc.constantFrom(...HOSTILE) });
    fc.assert(
      fc.property(fc.constantFrom('https://', 'http://'), part, (scheme, rest) => {
        const link = scheme + rest;
        if (linkProblem(link) !== null) return;
        expect(new URL(link).hostname).toBe(linkHost(link).toLowerCase());
        expect(new URL(link).username).toBe('');
      }),
      { numRuns: 20_000 },
    );
  });

  it('reach the desktop only when they hold', async () => {
    const opened: string[] = [];
    const shell = { openExternal: async (link: string) => void opened.push(link) };
    await openLink(shell, 'https://web1.example.org/');
    expect(await problemOf(openLink(shell, 'file:///etc/passwd'))).toMatchObject({ code: 'bad-input' });
    expect(opened).toEqual(['https://web1.example.org/']);
    const none = { openExternal: () => Promise.reject(new Error('no handler')) };
    expect(await problemOf(openLink(none, 'vnc://web1:5901'))).toMatchObject({
      code: 'not-found',
      detail: 'no handler',
    });
  });
});

describe('programs', () => {
  const filled = (after: AfterKnock, more: object = {}) => {
    const result = nextStep({ ...staticProfile(), after, ...more }, ADDRESS);
    return result.ok ? result.value : result.error.message;
  };

  it('get what the knock knows, each in the argument where it stands', () => {
    const after = program('viewer', '--to={user}@{host}:{port}', '{address}', '{}', '{"a":1}', 'a b; $(id)');
    expect(filled(after)).toEqual({
      kind: 'program',
      argv: ['viewer', '--to=ops@web1.example.org:22', ADDRESS, '{}', '{"a":1}', 'a b; $(id)'],
    });
  });

  it.each([
    [{ host: '-oProxyCommand=id' }, 'dash'],
    [{ host: 'web1;id' }, 'cannot be part'],
    [{ user: '--exec=id' }, 'dash'],
    [{ user: null }, 'no user'],
    [{ port: 0 }, '1 to 65535'],
  ])('are not started for a profile with %o in it', (more, words) => {
    expect(filled(program('viewer', '{user}', '{host}'), more)).toContain(words);
  });

  it('are not started at what is no address', () => {
    const result = nextStep({ ...staticProfile(), after: program('viewer') }, '--x');
    expect(result.ok ? null : result.error.message).toContain('not an address');
  });

  it.each([
    [[], 'Name the program'],
    [[' '], 'Name the program'],
    [['-e'], 'begin with a dash'],
    [['{host}'], 'without placeholders'],
    [['viewer', '{command}'], 'There is no {command}'],
    [['viewer', ''], 'not empty'],
    [['viewer', 'a\u202eb'], 'direction characters'],
    [['viewer', 'a\nb'], 'control'],
  ])('are refused when they are %j: %s', (argv, words) => {
    const parsed = afterSchema.safeParse({ kind: 'program', argv });
    expect(parsed.error?.issues.map(({ message }) => message).join('\n')).toContain(words);
  });

  it('say at once that a user is missing', () => {
    const draft = staticDraft({ user: null, after: program('viewer', '{user}') });
    expect(draftProblems(draft)).toEqual({
      'after.argv': 'The profile has no user to put in place of {user}.',
    });
    expect(draftProblems({ ...draft, user: 'ops' })).toEqual({});
  });
});

describe('a profile', () => {
  it('from before there was a choice starts ssh', () => {
    const { after, ...old } = staticProfile();
    expect(after.kind).toBe('terminal');
    expect(profileSchema.parse(old).after).toEqual({ kind: 'terminal' });
    expect(nextStep(staticProfile(), ADDRESS)).toMatchObject({ ok: true, value: { kind: 'ssh' } });
  });

  it('names its primary action by what follows', () => {
    const kinds: AfterKnock[] = [
      { kind: 'terminal' },
      { kind: 'url', url: 'https://web1/' },
      program('viewer'),
      { kind: 'nothing' },
    ];
    expect(kinds.map(knockLabel)).toEqual(['Knock & Connect', 'Knock & Open', 'Knock & Run', 'Knock']);
  });

  it.each<[AfterKnock, string]>([
    [{ kind: 'url', url: 'file:///etc/passwd' }, 'The link is not opened'],
    [program('viewer', '{evil}'), 'The program is not started'],
  ])('whose file was changed by hand is refused when it is used: %o', (after, words) => {
    expect(nextStep({ ...staticProfile(), after }, ADDRESS)).toMatchObject({
      ok: false,
      error: { code: 'bad-input', message: expect.stringContaining(words) },
    });
  });
});
