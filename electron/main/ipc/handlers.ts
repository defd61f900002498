/** What each call of the window does. Handlers may throw problems; the gate in register.ts turns them into results. */
import { clockServerName } from '../../../shared/advice/clock-server';
import type { Handlers } from '../../../shared/contract/ipc';
import { fail, ok, toProblem, unwrap, type Result } from '../../../shared/contract/result';
import type { RunView, Snapshot } from '../../../shared/contract/views';
import type { Profile } from '../../../shared/profile/profile';
import { sshArgv, sshCommandLine } from '../../../shared/ssh/ssh-argv';
import type { Services } from '../compose';
import { afterQuestion } from './after-question';
import { sshConfigCall } from './ssh-config';
import { exchangeHandlers, type ExchangeActions } from './exchange-handlers';
import { echoQuestion } from './echo-question';
import { keptSecretQuestion } from './kept-secret-question';
import { peopleHandlers } from './people-handlers';
import { profileView } from '../services/profile-views';
import { historyHandlers } from './history-handlers';
import type { PersonKit } from '../services/people';
import { removeProfile } from '../services/removal';
import { secretHandlers } from './secret-handlers';
import { serverFileQuestion } from './server-file-question';

export interface WindowActions extends ExchangeActions {
  readonly version: string;
  readonly platform: Snapshot['platform'];
  readonly copy: (text: string) => Promise<void>;
  /** Asks natively, then shows the secret in a window of its own; false when the person declined. */
  readonly reveal: (profileId: string) => Promise<boolean>;
  /** The same for a new secret, which is made when the person agrees and none waits yet. */
  readonly revealNext: (profileId: string) => Promise<boolean>;
  /** Shows somebody else's key in a window of its own; the person has agreed to it. */
  readonly showPerson: (kit: PersonKit) => Promise<void>;
}

const NOT_SAVED = 'The profile was not saved.';

