import { describe, expect, it } from 'vitest';
import { CALL_CHANNEL_PREFIX } from '../../shared/contract/channels';
import { calls, type CallName, type Handlers } from '../../shared/contract/ipc';
import { ok, ProblemError } from '../../shared/contract/result';
import { MemoryLog } from '../fakes/fake-services';
import { FakeWindow, OURS, type Sender } from '../fakes/fake-window';
import { staticDraft } from '../fakes/sample-profiles';

const ID = '00000000-0000-4000-8000-000000000001';

function start() {
  const seen: [CallName, unknown][] = [];
  let failure: unknown = null;
  const handlers = Object.fromEntries(
    (Object.keys(calls) as CallName[]).map((name) => [
      name,
      async (payload: unknown) => {
        if (failure !== null) throw failure;
        seen.push([name, payload]);
        return ok('done');
      },
    ]),
  ) as unknown as Handlers;
  const log = new MemoryLog();
  return {
    window: new FakeWindow(handlers, log),
    log,
    seen,
    failWith: (error: unknown) => (failure = error),
  };
}

describe('the gate', () => {
  it('handles every call of the contract, and no other', () => {
    const { window } = start();
    expect([...window.channels.keys()]).toEqual(
      Object.keys(calls).map((name) => `${CALL_CHANNEL_PREFIX}${name}`),
    );
  });

  it('lets our page through', async () => {
    const { window, seen } = start();
    expect(await window.call('snapshot')).toEqual({ ok: true, value: 'done' });
    expect(await window.call('snapshot', null)).toEqual({ ok: true, value: 'done' });
    expect(seen).toEqual([
      ['snapshot', undefined],
      ['snapshot', undefined],
    ]);
  });

  it.each<[string, Partial<Sender>]>([
    ['another window', { id: 2 }],
    ['a frame in our page', { subframe: true }],
    ['a frame that is gone', { url: null }],
    ['another host of our scheme', { url: 'app://other/index.html' }],
    ['a host that begins with ours', { url: 'app://sallyport.evil/index.html' }],
    ['ours as user name', { url: 'app://sallyport@evil/index.html' }],
    ['another scheme', { url: 'https://sallyport/index.html' }],
    ['a file', { url: 'file:///index.html' }],
    ['a blank page', { url: 'about:blank' }],
    ['no URL', { url: '' }],
  ])('refuses %s, and logs it', async (_who, sender) => {
    const { window, seen, log } = start();
    for (const name of Object.keys(calls) as CallName[]) {
      expect(await window.call(name, { id: ID }, { ...OURS, ...sender })).toMatchObject({
        ok: false,
        error: { code: 'refused' },
      });
    }
    expect(seen).toEqual([]);
    expect(log.lines).toHaveLength(Object.keys(calls).length);
  });

  it('refuses everybody while there is no window', async () => {
    const { window, seen } = start();
    window.contents = null;
    expect(await window.call('snapshot')).toMatchObject({ error: { code: 'refused' } });
    expect(seen).toEqual([]);
  });
});

describe('a payload', () => {
  it.each<[CallName, unknown, Record<string, unknown>]>([
    ['removeProfile', { id: '../x' }, { id: expect.any(String) }],
    ['removeProfile', undefined, { '': expect.any(String) }],
    ['snapshot', { more: 1 }, { '': expect.any(String) }],
    ['knock', { id: ID, action: 'toggle' }, { action: expect.any(String) }],
    ['setFavourite', { id: ID, favourite: 'yes' }, { favourite: expect.any(String) }],
    [
      'createProfile',
      { draft: { ...staticDraft(), host: '-o' } },
      { 'draft.host': 'A host cannot begin with a dash.' },
    ],
    [
      'saveSettings',
      { theme: 'dark', terminal: { kind: 'custom', argv: [] } },
      { 'terminal.argv': 'Name the program to start.' },
    ],
    [
      'saveSettings',
      { theme: 'dark', terminal: { kind: 'custom', argv: ['x', 'y'.repeat(513)] } },
      { 'terminal.argv.1': 'An argument has at most 512 characters.' },
    ],
    [
      'saveSettings',
      { theme: 'dark', terminal: { kind: 'custom', argv: Array<string>(17).fill('x') } },
      { 'terminal.argv': 'At most 16 arguments.' },
    ],
    ['dismissNotice', { id: 'x'.repeat(65) }, { id: expect.any(String) }],
  ])('of %s that does not hold reaches no handler: %j', async (name, payload, fields) => {
    const { window, seen } = start();
    expect(await window.call(name, payload)).toEqual({
      ok: false,
      error: { code: 'bad-input', message: expect.stringMatching(/./), fields },
    });
    expect(seen).toEqual([]);
  });

  it.each(
    '\0 \t \n \r \u001b \u007f \u009b \u2028 \u2029 \u061c \u200e \u200f \u202a \u202e \u2066 \u2069'.split(
      ' ',
    ),
  )('of saveSettings has no %j in what a person is asked about', async (unseen) => {
    const { window, seen } = start();
    const wish = { theme: 'dark', terminal: { kind: 'custom', argv: ['sh', `a${unseen}b`] } };
    expect(await window.call('saveSettings', wish)).toMatchObject({
      error: { fields: { 'terminal.argv.1': 'An argument has no control or direction characters.' } },
    });
    expect(seen).toEqual([]);
  });

  it('of saveSettings may have 16 arguments of 512 characters', async () => {
    const { window, seen } = start();
    const wish = {
      theme: 'dark',
      terminal: { kind: 'custom', argv: Array<string>(16).fill('é'.repeat(512)) },
      clockServer: { kind: 'off' },
    };
    expect(await window.call('saveSettings', wish)).toMatchObject({ ok: true });
    expect(seen).toEqual([['saveSettings', wish]]);
  });

  it('arrives without what the contract does not name', async () => {
    const { window, seen } = start();
    await window.call('removeProfile', { id: ID, __proto__: { x: 1 }, more: 'x' });
    expect(seen).toEqual([['removeProfile', { id: ID }]]);
  });
});

describe('a handler that throws', () => {
  it('is a problem in words, never an exception', async () => {
    const { window, failWith, log } = start();
    failWith(new ProblemError({ code: 'conflict', message: 'No.', hint: 'Wait.' }));
    expect(await window.call('snapshot')).toEqual({
      ok: false,
      error: { code: 'conflict', message: 'No.', hint: 'Wait.' },
    });
    expect(log.lines).toEqual([]);
  });

  it.each([new TypeError('x is undefined'), 'a string', 42])(
    'is a fault of ours, and logged: %s',
    async (error) => {
      const { window, failWith, log } = start();
      failWith(error);
      expect(await window.call('snapshot')).toMatchObject({
        ok: false,
        error: { code: 'internal', hint: expect.any(String) },
      });
      expect(log.lines).toHaveLength(1);
    },
  );
});
