/** The whole renderer on a snapshot, with the fake bridge where main would be. */
import { act, cleanup } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { createRoot } from 'react-dom/client';
import { afterEach } from 'vitest';
import { connectBridge } from '../../renderer/bridge';
import { start } from '../../renderer/start';
import type { EventName, Events } from '../../shared/contract/ipc';
import type { Snapshot } from '../../shared/contract/views';
import { createFakeBridge, type FakeBridge } from '../fakes/fake-bridge';
import { snapshot } from './scenes/scenes';
import { NOT_IN_SSH, TERMINALS } from './scenes/terminals';

export interface OpenApp extends FakeBridge {
  readonly user: UserEvent;
  /** An event from main, with all that follows from it drawn. */
  readonly tell: <N extends EventName>(name: N, value: Events[N]) => void;
}

const closers: (() => void)[] = [];
const opened: FakeBridge[] = [];

afterEach(() => {
  for (const close of closers.splice(0)) close();
  cleanup();
  const faults = opened.splice(0).flatMap((bridge) => [...bridge.faults]);
  if (faults.length > 0) throw new Error(faults.join('\n'));
});

export async function openApp(more: Partial<Snapshot> = {}, bridge = createFakeBridge()): Promise<OpenApp> {
  bridge.calls.snapshot.answer(snapshot(more));
  bridge.calls.findTerminals.answer(TERMINALS);
  bridge.calls.sshConfig.answer(NOT_IN_SSH);
  await openOn(bridge);
  return {
    ...bridge,
    user: userEvent.setup(),
    tell: (name, value) => act(() => bridge.notify(name, value)),
  };
}

/** Starts the renderer on a bridge that may not answer well. */
export async function openOn(bridge: FakeBridge): Promise<void> {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  reduceMotion();
  const element = document.body.appendChild(document.createElement('div'));
  const root = createRoot(element);
  closers.push(() => {
    act(() => root.unmount());
    element.remove();
  });
  opened.push(bridge);
  // Every profile that is shown asks for it; a test that wants runs tells them as an event.
  bridge.calls.runHistory.answer([]);
  bridge.calls.personKey.answer(null);
  await act(() => start(root, connectBridge(bridge.api), 'nonce'));
}

/** Menus and toasts appear at once then, which is also how they are for those who ask for less motion. */
function reduceMotion(): void {
  const { happyDOM } = window as unknown as {
    happyDOM: { settings: { device: { prefersReducedMotion: string } } };
  };
  happyDOM.settings.device.prefersReducedMotion = 'reduce';
}
