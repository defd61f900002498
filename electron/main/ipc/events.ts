/** The way from the services to the window: each change of state as one event of the contract. */
import { EVENT_CHANNEL } from '../../../shared/contract/channels';
import type { EventMessage } from '../../../shared/contract/ipc';
import type { Services } from '../compose';
import { profileView } from '../services/profile-views';

/** @param send hands a message to the window's contents; must not throw when there is none. */
export function forwardEvents(
  services: Services,
  send: (channel: string, message: EventMessage) => void,
): void {
  const tell = (message: EventMessage): void => send(EVENT_CHANNEL, message);
  const { profiles, peopleDesk, ports, runViews, history, grants, health, mover, notices, settings } =
    services;
  const tellProfiles = (): void => {
    const value = profiles.list().map((profile) => profileView(profile, ports.lists));
    tell({ name: 'profilesChanged', value });
  };
  profiles.changed.on(tellProfiles);
  ports.lists.changed.on(tellProfiles);
  runViews.changed.on((value) => tell({ name: 'runChanged', value }));
  history.changed.on((value) => tell({ name: 'historyChanged', value }));
  grants.changed.on((value) => tell({ name: 'grantsChanged', value }));
  health.changed.on((value) => tell({ name: 'healthChanged', value }));
  mover.progress.on((value) => tell({ name: 'secretsMoving', value }));
  peopleDesk.changed.on((value) => tell({ name: 'personKeyChanged', value }));
  notices.changed.on((value) => tell({ name: 'noticesChanged', value }));
  settings.changed.on((value) => tell({ name: 'settingsChanged', value }));
}
