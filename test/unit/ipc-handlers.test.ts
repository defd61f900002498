import { describe, expect, it } from 'vitest';
import { callHandlers } from '../../electron/main/ipc/handlers';
import { ProblemError } from '../../shared/contract/result';
import type { CallName } from '../../shared/contract/ipc';
import { START } from '../fakes/fake-clock';
import { opensWhen } from '../fakes/fake-network';
import { fakeServices } from '../fakes/fake-services';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { FakePerson, FakeWindow } from '../fakes/fake-window';
import { addBoth, rotatingDraft, staticDraft, staticProfile } from '../fakes/sample-profiles';

async function start() {
  const world = fakeServices();
  await addBoth(world.services);
  const person = new FakePerson();
  const window = new FakeWindow(callHandlers(world.services, person), world.log);
  world.net.reply = opensWhen(() => world.net.sent.length >= 3);
  const call = (name: CallName, payload?: unknown) => world.clock.run(window.call(name, payload));
  return { ...world.services, ...world, person, call };
}

const { id } = staticProfile();
const keeping = (more: object = {}) => ({
  ...staticDraft(more),
  method: { ...staticDraft().method, sequence: { kind: 'keep' }, closeSequence: { kind: 'keep' } },
});

describe('runs', () => {
  it('are answered with their view, whatever became of them', async () => {
    const { call, keychain, net } = await start();
    expect(await call('knock', { id, action: 'open' })).toMatchObject({
      ok: true,
      value: { verdict: 'opened', phase: 'done' },
    });
    net.reply = () => 'silence';
    expect(await call('knock', { id, action: 'close' })).toMatchObject({
      ok: true,
      value: { verdict: 'no-effect' },
    });
    keychain.lock('get');
    expect(await call('knock', { id, action: 'open' })).toMatchObject({
      ok: true,
      value: { verdict: 'error', problem: { code: 'keychain-locked' } },
    });
    expect(await call('knock', { id: '00000000-0000-4000-8000-00000000dead', action: 'open' })).toMatchObject(
      {
        ok: false,
        error: { code: 'not-found' },
      },
    );
  });

  it('can be cancelled', async () => {
    const { call, clock, net } = await start();
    net.reply = () => 'silence';
    const running = call('connect', { id });
    await clock.advance(100);
    expect(await call('cancelRun', { id })).toEqual({ ok: true, value: null });
    expect(await running).toMatchObject({ ok: true, value: { problem: { code: 'cancelled' } } });
  });

  it('do not hide a terminal that does not start, whatever an earlier run said', async () => {
    const { call, terminal, clock } = await start();
    await call('connect', { id });
    const again = call('knock', { id, action: 'open' });
    await call('cancelRun', { id });
    expect(await again).toMatchObject({ value: { problem: { code: 'cancelled' } } });
    terminal.fault = new ProblemError({ code: 'not-found', message: 'No terminal was found.' });
    expect(await call('connect', { id })).toMatchObject({
      ok: false,
      error: { message: 'No terminal was found.' },
    });
    await clock.advance(60_000);
  });
});

