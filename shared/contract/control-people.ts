/** The control socket's messages about other people's keys; part of {@link controlParams}. */
import { z } from 'zod';
import { USUAL_DOOR } from '../installer/server-setup';
import { serverNameProblem } from '../people/server-name';
import { checked } from '../profile/checked';

const profileName = z.object({ name: z.string().min(1).max(64) });
const serverName = checked(serverNameProblem);

export const peopleParams = {
  userAdd: profileName.extend({
    user: serverName,
    door: serverName.default(USUAL_DOOR),
    paper: z.boolean().default(false),
    replace: z.boolean().default(false),
  }),
  userWords: z.discriminatedUnion('do', [
    profileName.extend({
      do: z.literal('revoke'),
      user: serverName,
      /** Missing: all doors. */
      door: serverName.optional(),
      force: z.boolean().default(false),
    }),
    profileName.extend({ do: z.literal('list') }),
  ]),
  /** How an addition that a ticket ordered has ended. */
  userDone: z.object({ profile: z.uuid(), user: serverName, added: z.boolean() }),
} as const;

/** What `user add`, `revoke` or `list --over-ssh` is to do for the window, by a profile's id. */
export interface UserOrder {
  readonly profile: string;
  readonly do: 'add' | 'revoke' | 'list';
  /** The daemon's arguments on the server. */
  readonly words: readonly string[];
  /** Of an addition: who it is for. */
  readonly user?: string;
  /** Of an addition: base32, for the daemon's standard input and nothing else. */
  readonly secret?: string;
}

export interface PeopleAnswers {
  /**
   * A new key, with its secret: the command line writes it to a file of the person's and hands it to the server, nothing
   * else. It is stored nowhere.
   */
  readonly userAdd: {
    readonly user: string;
    readonly door: string;
    /** Base32. */
    readonly secret: string;
    readonly uri: string;
    /** HTML. */
    readonly page: string;
    /** A shell's script that puts it on the server. */
    readonly script: string;
    /** The daemon's arguments there, without the secret. */
    readonly words: readonly string[];
    readonly notes: readonly string[];
  };
  readonly userWords: {
    readonly words: readonly string[];
    /** As a person types it there. */
    readonly command: string;
    /** Of a revocation: whether it takes the key that the installer gave this very profile. */
    readonly own?: boolean;
  };
  readonly userDone: Record<string, never>;
}