export function callHandlers(services: Services, actions: WindowActions): Handlers {
  const { profiles, desk, runs, runViews, grants, connector, health, exporter, settings, notices, history } =
    services;
  const shown = (profile: Profile) => profileView(profile, services.ports.lists);

  /** Whether the view of the run tells of this failure: one of an earlier run, or of the terminal, it does not. */
  const toldBy = (view: RunView | null, error: unknown): boolean => {
    const { code, message } = toProblem(error);
    return view?.phase === 'done' && view.problem?.code === code && view.problem.message === message;
  };

  /** A run's problem is part of its view, so that the window shows it where the run is. */
  const viewAfter = async (profileId: string, run: Promise<unknown>): Promise<Result<RunView>> => {
    await run.catch((error: unknown) => {
      if (!toldBy(runViews.get(profileId), error)) throw error;
    });
    const view = runViews.get(profileId);
    if (view === null) throw new Error('a run left no view');
    return ok(view);
  };

  return {
    ...exchangeHandlers(services, actions),
    snapshot: async () => {
      const { secrets, native } = await health.current();
      return ok({
        version: actions.version,
        platform: actions.platform,
        profiles: profiles.list().map(shown),
        runs: runViews.list(),
        grants: grants.list(),
        secrets,
        native,
        settings: settings.get(),
        notices: notices.list(),
      });
    },
    createProfile: async ({ draft }) => {
      for (const question of [afterQuestion(draft, null), echoQuestion(draft, null)])
        if (question !== null && !(await actions.confirm(question))) return fail('cancelled', NOT_SAVED);
      return ok(shown(await desk.create(draft)));
    },
    updateProfile: async ({ id, draft }) => {
      const before = profiles.get(id);
      const { host, port } = before;
      const questions = [
        keptSecretQuestion(draft, before),
        afterQuestion(draft, before.after),
        echoQuestion(draft, before.method),
      ];
      for (const question of questions)
        if (question !== null && !(await actions.confirm(question))) return fail('cancelled', NOT_SAVED);
      const profile = await desk.update(id, draft);
      // A run and a grant are for the door as it was; sharing the grant would lead ssh to the old server.
      if (profile.host !== host || profile.port !== port) {
        runs.cancel(id);
        grants.close(id);
      }
      return ok(shown(profile));
    },
    duplicateProfile: async ({ id }) => ok(shown(await desk.duplicate(id))),
    setFavourite: async ({ id, favourite }) => ok(shown(await desk.setFavourite(id, favourite))),
    removeProfile: async ({ id }) => {
      await removeProfile(services, id);
      return ok(null);
    },
    restoreProfile: async ({ id }) => {
      const profile = await desk.restore(id);
      await history.restore(id);
      return ok(shown(profile));
    },
    ...historyHandlers(services, actions),
    ...peopleHandlers(services, actions),
    revealSecret: async ({ id }) => ok({ shown: await actions.reveal(id) }),
    knock: ({ id, action }) => viewAfter(id, runs.knock(profiles.get(id), action)),
    connect: ({ id }) => viewAfter(id, connector.connect(profiles.get(id))),
    cancelRun: async ({ id }) => {
      runs.cancel(id);
      return ok(null);
    },
    copySshCommand: async ({ id }) => {
      // While the door is open for an address, ssh has to go to that one.
      const address = grants.get(id)?.address ?? null;
      await actions.copy(sshCommandLine(unwrap(sshArgv({ ...profiles.get(id), address }))));
      return ok(null);
    },
    saveSettings: async (wish) => {
      const { terminal } = wish;
      // A program that the page names is started outside the sandbox, so the person must have meant it.
      if (
        terminal.kind === 'custom' &&
        JSON.stringify(terminal) !== JSON.stringify(settings.get().terminal)
      ) {
        const agreed = await actions.confirm({
          message: 'Start this program as your terminal?',
          detail: terminal.argv.map((argument) => JSON.stringify(argument)).join('\n'),
          yes: 'Use it',
        });
        if (!agreed) return fail('cancelled', 'The terminal was not changed.');
      }
      const { clockServer } = wish;
      // Whom this computer talks to outside of a knock is the person's to say, and never the page's.
      if (
        clockServer.kind !== 'off' &&
        JSON.stringify(clockServer) !== JSON.stringify(settings.get().clockServer)
      ) {
        const name = clockServerName(clockServer);
        const how = clockServer.kind === 'ntp' ? 'by NTP' : 'as a web server';
        const agreed = await actions.confirm({
          message: `Compare this computer’s clock with ${name}?`,
          detail: `After a knock without effect Sallyport asks ${name} for the time, ${how}. Nothing about the knock is sent.`,
          yes: 'Compare',
        });
        if (!agreed) return fail('cancelled', 'The clock is compared with what it was before.');
      }
      return ok(await settings.save(wish));
    },
    sshConfig: sshConfigCall(services.sshConfig, actions.confirm),
    findTerminals: async () => ok(services.terminals.found()),
    testTerminal: async () => ok(await services.terminalTest.run()),
    ...secretHandlers(services, actions),
    recheckHealth: async () => ok(await health.check()),
    exportInstaller: async ({ id, format, options }) => {
      const exported = await exporter.export(id, { format, options });
      const { fileName, bytes, sha256, holdsSecrets, nextSteps } = exported;
      const question = serverFileQuestion(profiles.get(id).name, options, holdsSecrets, 'save');
      if (question !== null && !(await actions.confirm(question))) return ok({ kind: 'cancelled' });
      const path = await actions.save(fileName, bytes);
      if (path === null) return ok({ kind: 'cancelled' });
      return ok({ kind: 'saved', path, size: bytes.length, sha256, holdsSecrets, nextSteps });
    },
    installOverSsh: async ({ id, options }) => {
      const included = options.secrets === 'include';
      const question = serverFileQuestion(profiles.get(id).name, options, included, 'install');
      if (question !== null && !(await actions.confirm(question)))
        return fail('cancelled', 'Nothing was started.');
      await services.serverInstall.start(id, options);
      return ok(null);
    },
    dismissNotice: async ({ id }) => {
      notices.dismiss(id);
      return ok(null);
    },
  };
}
