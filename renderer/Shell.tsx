import { MantineProvider } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { Notifications, type createNotificationsStore } from '@mantine/notifications';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { App } from './App';
import { FaultBoundary } from './components/FaultBoundary';
import { AppProvider, type App as AppParts } from './stores/app';
import { cssVariablesResolver, theme } from './styles/theme';

type ToastStore = ReturnType<typeof createNotificationsStore>;

interface Props {
  readonly app: AppParts;
  readonly toasts: ToastStore;
  /** Of this response, for the style elements that Mantine makes. */
  readonly nonce: string;
}

export function Shell({ app, toasts, nonce }: Props) {
  const chosen = useStore(app.cache, (cache) => cache.settings.theme);
  return (
    <Look theme={chosen} nonce={nonce}>
      <AppProvider value={app}>
        <FaultBoundary>
          <App />
        </FaultBoundary>
        <Notifications store={toasts} position="bottom-right" autoClose={10_000} transitionDuration={100} />
      </AppProvider>
    </Look>
  );
}

interface LookProps {
  readonly theme: 'system' | 'light' | 'dark';
  readonly nonce: string;
  readonly children: ReactNode;
}

/** The theme, in the colour scheme that a person or their system chose. */
export function Look({ theme: chosen, nonce, children }: LookProps) {
  const systemIsDark = useMediaQuery('(prefers-color-scheme: dark)', false, {
    getInitialValueInEffect: false,
  });
  const scheme = chosen === 'system' ? (systemIsDark ? 'dark' : 'light') : chosen;
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariablesResolver}
      forceColorScheme={scheme}
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  );
}
