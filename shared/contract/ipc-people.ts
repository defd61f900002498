/** The window's calls about other people's keys; part of {@link calls}. None answers a key. */
import { z } from 'zod';
import { USUAL_DOOR } from '../installer/server-setup';
import { serverNameProblem } from '../people/server-name';
import { checked } from '../profile/checked';
import { call } from './call';
import type { PersonKeyView } from './views';

const profileId = z.object({ id: z.uuid() });
const serverName = checked(serverNameProblem);
const person = profileId.extend({ user: serverName, door: serverName.optional() });

export const peopleCalls = {
  /** The key that is on its way; null where there is none. `personKeyChanged` tells its course. */
  personKey: call<PersonKeyView | null>()(profileId),
  /** Makes a key after a native confirmation, and shows it in a window of its own or saves its page where the person says. */
  makePersonKey: call<null>()(
    profileId.extend({
      user: serverName,
      door: serverName.default(USUAL_DOOR),
      paper: z.boolean().default(false),
      replace: z.boolean().default(false),
      how: z.enum(['show', 'save']),
    }),
  ),
  /** Both ask natively again. */
  showPersonKey: call<{ readonly shown: boolean }>()(profileId),
  savePersonKey: call<{ readonly saved: boolean }>()(profileId),
  /** Puts on the clipboard what is run on the server; the secret is not in it. */
  copyPersonCommand: call<null>()(profileId),
  /** Starts the person's terminal, where the command line gives the server the key. */
  putPersonKeyOnServer: call<null>()(profileId),
  /** Forgets a key that is on its way; what the person and the server have of it stays. */
  dropPersonKey: call<null>()(profileId),
  /** Asks natively, then starts the person's terminal. Without a door: at all doors. */
  revokePerson: call<null>()(person),
  copyRevocation: call<null>()(person),
  /** Starts the person's terminal with the list of who has a key. */
  listPeople: call<null>()(profileId),
} as const;
