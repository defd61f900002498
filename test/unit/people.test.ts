import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { qrSvg } from '../../electron/main/adapters/qr';
import { peopleParams } from '../../shared/contract/control-people';
import { readProfileUri } from '../../shared/exchange/profile-uri';
import { recognise } from '../../shared/exchange/recognise';
import { linkOfPage, personPage } from '../../shared/people/page';
import { personKey, type PersonWish } from '../../shared/people/person-key';
import { serverNameProblem } from '../../shared/people/server-name';
import { addScript, addWords, commandLine, revokeWords } from '../../shared/people/server-words';
import type { Profile } from '../../shared/profile/profile';
import { SPA_DEFAULTS, type SpaSettings } from '../../shared/profile/spa';
import { RKS1_DEFAULTS } from '../../shared/sequence/parameters';
import { escapeHtml, unescapeHtml } from '../../shared/text/html';
import { scanDrawn } from '../fakes/qr-scan';
import { rotatingProfile, staticProfile } from '../fakes/sample-profiles';

const BYTES = Uint8Array.from({ length: 20 }, (_, at) => at * 7 + 3);
const BASE32 = 'AMFBCGA7EYWTIO2CJFIFOXTFNRZXVAMI';
const DAY = Date.UTC(2026, 10, 21, 23, 59);
const WISH: PersonWish = { user: 'bob', door: 'ssh', paper: false, replace: false };

const spaProfile = (nat: SpaSettings['nat']): Profile =>
  staticProfile({ method: { kind: 'spa', settings: { ...SPA_DEFAULTS, nat } } });

function made(profile = rotatingProfile(), wish: Partial<PersonWish> = {}) {
  const key = personKey(profile, { ...WISH, ...wish }, BYTES, DAY);
  if (!key.ok) throw new Error(key.error.message);
  return key.value;
}

describe('a key for somebody else', () => {
  it('rotates as the profile does, with a secret of its own', () => {
    const key = made(rotatingProfile({}, { period: 60, protocols: ['udp'] }));
    expect(key.secret).toBe(BASE32);
    expect(key.made).toBe('2026-11-21');
    const entry = readProfileUri(key.uri);
    expect(entry).toMatchObject({
      draft: {
        name: 'web2',
        host: 'web1.example.org',
        user: 'ops',
        method: {
          kind: 'rotating',
          parameters: { ...RKS1_DEFAULTS, period: 60, protocols: ['udp'] },
          secret: { kind: 'typed', value: BASE32 },
        },
      },
      missing: [],
    });
  });

  it('rotates in the usual way where the profile sends single packets', () => {
    expect(made(spaProfile(null)).parameters).toEqual(RKS1_DEFAULTS);
  });

  it.each([
    ['a fixed sequence', staticProfile(), 'section with a sequence of their own'],
    [
      'a one-time list',
      staticProfile({ method: { kind: 'one-time', tcpFlags: ['syn'], list: crypto.randomUUID(), lines: 3 } }),
      'list of their own',
    ],
    ['NAT, which is fwknopd’s', spaProfile({ kind: 'local-nat', port: 80 }), 'access.conf'],
  ])('is refused for a profile with %s, with what can be done', (_, profile, hint) => {
    expect(personKey(profile, WISH, BYTES, DAY)).toMatchObject({
      ok: false,
      error: { code: 'bad-input', hint: expect.stringContaining(hint) },
    });
  });

  it('takes the names that the daemon takes', () => {
    for (const name of ['a', 'bob', 'b.o_b@x-1', '7', 'x'.repeat(48)])
      expect(serverNameProblem(name)).toBeNull();
    for (const name of ['', '-x', '.x', 'a b', 'a/b', 'a;b', 'ä', 'x'.repeat(49), 'a\nb', '$(id)'])
      expect(serverNameProblem(name)).toContain('1 to 48 letters');
    expect(peopleParams.userAdd.safeParse({ name: 'web1', user: '--door' }).success).toBe(false);
  });
});

