import { describe, expect, it } from 'vitest';
import { clockMethods } from '../../electron/main/control/clock-methods';
import { controlParams } from '../../shared/contract/control';
import { ProblemError } from '../../shared/contract/result';
import { fakeServices } from '../fakes/fake-services';

describe('the clock, asked about on the command line', () => {
  it('is compared with nobody, then with whom a person names, and that is kept', async () => {
    const { services, net } = fakeServices();
    const context = { signal: new AbortController().signal, event: () => undefined };
    const ask = (params: object) => clockMethods(services).clock(controlParams.clock.parse(params), context);
    net.time = new Error('nobody is asked');
    expect(await ask({})).toEqual({ server: { kind: 'off' }, reading: null });

    net.time = { offsetMs: -1500, uncertaintyMs: 20 };
    const server = { kind: 'ntp', host: 'ntp.example.org' } as const;
    expect(await ask({ server })).toEqual({
      server,
      reading: {
        ...net.time,
        text: 'The clock here is 1.5 s ahead of ntp.example.org, give or take 0.0 s.',
      },
    });
    expect(services.settings.get()).toMatchObject({ theme: 'system', clockServer: server });

    net.time = new ProblemError({ code: 'network', message: 'It did not answer.', hint: 'Choose another.' });
    expect(await ask({})).toEqual({
      server,
      reading: null,
      problem: { code: 'network', message: 'It did not answer.', hint: 'Choose another.' },
    });
    expect(controlParams.clock.safeParse({ server: { kind: 'ntp', host: '-x' } }).success).toBe(false);
  });
});
