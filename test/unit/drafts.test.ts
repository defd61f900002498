import { describe, expect, it } from 'vitest';
import { draftProblems, draftSchema, type ProfileDraft } from '../../shared/profile/draft';
import { nameProblem } from '../../shared/profile/profile';
import { decodeProfileSecret, encodeProfileSecret } from '../../shared/profile/secret';
import { rotatingDraft, ROTATING_SECRET, staticDraft, STATIC_SECRET } from '../fakes/sample-profiles';

function withMethod(method: unknown): unknown {
  return { ...staticDraft(), method };
}

const typed = (value: string) => ({ kind: 'typed', value });
const rotating = (parameters: object, secret: unknown = { kind: 'generate' }) => ({
  kind: 'rotating',
  parameters: {
    period: 30,
    steps: 5,
    protocols: ['tcp', 'udp'],
    range: { low: 10000, high: 49999 },
    ...parameters,
  },
  secret,
});
const fixed = (more: object) => ({
  kind: 'static',
  tcpFlags: ['syn'],
  sequence: { kind: 'keep' },
  closeSequence: { kind: 'none' },
  ...more,
});

describe('a draft', () => {
  it('holds when everything in it does', () => {
    expect(draftProblems(staticDraft())).toEqual({});
    expect(draftProblems(rotatingDraft())).toEqual({});
  });

  it.each<[string, unknown, string]>([
    ['name', { ...staticDraft(), name: '' }, 'Give the profile a name.'],
    ['name', { ...staticDraft(), name: '-n' }, 'A name cannot begin with a dash.'],
    ['host', { ...staticDraft(), host: '-oX' }, 'A host cannot begin with a dash.'],
    ['port', { ...staticDraft(), port: 70000 }, 'A port is a number from 1 to 65535.'],
    ['port', { ...staticDraft(), port: '22' }, 'A port is a number from 1 to 65535.'],
    ['user', { ...staticDraft(), user: 'a b' }, 'A user name has letters'],
    ['group', { ...staticDraft(), group: ' ' }, 'Give the'],
    ['family', { ...staticDraft(), family: 'ipv5' }, 'Choose auto, ipv4, ipv6 or both.'],
    ['openFor', { ...staticDraft(), openFor: 0 }, 'At least 1 second.'],
    ['openFor', { ...staticDraft(), openFor: 1.5 }, 'Write whole seconds.'],
    ['gapMs', { ...staticDraft(), gapMs: 5001 }, 'At most 5000 ms.'],
    ['method.sequence.value', withMethod(fixed({ sequence: typed('7000,0') })), 'Step 2: port 0'],
    ['method.sequence.value', withMethod(fixed({ sequence: typed('7000,22') })), 'Step 2: 22 is the port'],
    ['method.closeSequence.value', withMethod(fixed({ closeSequence: typed('x') })), 'Step 1: "x"'],
    ['method.tcpFlags', withMethod(fixed({ tcpFlags: [] })), 'at least one TCP flag'],
    ['method.tcpFlags', withMethod(fixed({ tcpFlags: ['syn', 'syn'] })), 'listed once'],
    ['method.secret.value', withMethod(rotating({}, typed('AAA'))), 'The secret does not end'],
    ['method.secret.value', withMethod(rotating({}, typed('MFRGGZDF'))), 'The secret has 5 bytes'],
    ['method.parameters.period', withMethod(rotating({ period: 9 })), 'The period is 10 to 86400'],
    ['method.parameters.steps', withMethod(rotating({ steps: 11 })), '3 to 10 steps'],
    ['method.parameters.protocols', withMethod(rotating({ protocols: [] })), 'Choose at least one'],
    ['method.parameters.range', withMethod(rotating({ range: { low: 5, high: 4 } })), 'The range is'],
    ['method.parameters.range', withMethod(rotating({ steps: 3, range: { low: 1, high: 5 } })), 'bits'],
  ])('puts words beside %s', (field, draft, words) => {
    const problems = draftProblems(draft);
    expect(Object.keys(problems)).toEqual([field]);
    expect(problems[field]).toContain(words);
  });

  it('tells every field at once, and what is no draft at all', () => {
    const bad = { ...staticDraft(), host: '', port: 0, gapMs: -1 };
    expect(Object.keys(draftProblems(bad)).toSorted()).toEqual(['gapMs', 'host', 'port']);
    for (const nothing of [null, 7, 'x', []]) expect(draftProblems(nothing)).not.toEqual({});
  });

  it('drops what it does not know', () => {
    const draft = draftSchema.parse({ ...staticDraft(), id: 'forged', favourite: true }) as ProfileDraft;
    expect(draft).toEqual(staticDraft());
  });
});

describe('names', () => {
  it.each(['web 1', 'Büro', '東京', 'a'.repeat(64), 'R&D'])('takes %s', (name) =>
    expect(nameProblem(name)).toBeNull(),
  );
  it.each([
    '',
    ' ',
    ' a',
    'a ',
    '-a',
    'a'.repeat(65),
    'a\u0007b',
    'a\u001b[31m',
    'a\u009b31m',
    'a\u2028b',
    'a\u202eb',
    'a\u061cb',
  ])('refuses %j', (name) => expect(nameProblem(name)).toEqual(expect.any(String)));
});

describe('a stored secret', () => {
  it('is read back as it was written', () => {
    for (const secret of [STATIC_SECRET, ROTATING_SECRET, { ...STATIC_SECRET, closeSequence: null }]) {
      expect(decodeProfileSecret(encodeProfileSecret(secret))).toEqual(secret);
    }
  });

  it.each(['', 'null', '{}', '{"kind":"static"}', '{"kind":"rotating","secret":"AAAA"}', '[1'])(
    'is nothing when the text is %j',
    (text) => expect(decodeProfileSecret(text)).toBeNull(),
  );
});
