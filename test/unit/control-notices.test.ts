import { expect, it } from 'vitest';
import { controlMethods } from '../../electron/main/control/methods';
import { fakeServices } from '../fakes/fake-services';

it('what a person must know without having asked is in the answers to those who look', async () => {
  const { services } = fakeServices();
  const identity = { role: 'agent', version: '1.2.3', pid: 7, home: '/home' } as const;
  const { list, status } = controlMethods(services, identity, () => undefined);
  const context = { signal: new AbortController().signal, event: () => undefined };
  const answers = () => Promise.all([list(undefined, context), status(undefined, context)]);
  for (const answer of await answers()) expect(answer).not.toHaveProperty('notices');
  services.notices.add('The saved profiles could not be read.', 'Repair the file.');
  const notices = [{ message: 'The saved profiles could not be read.', hint: 'Repair the file.' }];
  for (const answer of await answers()) expect(answer).toMatchObject({ notices });
});
