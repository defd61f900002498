/** Notifications: a verdict when nobody is looking at the window, and things that happen once. */
import { Notification } from 'electron';
import { verdictTitle } from '../../shared/text/verdict';
import type { Services } from './compose';

export function notifyVerdicts(services: Services, looking: () => boolean): void {
  services.runs.events.on(({ profile, change }) => {
    if (change.kind !== 'ended' || looking()) return;
    const { verdict, message } = change.outcome;
    notify(`${profile.name}: ${verdictTitle(verdict)}`, message);
  });
}

export function notify(title: string, body: string): void {
  if (Notification.isSupported()) new Notification({ title, body }).show();
}
