/** The way from the services to the window: each change of state as one event of the contract. */
import { EVENT_CHANNEL } from '../../../shared/contract/channels';
import type { EventMessage } from '../../../shared/contract/ipc';
import type { Services } from '../compose';
import { profileView } from '../services/profile-desk';

/** @param send hands a message to the window's contents; must not throw when there is none. */
export function forwardEvents(
  services: Services,
  send: (channel: string, message: EventMessage) => void,
): void {
  const tell = (message: EventMessage): void => send(EVENT_CHANNEL, message);
  const { profiles, runViews, grants, health, notices, settings } = services;
  profiles.changed.on((value) => tell({ name: 'profilesChanged', value: value.map(profileView) }));
  runViews.changed.on((value) => tell({ name: 'runChanged', value }));
  grants.changed.on((value) => tell({ name: 'grantsChanged', value }));
  health.changed.on((value) => tell({ name: 'healthChanged', value }));
  notices.changed.on((value) => tell({ name: 'noticesChanged', value }));
  settings.changed.on((value) => tell({ name: 'settingsChanged', value }));
}
