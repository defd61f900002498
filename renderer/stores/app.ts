/** What the components reach through React's context: main's client, the two stores, and what can be done with them. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { Bridge } from '../bridge';
import { fail, type Result } from '../../shared/contract/result';
import type { EventMessage } from '../../shared/contract/ipc';
import { createActions, type Actions, type Toast } from './actions';
import { announcement } from './announce';
import { applyEvent, createCache, type Cache, type CacheStore } from './cache';
import { createNavigation, type Navigation } from './navigation';
import { createUi, type Ui, type UiStore } from './ui';

export interface App {
  readonly client: Bridge['client'];
  readonly cache: CacheStore;
  readonly ui: UiStore;
  readonly navigation: Navigation;
  readonly actions: Actions;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Fetches main's snapshot and stays current from there. Listening begins first, so that no event falls between. */
export async function startApp(
  bridge: Bridge,
  toast: (toast: Toast) => void,
  now: () => number,
): Promise<Result<App>> {
  const early: EventMessage[] = [];
  let hear = (message: EventMessage) => void early.push(message);
  const stop = bridge.listen((message) => hear(message));
  const snapshot = await bridge.client.snapshot();
  if (!snapshot.ok) {
    stop();
    return fail(snapshot.error.code, snapshot.error.message, snapshot.error);
  }
  const cache = createCache(snapshot.value, early);
  const ui = createUi();
  const navigation = createNavigation(ui);
  const goWhereAsked = (message: EventMessage) => {
    if (message.name === 'profileAsked') {
      const { id, pane } = message.value;
      if (pane === 'server') navigation.server(id);
      else navigation.show(id);
    }
    if (message.name === 'importOffered') navigation.review(message.value);
  };
  for (const message of early) goWhereAsked(message);
  hear = (message) => {
    if (message.name === 'runChanged') {
      const { runs, profiles } = cache.getState();
      const name = profiles.find(({ id }) => id === message.value.profileId)?.name ?? 'a profile';
      const said = announcement(runs[message.value.profileId], message.value, name);
      if (said !== null) ui.setState({ said });
    }
    cache.setState((state) => applyEvent(state, message));
    goWhereAsked(message);
  };
  const actions = createActions({ client: bridge.client, cache, ui, navigation, toast });
  return { ok: true, value: { client: bridge.client, cache, ui, navigation, actions, now } };
}

const AppContext = createContext<App | null>(null);

export const AppProvider = AppContext.Provider;

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error('a component stands outside of AppProvider');
  return app;
}

export function useCache<T>(select: (cache: Cache) => T): T {
  return useStore(useApp().cache, select);
}

export function useUi<T>(select: (ui: Ui) => T): T {
  return useStore(useApp().ui, select);
}
