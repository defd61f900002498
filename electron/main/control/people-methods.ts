/** The control socket's methods about other people's keys. */
import { commandLine, LIST_WORDS, revokeWords } from '../../../shared/people/server-words';
import { serverUser } from '../../../shared/installer/server-setup';
import type { Services } from '../compose';
import type { ControlMethods } from './connection';

type PeopleMethods = Pick<ControlMethods, 'userAdd' | 'userWords' | 'userDone'>;

export function peopleMethods({ profiles, people, peopleDesk }: Services): PeopleMethods {
  return {
    userAdd: async ({ name, ...wish }) => {
      const { key, page, script, words, notes } = people.make(profiles.find(name).id, wish);
      const { user, door } = wish;
      return { user, door, secret: key.secret, uri: key.uri, page, script, words, notes };
    },
    userWords: async (wish) => {
      const profile = profiles.find(wish.name);
      if (wish.do === 'list') return { words: LIST_WORDS, command: commandLine(LIST_WORDS) };
      const words = revokeWords(wish.user, wish.door ?? null, wish.force);
      return { words, command: commandLine(words), own: wish.user === serverUser(profile.user) };
    },
    userDone: async ({ profile, user, added }) => {
      peopleDesk.finished(profile, user, added);
      return {};
    },
  };
}
