import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  entriesOf,
  publicProfiles,
  readProfilesJson,
  writeProfilesJson,
} from '../../shared/exchange/profiles-json';
import { LONGEST_URI, readProfileUri, writeProfileUri } from '../../shared/exchange/profile-uri';
import { recognise } from '../../shared/exchange/recognise';
import { checkedEntries } from '../../shared/exchange/review';
import type { ImportEntry } from '../../shared/exchange/entry';
import { GAP_MS } from '../../shared/profile/profile';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { anyProfile, type KnownProfile } from '../fakes/any-profile';
import { hostileText } from '../fakes/hostile-text';
import { rotatingProfile, SECRET, STATIC_SECRET, staticProfile } from '../fakes/sample-profiles';

/** What a draft with typed secrets says, put like a profile's secret. */
function secretIn({ draft: { method } }: ImportEntry): unknown {
  const value = (input: { kind: string; value?: string }) => input.value ?? null;
  if (method.kind === 'rotating') return { kind: 'rotating', secret: value(method.secret) };
  if (method.kind === 'spa') return { kind: 'spa', key: value(method.key), hmacKey: value(method.hmacKey) };
  if (method.kind === 'one-time') return { kind: 'one-time', list: value(method.list) };
  const { sequence, closeSequence } = method;
  return { kind: 'static', sequence: value(sequence), closeSequence: value(closeSequence) };
}

function expectSame(
  { draft }: ImportEntry,
  { profile }: KnownProfile,
  keys: readonly (keyof typeof draft)[],
): void {
  for (const key of keys) if (key !== 'method') expect(draft[key]).toEqual(profile[key]);
  if (draft.method.kind === 'spa' && profile.method.kind === 'spa') {
    expect(draft.method.settings).toEqual(profile.method.settings);
  } else if (draft.method.kind === 'rotating' && profile.method.kind === 'rotating') {
    expect(draft.method.parameters).toEqual(profile.method.parameters);
  } else if (draft.method.kind === 'static' && profile.method.kind === 'static') {
    expect(draft.method.tcpFlags).toEqual(profile.method.tcpFlags);
  } else {
    expect.fail('the kind has changed');
  }
}

