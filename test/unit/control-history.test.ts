import { describe, expect, it } from 'vitest';
import { controlMethods } from '../../electron/main/control/methods';
import { controlParams } from '../../shared/contract/control';
import { opensWhen } from '../fakes/fake-network';
import { fakeServices, problemOf } from '../fakes/fake-services';
import { addBoth, staticProfile } from '../fakes/sample-profiles';

describe('the history of a profile', () => {
  it('is told by its name, and cleared on request', async () => {
    const { services, clock, net } = fakeServices();
    await addBoth(services);
    net.reply = opensWhen(() => net.sent.length >= 3);
    await clock.run(services.runs.knock(staticProfile(), 'open'));
    const identity = { role: 'agent', version: '1', pid: 1, home: '/home' } as const;
    const { history } = controlMethods(services, identity, () => undefined);
    const context = { signal: new AbortController().signal, event: () => undefined };
    const ask = (params: object) => clock.run(history(controlParams.history.parse(params), context));
    expect(await ask({ name: 'web1' })).toMatchObject({ profile: 'web1', runs: [{ verdict: 'opened' }] });
    expect(await ask({ name: 'web1', clear: true })).toEqual({ profile: 'web1', runs: [], cleared: 1 });
    expect(await ask({ name: 'web1' })).toEqual({ profile: 'web1', runs: [] });
    expect(await problemOf(ask({ name: 'nobody' }))).toMatchObject({ code: 'not-found' });
    await clock.advance(60_000);
  });
});
