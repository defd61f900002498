import { describe, expect, it } from 'vitest';
import { callHandlers } from '../../electron/main/ipc/handlers';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { fakeServices } from '../fakes/fake-services';
import { FakePerson, FakeWindow } from '../fakes/fake-window';
import { staticDraft } from '../fakes/sample-profiles';

const KEEP = { kind: 'keep' };
const TYPED = { kind: 'typed', value: 'a2V5' };

function draftOf(key: object, settings: object = {}, more: object = {}) {
  const method = { kind: 'spa', settings: { ...SPA_DEFAULTS, ...settings }, key, hmacKey: key };
  return { ...staticDraft({ name: 'spa1' }), ...more, method };
}

async function start() {
  const world = fakeServices();
  const person = new FakePerson();
  const window = new FakeWindow(callHandlers(world.services, person), world.log);
  await world.clock.run(window.call('createProfile', { draft: draftOf(TYPED) }));
  const { id } = world.services.profiles.find('spa1');
  const update = (draft: object) => world.clock.run(window.call('updateProfile', { id, draft }));
  return { person, update, saved: () => world.services.profiles.get(id) };
}

const FIXED = { allow: { kind: 'fixed', address: '203.0.113.66' } };
const NAT = { nat: { kind: 'nat', host: '10.0.0.5', port: 3389 } };

describe('stored SPA keys', () => {
  it.each([
    ['another address', FIXED, {}, ['Let in: 203.0.113.66 (so far the address that the packet comes from)']],
    ['a host behind the server', NAT, {}, ['Forward to: 10.0.0.5 port 3389 (so far nowhere)']],
    [
      'another port by forwarding',
      { nat: { kind: 'local-nat', port: 23 } },
      {},
      ['Forward to: port 23 of the server'],
    ],
    ['another port', {}, { port: 3306 }, ['Open port: 3306 (so far 22)']],
    ['all of it', { ...FIXED, ...NAT }, { port: 3306 }, ['Let in:', 'Open port:', 'Forward to:']],
    [
      'another server too',
      FIXED,
      { host: 'evil.example' },
      ['So far it was for web1.example.org.', 'Let in: 203.0.113.66'],
    ],
  ])(
    'open the door for %s only when the person agrees, in one question',
    async (_, settings, more, words) => {
      const { person, update, saved } = await start();
      const before = saved();
      person.agrees = false;
      expect(await update(draftOf(KEEP, settings, more))).toMatchObject({ error: { code: 'cancelled' } });
      expect(saved()).toEqual(before);
      expect(person.asked).toHaveLength(1);
      for (const word of words) expect(person.asked[0]?.detail).toContain(word);
      person.agrees = true;
      expect(await update(draftOf(KEEP, settings, more))).toMatchObject({ ok: true });
      expect(saved()).toMatchObject({ method: { settings }, ...more });
      expect(person.asked).toHaveLength(2);
    },
  );

  it('are asked about when one of the two is kept', async () => {
    const { person, update } = await start();
    const draft = draftOf(KEEP, FIXED);
    await update({ ...draft, method: { ...draft.method, hmacKey: TYPED } });
    expect(person.asked).toHaveLength(1);
  });

  it('need no question for the rest, or when the keys are typed', async () => {
    const { person, update } = await start();
    person.agrees = false;
    const rest = draftOf(KEEP, { timeout: 60, serverPort: 4000 }, { name: 'renamed', gapMs: 200 });
    expect(await update(rest)).toMatchObject({ ok: true });
    expect(await update(draftOf(TYPED, { ...FIXED, ...NAT }, { port: 3306 }))).toMatchObject({ ok: true });
    expect(person.asked).toEqual([]);
  });
});
