import { Button } from '@mantine/core';
import { createNotificationsStore, notifications } from '@mantine/notifications';
import type { ReactNode } from 'react';
import type { Root } from 'react-dom/client';
import type { Bridge } from './bridge';
import { ProblemPanel } from './components/ProblemPanel';
import { Look, Shell } from './Shell';
import { startApp } from './stores/app';
import type { Toast } from './stores/actions';
import type { Problem } from '../shared/contract/result';

/** Draws the window from main's snapshot, or says why there is none and offers another try. */
export async function start(root: Root, bridge: Bridge | null, nonce: string): Promise<void> {
  if (bridge === null) {
    root.render(problemPage(OUTSIDE, nonce, null));
    return;
  }
  const toasts = createNotificationsStore();
  const toast = ({ message, undo }: Toast) => {
    const id = notifications.show(
      {
        message: toastBody(message, undo, () => notifications.hide(id, toasts)),
        closeButtonProps: { 'aria-label': 'Dismiss' },
      },
      toasts,
    );
  };
  const started = await startApp(bridge, toast, Date.now);
  root.render(
    started.ok ? (
      <Shell app={started.value} toasts={toasts} nonce={nonce} />
    ) : (
      problemPage(started.error, nonce, () => void start(root, bridge, nonce))
    ),
  );
}

const OUTSIDE: Problem = {
  code: 'refused',
  message: 'This page works inside the Sallyport app only.',
  hint: 'Start Sallyport and use its own window.',
};

function toastBody(message: string, undo: (() => void) | null, hide: () => void): ReactNode {
  if (undo === null) return message;
  return (
    <span className="toast">
      <span className="toastMessage">{message}</span>
      <Button
        size="xs"
        variant="default"
        onClick={() => {
          hide();
          undo();
        }}
      >
        Undo
      </Button>
    </span>
  );
}

function problemPage(problem: Problem, nonce: string, onRetry: (() => void) | null): ReactNode {
  return (
    <Look theme="system" nonce={nonce}>
      <main className="problemPage">
        <h1>Sallyport could not start its window</h1>
        <ProblemPanel problem={problem} />
        {onRetry !== null && <Button onClick={onRetry}>Try again</Button>}
      </main>
    </Look>
  );
}