describe('the file of an export', () => {
  it('gives back every profile, and its secret where it is at hand', () => {
    fc.assert(
      fc.property(fc.tuple(anyProfile(1), anyProfile(2)), (known) => {
        const text = writeProfilesJson(publicProfiles(known.map(({ profile }) => profile)), null);
        expect(recognise(text)).toBe('json');
        const json = readProfilesJson(text, null);
        if (json.kind !== 'ok') return expect.fail(json.why);
        const entries = entriesOf(
          json.profiles,
          known.map(({ secret }) => secret),
          null,
        );
        for (const [at, entry] of entries.entries()) {
          expectSame(entry, known[at]!, [
            'name',
            'host',
            'port',
            'user',
            'group',
            'family',
            'openFor',
            'gapMs',
          ]);
          expect(secretIn(entry)).toEqual(known[at]!.secret);
          expect(entry).toMatchObject({ favourite: known[at]!.profile.favourite, missing: [] });
        }
        const bare = entriesOf(json.profiles, null, null);
        expect(bare.map(({ missing }) => missing)).toEqual([['secret'], ['secret']]);
        // Without secrets it says so, and can be saved all the same.
        expect(checkedEntries({ entries: bare, skipped: [], notes: [] }).skipped).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it('has neither ids nor times of this machine in it', () => {
    const text = writeProfilesJson(publicProfiles([staticProfile(), rotatingProfile()]), null);
    expect(text).not.toMatch(/"id"|createdAt|updatedAt/);
    expect(JSON.parse(text)).toMatchObject({ sallyport: 'profiles', version: 1 });
  });

  it('leaves out what would start a program or open a link, and says so', () => {
    const after = { kind: 'program', argv: ['/usr/bin/sh', '-c', 'x'] } as const;
    const json = readProfilesJson(writeProfilesJson(publicProfiles([staticProfile({ after })]), null), null);
    const [entry] = json.kind === 'ok' ? entriesOf(json.profiles, null, null) : [];
    expect(entry?.draft.after).toEqual({ kind: 'terminal' });
    expect(entry?.notes).toEqual([expect.stringContaining('set it again')]);
  });

  it('leaves out a service that would be asked for one’s address, and says so', () => {
    const allow = { kind: 'echo', url: 'https://example.org/ip' } as const;
    const method = { kind: 'spa', settings: { ...SPA_DEFAULTS, allow } } as const;
    const json = readProfilesJson(writeProfilesJson(publicProfiles([staticProfile({ method })]), null), null);
    const [entry] = json.kind === 'ok' ? entriesOf(json.profiles, null, null) : [];
    expect(entry?.draft.method).toMatchObject({ settings: { allow: { kind: 'source' } } });
    expect(entry?.notes).toEqual([expect.stringContaining('asks for your address')]);
  });

  it.each([
    ['{', 'It is no whole JSON'],
    ['[]', 'no export of Sallyport'],
    ['{"sallyport":"settings","version":1}', 'no export of Sallyport'],
    ['{"sallyport":"profiles"}', 'no export of Sallyport'],
    ['{"sallyport":"profiles","version":2}', 'from a newer Sallyport (format 2)'],
    ['{"sallyport":"profiles","version":1}', 'profiles'],
    ['{"sallyport":"profiles","version":1,"profiles":[],"secrets":{"kdf":{"name":"none"}}}', 'secrets.kdf'],
  ])('is refused with words: %s', (text, words) => {
    expect(readProfilesJson(text, null)).toEqual({ kind: 'bad', why: expect.stringContaining(words) });
  });

  it('bounds what a planted file can make the key cost', () => {
    const kdf = { name: 'scrypt', log2N: 30, r: 8, p: 1, salt: '00'.repeat(32) };
    const sealed = { nonce: '00'.repeat(24), data: '00'.repeat(16) };
    const file = { sallyport: 'profiles', version: 1, profiles: [], secrets: { kdf, sealed } };
    expect(readProfilesJson(JSON.stringify(file), null)).toMatchObject({ kind: 'bad' });
    const weak = { ...file, secrets: { kdf: { ...kdf, log2N: 1 }, sealed } };
    expect(readProfilesJson(JSON.stringify(weak), null)).toMatchObject({ kind: 'bad' });
  });

  it('skips a profile that does not hold, by name, and takes the rest', () => {
    const [good] = publicProfiles([staticProfile()]);
    const file = { sallyport: 'profiles', version: 1, profiles: [{ ...good, host: '-oX' }, 7, good] };
    const json = readProfilesJson(JSON.stringify(file), '/f');
    if (json.kind !== 'ok') return expect.fail(json.why);
    expect(json.profiles.map(({ index }) => index)).toEqual([2]);
    expect(json.skipped.map(({ what, why }) => `${what}: ${why}`)).toEqual([
      'web1: host: A host cannot begin with a dash.',
      expect.stringMatching(/^profile 2: /),
    ]);
  });

  it('never throws', () => {
    fc.assert(fc.property(hostileText(60), (text) => void readProfilesJson(text, null)));
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify({ sallyport: 'profiles', version: 1, profiles: [value], secrets: value });
        void readProfilesJson(text, null);
      }),
    );
  });
});

describe('a profile link', () => {
  it('gives back the profile and its secret, or is not made', () => {
    let made = 0;
    fc.assert(
      fc.property(anyProfile(), (known) => {
        const uri = writeProfileUri(known.profile, known.secret);
        if (uri === null) return;
        made += 1;
        expect(uri).toMatch(/^sallyport:\/\/profile\/v1\?[\x21-\x7e]+$/);
        expect(uri.length).toBeLessThanOrEqual(LONGEST_URI);
        expect(recognise(uri)).toBe('uri');
        const entry = readProfileUri(uri);
        if (typeof entry === 'string') return expect.fail(entry);
        expectSame(entry, known, ['name', 'host', 'port', 'user', 'openFor', 'family', 'gapMs']);
        expect(secretIn(entry)).toEqual(known.secret);
        expect(entry.missing).toEqual([]);
      }),
      { numRuns: 200 },
    );
    expect(made).toBeGreaterThan(150);
  });

  it('takes the defaults where it says nothing, and no secret where it has none', () => {
    const entry = readProfileUri('sallyport://profile/v1?host=web1.example.org');
    expect(entry).toMatchObject({
      missing: ['secret'],
      draft: {
        name: 'web1.example.org',
        port: 22,
        openFor: 30,
        family: 'auto',
        gapMs: GAP_MS.usual,
        method: { kind: 'rotating' },
      },
    });
  });

  it('names the family and the gap only where they are not the usual ones', () => {
    const link = (changes: Parameters<typeof staticProfile>[0]) =>
      writeProfileUri(staticProfile(changes), STATIC_SECRET);
    expect(link({ family: 'auto', gapMs: GAP_MS.usual })).not.toMatch(/family|gap/);
    expect(link({ family: 'both', gapMs: 0 })).toContain('&family=both&gap=0&');
  });

  const base = 'sallyport://profile/v1?name=a&host=h&alg=rks1';
  it.each([
    ['another place', 'sallyport://knock/v1?name=a', 'begins with'],
    ['another version', 'sallyport://profile/v2?name=a', 'begins with'],
    ['no host', 'sallyport://profile/v1?name=a', 'host'],
    ['an unknown field', `${base}&exec=x`, '"exec" that is not known'],
    ['a field of another alg', `${base}&sequence=1`, '"sequence" that is not known'],
    ['a field twice', `${base}&host=g`, '"host" twice'],
    ['an unknown alg', 'sallyport://profile/v1?name=a&host=h&alg=toString', 'alg is none of'],
    ['a bad escape', `${base}&user=%zz`, 'damaged'],
    ['a field without value', `${base}&user`, 'damaged'],
    ['a new line', `${base}&user=a%0ab`, 'control or direction'],
    ['a direction mark', 'sallyport://profile/v1?host=h&name=a%E2%80%AEb', 'control or direction'],
    ['an option for a host', 'sallyport://profile/v1?name=a&host=-oProxyCommand%3Dx', 'dash'],
    ['an option for a user', `${base}&user=-oX`, 'dash'],
    ['a port that is none', `${base}&port=2x`, 'port is not a whole number'],
    ['a period with a unit', `${base}&period=30s`, 'period is not a whole number'],
    ['a period beyond bounds', `${base}&period=9`, 'link’s period: '],
    ['a family that is none', `${base}&family=IPv4`, 'family: Choose auto, ipv4, ipv6 or both'],
    ['an empty family', `${base}&family=`, 'family: Choose auto'],
    ['a gap that is no number', `${base}&gap=1e3`, 'gap is not a whole number'],
    ['a negative gap', `${base}&gap=-1`, 'gap is not a whole number'],
    ['a gap beyond bounds', `${base}&gap=5001`, 'At most 5000 ms'],
    ['an empty gap', `${base}&gap=`, 'gap is not a whole number'],
    ['a weak secret', `${base}&secret=AAAA`, 'secret'],
    ['a length beyond bounds', `${base}&user=${'a'.repeat(LONGEST_URI)}`, 'at most'],
  ])('is refused with %s', (_what, uri, words) => {
    expect(readProfileUri(uri)).toContain(words);
  });

  it('never says its secret when it is refused', () => {
    const words = readProfileUri(`${base}&secret=${SECRET}&user=-oX`);
    expect(words).not.toContain(SECRET.slice(0, 8));
    expect(readProfileUri(`${base}&secret=${SECRET}1`)).not.toContain(SECRET.slice(0, 8));
  });

  it('never throws', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'name=a',
        'host=h',
        'alg=spa',
        'alg=sequence',
        'sequence=1,2',
        'key=AA==',
        '&',
        '__proto__=1',
      ),
      hostileText(12),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const entry = readProfileUri(`sallyport://profile/v1?${parts.join('&')}`);
        if (typeof entry !== 'string') expect(entry.draft.host).not.toMatch(/^-|\s/);
      }),
    );
  });
});