describe('the words for the server', () => {
  it('are the daemon’s, without the secret', () => {
    const key = made(rotatingProfile({}, { period: 45, range: { low: 1000, high: 2000 } }), {
      replace: true,
    });
    const line = commandLine(addWords(key));
    expect(line).toBe(
      'sudo sallyportd user add bob --door ssh --period 45s --steps 5 --protocols tcp,udp --range 1000-2000 --replace',
    );
    expect(commandLine(revokeWords('bob', null, false))).toBe('sudo sallyportd user revoke bob');
    expect(commandLine(revokeWords('bob', 'web', true))).toBe(
      'sudo sallyportd user revoke bob --door web --force',
    );
  });

  it('are no more to a shell than words, whatever a profile holds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,47}$/), (user) => {
        for (const word of [...addWords(made(rotatingProfile(), { user })), ...revokeWords(user, user, true)])
          expect(word).toMatch(/^[A-Za-z0-9-][A-Za-z0-9._@,-]*$/);
      }),
    );
  });

  it('stand in a script that has the secret in its here-document only', () => {
    const script = addScript(made());
    expect(script.split('\n').filter((line) => line.includes(BASE32))).toEqual([BASE32]);
    expect(script).toContain(`<<'END-OF-KEY'\n${BASE32}\nEND-OF-KEY\n`);
  });
});

/** The text of the element with this id, or null. */
function element(html: string, id: string): string | null {
  return new RegExp(`id="${id}">([^<]*)<`).exec(html)?.[1] ?? null;
}

describe('the page', () => {
  const page = (profile = rotatingProfile(), wish: Partial<PersonWish> = {}) => {
    const key = made(profile, wish);
    return { key, html: personPage(key, qrSvg(key.uri)) };
  };

  it('is imported as it is', () => {
    for (const paper of [false, true]) {
      const { key, html } = page(rotatingProfile({ name: `O'Neil & "sons" <b>` }), { paper });
      expect(linkOfPage(html)).toBe(key.uri);
      expect(scanDrawn(html)).toBe(key.uri);
      expect(linkOfPage(`\ufeff\n${html.replaceAll('\n', '\r\n')}`)).toBe(key.uri);
      expect(recognise(html)).toBe('uri');
    }
    expect(linkOfPage('<!doctype html><pre id="profile-link">sallyport://')).toBeNull();
    expect(recognise('<!doctype html><p>Host x</p>')).toBeNull();
  });

  it('has nothing of a name as markup, no script and nothing from elsewhere', () => {
    const name = '<script>alert(1)</script>"><img src=x>&amp;';
    const { html } = page(rotatingProfile({ name, user: `DOM\\bob` }), { paper: true });
    expect(/<script|<img|<link|src=|href=|url\(|@import|<iframe|<a /i.exec(html)?.[0]).toBeUndefined();
    expect(/content="(default-src[^"]*)"/.exec(html)?.[1]).toMatch(
      /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; base-uri 'none'; form-action 'none'$/,
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
        expect(unescapeHtml(escapeHtml(text))).toBe(text);
      }),
    );
  });

  it('on paper has the secret in groups, and a check of what was typed', () => {
    const { html } = page(rotatingProfile({ openFor: 300 }), { paper: true, user: 'recovery' });
    expect(element(html, 'secret')).toBe('AMFB CGA7 EYWT IO2C\nJFIF OXTF NRZX VAMI');
    expect(element(html, 'check')).toMatch(/^(\d+:(tcp|udp),){4}\d+:(tcp|udp)$/);
    const [, opening] = /<p>(It opens .*)<\/p>/.exec(html) ?? [];
    expect(opening).toBe(
      'It opens port 22 of web1.example.org for 5 min after each knock. It was made on 2026-11-21 with Sallyport.',
    );
    expect(element(page().html, 'secret')).toBeNull();
  });
});
