/** The window's calls for other people's keys. The page names them and never has one: they are shown and saved by main. */
import { fail, ok } from '../../../shared/contract/result';
import type { Handlers } from '../../../shared/contract/ipc';
import { serverUser, USUAL_DOOR } from '../../../shared/installer/server-setup';
import type { PersonWish } from '../../../shared/people/person-key';
import { commandLine, revokeWords } from '../../../shared/people/server-words';
import type { Services } from '../compose';
import type { PersonKit } from '../services/people';
import type { WindowActions } from './handlers';
import type { Question } from './question';

type PeopleCalls = Pick<
  Handlers,
  | 'personKey'
  | 'makePersonKey'
  | 'showPersonKey'
  | 'savePersonKey'
  | 'copyPersonCommand'
  | 'putPersonKeyOnServer'
  | 'dropPersonKey'
  | 'revokePerson'
  | 'copyRevocation'
  | 'listPeople'
>;

const NOT_MADE = 'No key was made.';

export function peopleHandlers(
  { profiles, people, peopleDesk: desk }: Services,
  actions: Pick<WindowActions, 'confirm' | 'save' | 'copy' | 'showPerson'>,
): PeopleCalls {
  /** False when the person declined. */
  const handOver = async (id: string, kit: PersonKit, how: 'show' | 'save'): Promise<boolean> => {
    const { wish, profile } = kit.key;
    const { user, paper } = wish;
    if (how === 'show') {
      await actions.showPerson(kit);
      desk.handedOver(id, null);
      return true;
    }
    const name = `sallyport-${user}-${profile.host.replace(/[^A-Za-z0-9.-]/g, '-')}.html`;
    const title = paper ? 'Save the recovery key' : `Save the page for ${user}`;
    const path = await actions.save(name, new TextEncoder().encode(kit.page), title);
    if (path !== null) desk.handedOver(id, path);
    return path !== null;
  };
  const again = async (id: string, how: 'show' | 'save'): Promise<boolean> => {
    const kit = desk.kit(id);
    return (
      (await actions.confirm(keyQuestion(kit.key.wish, profiles.get(id), how))) && handOver(id, kit, how)
    );
  };

  return {
    personKey: async ({ id }) => ok(desk.view(profiles.get(id).id)),
    makePersonKey: async ({ id, how, ...wish }) => {
      people.check(id, wish);
      const profile = profiles.get(id);
      if (!(await actions.confirm(keyQuestion(wish, profile, how)))) return fail('cancelled', NOT_MADE);
      const handed = await handOver(id, desk.make(id, wish), how).catch((error: unknown) => {
        desk.drop(id);
        throw error;
      });
      if (handed) return ok(null);
      desk.drop(id);
      return fail('cancelled', NOT_MADE);
    },
    showPersonKey: async ({ id }) => ok({ shown: await again(id, 'show') }),
    savePersonKey: async ({ id }) => ok({ saved: await again(id, 'save') }),
    copyPersonCommand: async ({ id }) => {
      await actions.copy(commandLine(desk.kit(id).words));
      return ok(null);
    },
    putPersonKeyOnServer: async ({ id }) => {
      await desk.putOnServer(id);
      return ok(null);
    },
    dropPersonKey: async ({ id }) => {
      desk.drop(id);
      return ok(null);
    },
    revokePerson: async ({ id, user, door }) => {
      const profile = profiles.get(id);
      const own = user === serverUser(profile.user);
      const question: Question = {
        message: `Take the key of "${user}" from ${profile.host}?`,
        detail: [
          'What it has opened ends at once; connections that are established stay.',
          ...(own
            ? [
                `This is the name of the key that "${profile.name}" itself may use: you could lock yourself out.`,
              ]
            : []),
        ].join('\n'),
        yes: 'Take it back',
      };
      if (!(await actions.confirm(question))) return fail('cancelled', 'Nothing was taken back.');
      await desk.revoke(id, user, door ?? null);
      return ok(null);
    },
    copyRevocation: async ({ id, user, door }) => {
      profiles.get(id);
      await actions.copy(commandLine(revokeWords(user, door ?? null, false)));
      return ok(null);
    },
    listPeople: async ({ id }) => {
      await desk.list(profiles.get(id).id);
      return ok(null);
    },
  };
}

function keyQuestion(
  { user, door, replace }: Pick<PersonWish, 'user' | 'door' | 'replace'>,
  { host }: { readonly host: string },
  how: 'show' | 'save',
): Question {
  const seen =
    how === 'show'
      ? 'Whoever sees its code can open this door. Make sure that nobody looks on and the screen is not shared.'
      : 'The page holds the key: whoever reads the file can open this door.';
  return {
    message: `${how === 'show' ? 'Show' : 'Save'} a key for "${user}" to ${host}?`,
    detail: [
      seen,
      ...(door === USUAL_DOOR ? [] : [`It is for the door "${door}".`]),
      ...(replace ? [`A key that "${user}" has there already is exchanged.`] : []),
    ].join('\n'),
    yes: how === 'show' ? 'Show' : 'Save…',
  };
}
