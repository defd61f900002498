// @vitest-environment happy-dom
import { act, render, screen } from '@testing-library/react';
import { createRoot } from 'react-dom/client';
import { describe, expect, it, vi } from 'vitest';
import { connectBridge, preloadApi } from '../../renderer/bridge';
import { FaultBoundary } from '../../renderer/components/FaultBoundary';
import { Look } from '../../renderer/Shell';
import { start } from '../../renderer/start';
import { calls } from '../../shared/contract/ipc';
import { fail, ok } from '../../shared/contract/result';
import { createFakeBridge } from '../fakes/fake-bridge';
import { openApp, openOn } from './open-app';
import { rotating } from './scenes/profiles';
import { snapshot } from './scenes/scenes';

describe('starting', () => {
  it('says why there is no snapshot, and tries again when asked', async () => {
    const bridge = createFakeBridge();
    bridge.calls.snapshot.handle(() =>
      fail('storage', 'profiles.json is from a newer version.', { hint: 'Update.' }),
    );
    await openOn(bridge);
    expect(screen.getByRole('alert').textContent).toContain('profiles.json is from a newer version.Update.');
    bridge.calls.snapshot.answer(snapshot());
    act(() => screen.getByRole('button', { name: 'Try again' }).click());
    expect(await screen.findByRole('region', { name: 'Welcome' })).toBeTruthy();
  });

  it('keeps what changed while the snapshot was on its way', async () => {
    const bridge = createFakeBridge();
    bridge.calls.snapshot.handle(() => {
      bridge.notify('profilesChanged', [rotating(1), rotating(2)]);
      return ok(snapshot({ profiles: [rotating(1)] }));
    });
    await openOn(bridge);
    expect(screen.getAllByRole('option')).toHaveLength(2);
  });

  it('outside of the app says where it works', async () => {
    expect(preloadApi()).toBeNull();
    const element = document.body.appendChild(document.createElement('div'));
    const root = createRoot(element);
    await act(() => start(root, null, ''));
    expect(screen.getByRole('alert').textContent).toContain('inside the Sallyport app only');
    act(() => root.unmount());
    element.remove();
  });

  it('gives the nonce of its page to every style element', async () => {
    await openApp();
    const styles = [...document.querySelectorAll('style[data-mantine-styles]')];
    expect(styles.length).toBeGreaterThan(0);
    expect(styles.map((style) => style.getAttribute('nonce'))).toEqual(styles.map(() => 'nonce'));
  });
});

describe('a fault while drawing', () => {
  it('is told in place of what could not be drawn, and drawing can be tried again', async () => {
    let broken = true;
    function Part() {
      if (broken) throw new Error('the part fell off');
      return <p>whole again</p>;
    }
    const silence = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    render(
      <Look theme="light" nonce="">
        <FaultBoundary>
          <Part />
        </FaultBoundary>
      </Look>,
    );
    expect(silence).toHaveBeenCalled();
    silence.mockRestore();
    expect(screen.getByRole('alert').textContent).toContain('the part fell off');
    broken = false;
    act(() => screen.getByRole('button', { name: 'Dismiss' }).click());
    expect(screen.getByText('whole again')).toBeTruthy();
  });
});

describe('the bridge', () => {
  it('has every call of the contract and no other', () => {
    const { client } = connectBridge(createFakeBridge().api);
    expect(Object.keys(client).toSorted()).toEqual(Object.keys(calls).toSorted());
  });

  it('makes a problem of a channel that breaks', async () => {
    const { client } = connectBridge({
      invoke: () => Promise.reject(new Error('no handler registered')),
      on: () => () => undefined,
    });
    const result = await client.snapshot();
    expect(result).toMatchObject({ ok: false, error: { code: 'internal', detail: 'no handler registered' } });
  });

  it('stops listening when told to', () => {
    const fake = createFakeBridge();
    const heard: string[] = [];
    const stop = connectBridge(fake.api).listen(({ name }) => heard.push(name));
    fake.notify('profilesChanged', []);
    stop();
    fake.notify('grantsChanged', []);
    expect(heard).toEqual(['profilesChanged']);
  });
});

describe('the fake bridge', () => {
  it('takes a call that nothing was prepared for as a fault, and a payload that the contract refuses', async () => {
    const fake = createFakeBridge();
    await fake.api.invoke('snapshot', undefined);
    fake.calls.cancelRun.answer(null);
    await fake.api.invoke('cancelRun', { id: 'not a uuid' });
    expect(fake.faults).toHaveLength(2);
    expect(fake.faults[0]).toContain('no fake');
    expect(fake.calls.cancelRun.seen).toEqual([]);
  });

  it('hands over the payload of a call that is expected, with the reply given', async () => {
    const fake = createFakeBridge();
    const { client } = connectBridge(fake.api);
    const { id } = rotating(1);
    const asked = fake.calls.cancelRun.expect(ok(null));
    expect(await client.cancelRun({ id })).toEqual(ok(null));
    expect(await asked).toEqual({ id });
    expect(fake.faults).toEqual([]);
  });
});

describe('notices', () => {
  it('stand until they are dismissed', async () => {
    const notice = { id: 'corrupt', message: 'profiles.json was kept aside.', hint: 'Look at it.' };
    const app = await openApp({ profiles: [rotating(1)], notices: [notice] });
    expect(screen.getByRole('list', { name: 'Notices' }).textContent).toContain('kept aside.Look at it.');
    app.calls.dismissNotice.answer(null);
    await app.user.click(screen.getByRole('button', { name: 'Dismiss notice' }));
    expect(app.calls.dismissNotice.seen).toEqual([{ id: 'corrupt' }]);
    app.tell('noticesChanged', []);
    expect(screen.queryByRole('list', { name: 'Notices' })).toBeNull();
  });
});
