/** The server takes a code once per secret, whichever profile sent it: so the client counts them the same way. */
import { describe, expect, it } from 'vitest';
import type { Profile } from '../../shared/profile/profile';
import { RKS1_DEFAULTS } from '../../shared/sequence/parameters';
import { fakeServices } from '../fakes/fake-services';
import { rotatingDraft } from '../fakes/sample-profiles';

async function start() {
  const world = fakeServices();
  const { desk, runs } = world.services;
  const profile = await desk.create(rotatingDraft());
  /** Whether this knock had to wait for the next code. */
  const waits = async (what: Profile): Promise<boolean> => {
    let waited = false;
    world.net.sent.length = 0;
    world.net.reply = () => (world.net.sent.length >= 5 ? { state: 'open', afterMs: 1 } : 'silence');
    const progress = ({ kind }: { kind: string }): void => void (waited ||= kind === 'waiting');
    const outcome = await world.clock.run(runs.knock(what, 'open', { progress }));
    expect(outcome.verdict).toBe('opened');
    return waited;
  };
  expect(await waits(profile)).toBe(false);
  return { desk, profile, waits };
}

const secret = (kind: 'keep' | 'generate', period = 30) => ({
  kind: 'rotating' as const,
  parameters: { ...RKS1_DEFAULTS, period },
  secret: { kind },
});

describe('a used code', () => {
  it('is waited out by a copy of its profile', async () => {
    const { desk, profile, waits } = await start();
    expect(await waits(await desk.duplicate(profile.id))).toBe(true);
  });

  it('is waited out after everything else of the profile has changed', async () => {
    const { desk, profile, waits } = await start();
    const moved = rotatingDraft({ name: 'moved', host: 'web9', port: 2222, method: secret('keep') });
    expect(await waits(await desk.update(profile.id, moved))).toBe(true);
  });

  it('is waited out after a removal that was taken back', async () => {
    const { desk, profile, waits } = await start();
    await desk.remove(profile.id);
    expect(await waits(await desk.restore(profile.id))).toBe(true);
  });

  it('is of no matter to a new secret, nor to another period', async () => {
    const { desk, profile, waits } = await start();
    const slower = await desk.update(profile.id, rotatingDraft({ method: secret('keep', 3600) }));
    expect(await waits(slower)).toBe(false);
    const renewed = await desk.update(profile.id, rotatingDraft({ method: secret('generate', 3600) }));
    expect(await waits(renewed)).toBe(false);
    expect(await waits(renewed)).toBe(true);
  });
});