describe('a profile that changes', () => {
  it('is asked about before its stored secret goes to another host', async () => {
    const { call, person, profiles } = await start();
    person.agrees = false;
    const moved = { id, draft: keeping({ host: 'evil.example' }) };
    expect(await call('updateProfile', moved)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(profiles.get(id).host).toBe('web1.example.org');
    person.agrees = true;
    expect(await call('updateProfile', moved)).toMatchObject({ ok: true, value: { host: 'evil.example' } });
    expect(person.asked).toMatchObject([{ message: expect.stringContaining('evil.example') }, {}]);
  });

  it('is not asked about when the secret is typed or the host stays', async () => {
    const { call, person } = await start();
    person.agrees = false;
    expect(await call('updateProfile', { id, draft: keeping({ gapMs: 200 }) })).toMatchObject({ ok: true });
    expect(await call('updateProfile', { id, draft: rotatingDraft({ host: 'other' }) })).toMatchObject({
      ok: true,
    });
    expect(person.asked).toEqual([]);
  });

  it.each([{ host: 'web9.example.org' }, { port: 2222 }])(
    'shares no grant of its door as it was: %o',
    async (change) => {
      const { call, grants, terminal, net } = await start();
      await call('connect', { id });
      expect(grants.list()).toHaveLength(1);
      await call('updateProfile', { id, draft: keeping(change) });
      expect(grants.list()).toEqual([]);
      net.addresses = ['198.51.100.9'];
      await call('connect', { id });
      expect(net.sent.length).toBeGreaterThan(3);
      expect(terminal.launched).toHaveLength(2);
    },
  );

  it('keeps its grant when only its name or times change', async () => {
    const { call, grants } = await start();
    await call('knock', { id, action: 'open' });
    await call('updateProfile', { id, draft: keeping({ name: 'renamed' }) });
    expect(grants.list()).toHaveLength(1);
  });

  it.each([
    [
      { kind: 'url', url: 'https://nas.example.org/a' },
      'Open a page of nas.example.org',
      'https://nas.example.org/a',
    ],
    [{ kind: 'program', argv: ['viewer', 'a "b"'] }, 'Start this program', '"viewer"\n"a \\"b\\""'],
  ])('is asked about before it may open or start something: %o', async (after, words, detail) => {
    const { call, person, profiles } = await start();
    person.agrees = false;
    expect(await call('createProfile', { draft: staticDraft({ name: 'n', after } as object) })).toMatchObject(
      {
        ok: false,
        error: { code: 'cancelled' },
      },
    );
    expect(await call('updateProfile', { id, draft: keeping({ after }) })).toMatchObject({ ok: false });
    expect([profiles.list().length, profiles.get(id).after.kind]).toEqual([2, 'terminal']);
    person.agrees = true;
    await call('updateProfile', { id, draft: keeping({ after }) });
    expect(profiles.get(id).after).toEqual(after);
    expect(person.asked).toMatchObject([{}, {}, { message: expect.stringContaining(words), detail }]);
    await call('updateProfile', { id, draft: keeping({ after, gapMs: 200 }) });
    await call('updateProfile', { id, draft: keeping({ after: { kind: 'nothing' } }) });
    expect(person.asked).toHaveLength(3);
  });

  it('asks natively before knocks begin to ask an echo service, once per address', async () => {
    const { call, person, profiles } = await start();
    const method = (url: string | null, keys: object) => ({
      kind: 'spa',
      settings: { ...SPA_DEFAULTS, allow: url === null ? { kind: 'source' } : { kind: 'echo', url } },
      key: keys,
      hmacKey: keys,
    });
    const typed = { kind: 'typed', value: 'a2V5' };
    const draft = (url: string | null, keys: object = { kind: 'keep' }) => ({
      ...staticDraft({ name: 'spa1' }),
      method: method(url, keys),
    });
    person.agrees = false;
    expect(await call('createProfile', { draft: draft('https://ip.example.org/', typed) })).toMatchObject({
      error: { code: 'cancelled' },
    });
    expect([profiles.list().length, person.asked.at(-1)?.message]).toEqual([
      2,
      'Ask ip.example.org for your address before each knock of "spa1"?',
    ]);
    person.agrees = true;
    await call('createProfile', { draft: draft('https://ip.example.org/', typed) });
    const made = profiles.find('spa1').id;
    await call('updateProfile', { id: made, draft: draft('https://ip.example.org/') });
    expect(person.asked).toHaveLength(2);
    await call('updateProfile', { id: made, draft: draft('https://other.example.org/') });
    expect(person.asked).toHaveLength(3);
    await call('updateProfile', { id: made, draft: draft(null) });
    expect(person.asked.at(-1)?.detail).toContain(
      'Let in: the address that the packet comes from (so far whom https://other.example.org/ sees)',
    );
  });

  it('goes with its run and grant, and comes back without them', async () => {
    const { call, runViews, grants, profiles } = await start();
    await call('knock', { id, action: 'open' });
    await call('removeProfile', { id });
    expect([runViews.get(id), grants.list(), profiles.list().length]).toEqual([null, [], 1]);
    expect(await call('restoreProfile', { id })).toMatchObject({ ok: true, value: { id } });
    expect(await call('knock', { id, action: 'open' })).toMatchObject({ ok: true });
  });
});

describe('the rest', () => {
  it('asks before a program that the page names becomes the terminal', async () => {
    const { call, person, settings } = await start();
    const wish = {
      theme: 'dark',
      terminal: { kind: 'custom', argv: ['/bin/sh', '-c', 'id; echo " "'] },
      clockServer: { kind: 'off' },
    };
    person.agrees = false;
    expect(await call('saveSettings', wish)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(settings.get().terminal).toEqual({ kind: 'auto' });
    person.agrees = true;
    expect(await call('saveSettings', wish)).toEqual({ ok: true, value: wish });
    expect(await call('saveSettings', { ...wish, theme: 'light' })).toMatchObject({ ok: true });
    expect(person.asked).toHaveLength(2);
    expect(person.asked[0]?.detail).toBe('"/bin/sh"\n"-c"\n"id; echo \\" \\""');
  });

  it('asks before the clock is compared with a server that the page names', async () => {
    const { call, person, settings } = await start();
    person.agrees = false;
    const clockServer = { kind: 'ntp', host: 'secret-of-the-page.example' };
    const wish = { theme: 'dark', terminal: { kind: 'auto' }, clockServer };
    expect(await call('saveSettings', wish)).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(settings.get().clockServer).toEqual({ kind: 'off' });
    person.agrees = true;
    expect(await call('saveSettings', wish)).toMatchObject({ ok: true });
    expect(await call('saveSettings', { ...wish, theme: 'light' })).toMatchObject({ ok: true });
    expect(person.asked).toHaveLength(2);
    expect(person.asked[0]?.message).toContain('secret-of-the-page.example');
    const url = 'https://user:password@example.org/path?leak=1';
    expect(await call('saveSettings', { ...wish, clockServer: { kind: 'http', url } })).toMatchObject({
      ok: false,
      error: { code: 'bad-input' },
    });
  });

  it('copies, tests, checks, dismisses and reveals', async () => {
    const { call, person, terminal, tickets, notices, grants } = await start();
    await call('copySshCommand', { id });
    expect(person.copied).toEqual(['ssh -p 22 -l ops -- web1.example.org']);
    grants.open(id, '203.0.113.7', 22, START + 30_000);
    await call('copySshCommand', { id });
    expect(person.copied[1]).toContain(' -o HostName=203.0.113.7 -o HostKeyAlias=web1.example.org -- ');
    grants.stop();
    terminal.runs = ([, , , ticket = '']) => void tickets.redeem(ticket);
    expect(await call('testTerminal')).toEqual({ ok: true, value: { program: '/usr/bin/xterm', ms: 0 } });
    expect(await call('findTerminals')).toMatchObject({ ok: true, value: [{ id: 'xterm' }] });
    expect(terminal.launched).toHaveLength(1);
    expect(await call('recheckHealth')).toMatchObject({ ok: true, value: { secrets: { state: 'ok' } } });
    notices.add('x');
    await call('dismissNotice', { id: notices.list()[0]?.id });
    expect(notices.list()).toEqual([]);
    expect(await call('revealSecret', { id })).toEqual({ ok: true, value: { shown: true } });
    person.agrees = false;
    expect(await call('revealSecret', { id })).toEqual({ ok: true, value: { shown: false } });
    expect(person.shown).toEqual([id]);
    expect(await call('setFavourite', { id, favourite: true })).toMatchObject({ value: { favourite: true } });
  });
});
