/**
 * The services of Sallyport, wired once. The app and the agent are the same services under different roofs: the app adds
 * a window and a tray, the agent has the control socket only.
 */
import { dirname, join } from 'node:path';
import { ProblemError } from '../../shared/contract/result';
import { nodeDocuments } from './adapters/documents';
import { nodeFiles, sweepUnfinished } from './adapters/files';
import { webEchoServices } from './adapters/echo-services';
import { endWithoutThreads } from './adapters/end-process';
import { KeytarKeychain } from './adapters/keytar-keychain';
import { BuiltInstallerParts } from './adapters/installer-parts';
import { fileLog } from './adapters/log';
import { HelperSender } from './adapters/native-sender';
import { nodeResolver } from './adapters/node-resolver';
import { nodeSockets } from './adapters/node-sockets';
import { passphraseFromFile } from './adapters/passphrase-file';
import { qrSvg } from './adapters/qr';
import { SystemPrograms } from './adapters/programs';
import { systemRoutes } from './adapters/routes';
import { SshConfigCommand } from './adapters/ssh-config-command';
import { systemClock, systemRandomness } from './adapters/system';
import { SystemTerminals } from './adapters/terminals';
import { SealedValues } from './adapters/sealed-values';
import { NetworkTime } from './adapters/time-servers';
import { VaultKeychain } from './adapters/vault';
import { installerTexts } from './installer-texts';
import { helperPath } from './paths';
import type { StoreKind } from '../../shared/contract/views';
import type { Clock, Documents, Log, SshConfigTool, TerminalLauncher, TimeServers, Vault } from './ports';
import { Connector } from './services/connector';
import { Diagnosis } from './services/diagnosis';
import { ExportDesk } from './services/export-desk';
import { Exporter } from './services/exporter';
import { Grants } from './services/grants';
import { Health } from './services/health';
import type { RunPorts } from './services/run-course';
import { ImportDesk } from './services/import-desk';
import { Notices } from './services/notices';
import { People } from './services/people';
import { PeopleDesk } from './services/people-desk';
import { ProfileDesk } from './services/profile-desk';
import { ProfileStore } from './services/profile-store';
import { RunDesk } from './services/run-desk';
import { RunHistory } from './services/run-history';
import { RunViews } from './services/run-views';
import { MoveRecovery, type Stores } from './services/move-recovery';
import { SecretChoice } from './services/secret-choice';
import { SecretMover } from './services/secret-move';
import { Rekey } from './services/rekey';
import { MemoryKeychain, SecretStore } from './services/secret-store';
import { ServerInstall } from './services/server-install';
import { SettingsStore } from './services/settings-store';
import { TerminalTest } from './services/terminal-test';
import { Tickets } from './services/tickets';
import { UsedCounters } from './services/used-counters';
import { UsedLines } from './services/used-lines';
import { version } from './version';

export interface Services {
  readonly clock: Clock;
  readonly log: Log;
  readonly ports: RunPorts;
  readonly times: TimeServers;
  readonly notices: Notices;
  readonly settings: SettingsStore;
  readonly profiles: ProfileStore;
  readonly secrets: SecretStore;
  readonly vault: Vault;
  readonly mover: SecretMover;
  readonly recovery: MoveRecovery;
  readonly desk: ProfileDesk;
  readonly documents: Documents;
  readonly imports: ImportDesk;
  readonly exports: ExportDesk;
  readonly rekey: Rekey;
  readonly grants: Grants;
  readonly runs: RunDesk;
  readonly runViews: RunViews;
  readonly history: RunHistory;
  readonly tickets: Tickets;
  readonly connector: Connector;
  readonly terminals: TerminalLauncher;
  readonly terminalTest: TerminalTest;
  readonly sshConfig: SshConfigTool;
  readonly health: Health;
  readonly exporter: Exporter;
  readonly serverInstall: ServerInstall;
  readonly people: People;
  readonly peopleDesk: PeopleDesk;
  /** Secrets that exist nowhere else and end with this process; empty unless that is where they live. */
  readonly sessionSecrets: () => Readonly<Record<string, string>>;
  /** Ends runs and timers and waits until everything is on disk. */
  readonly stop: () => Promise<void>;
  /** The last thing before the process exits: it then does so, whether the keychain answers any more or not. */
  readonly letGo: () => Promise<void>;
}

/** A write that is under way is given this long. */
const LAST_ANSWER_MS = 1500;

export interface Roof {
  readonly home: string;
  /** The folder of the built helpers. */
  readonly helpers: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This-run secrets of the process whose place this one takes. */
  readonly session?: Readonly<Record<string, string>>;
  /** Hands a link to the desktop. */
  readonly openLink: (link: string) => Promise<void>;
}

export async function composeServices(roof: Roof): Promise<Services> {
  const { home, helpers, env, session = {} } = roof;
  const clock = systemClock;
  const log = fileLog(join(home, 'logs', 'sallyport.log'));
  const notices = new Notices();
  const settings = new SettingsStore(nodeFiles, notices, join(home, 'settings.json'));
  const profiles = new ProfileStore(nodeFiles, clock, notices, join(home, 'profiles.json'));
  const counters = new UsedCounters(nodeFiles, join(home, 'used-codes.json'));
  const lists = new UsedLines(nodeFiles, notices, join(home, 'used-lines.json'));
  await Promise.all([
    settings.load(),
    profiles.load(),
    counters.load(),
    lists.load(),
    sweepUnfinished(home),
    sweepUnfinished(join(home, 'sealed')),
  ]);

  const choice = new SecretChoice(
    nodeFiles,
    notices,
    join(home, 'secrets.json'),
    storeWish(env['SALLYPORT_KEYCHAIN']),
  );
  await choice.load();
  const memory = new MemoryKeychain(session);
  const vault = new VaultKeychain(nodeFiles, join(home, 'vault.json'), () =>
    passphraseFromFile(env['SALLYPORT_PASSPHRASE_FILE']),
  );
  const keychain = new KeytarKeychain();
  const stores: Stores = {
    os: new SealedValues(keychain, nodeFiles, join(home, 'sealed')),
    passphrase: vault,
    session: memory,
  };
  const secrets = new SecretStore(choice.store, stores[choice.store], async () => ({
    chosenBy: choice.chosenBy,
    vault: await vault.state(),
  }));
  const recovery = new MoveRecovery(stores, secrets, choice, profiles, notices);
  const native = new HelperSender(helperPath(helpers, 'sallyport-send'));
  const net = { clock, sockets: nodeSockets, native, resolver: nodeResolver };
  const times = new NetworkTime(clock, systemRandomness);
  const diagnosis = new Diagnosis({ ...net, routes: systemRoutes, times }, () => settings.get().clockServer);
  const ports: RunPorts = {
    ...net,
    random: systemRandomness,
    counters,
    lists,
    diagnosis,
    routes: systemRoutes,
    echo: webEchoServices,
  };
  const grants = new Grants(clock);
  const parts = new BuiltInstallerParts(installerTexts, dirname(helpers));
  const history = new RunHistory(nodeFiles, notices, systemRoutes, join(home, 'history'));
  const runs = new RunDesk(ports, secrets, grants, () => systemRandomness.uuid(), history);
  history.follow(runs);
  const desk = new ProfileDesk(profiles, secrets, lists, clock, systemRandomness);
  const cli = (): string => helperPath(helpers, 'sallyport');
  const tickets = new Tickets(clock, systemRandomness);
  const exporter = new Exporter(profiles, secrets, parts, clock, version);
  const exits = {
    terminal: new SystemTerminals(() => settings.get().terminal, { folder: join(home, 'logs') }),
    programs: new SystemPrograms(),
    links: { open: roof.openLink },
  };
  const people = new People(profiles, systemRandomness, clock, qrSvg);
  logRuns(runs, log);

  return {
    clock,
    log,
    ports,
    times,
    notices,
    settings,
    profiles,
    secrets,
    desk,
    documents: nodeDocuments,
    exports: new ExportDesk(secrets, ports.lists, systemRandomness),
    imports: new ImportDesk(profiles, desk, nodeDocuments, systemRandomness),
    vault,
    mover: new SecretMover(stores, secrets, choice, profiles, recovery),
    recovery,
    rekey: new Rekey({ profiles, secrets }, clock, systemRandomness),
    grants,
    runs,
    runViews: new RunViews(runs),
    history,
    tickets,
    connector: new Connector(runs, tickets, exits, cli),
    terminals: exits.terminal,
    sshConfig: new SshConfigCommand(cli),
    terminalTest: new TerminalTest(clock, tickets, exits.terminal, cli),
    health: new Health(secrets, native, clock),
    exporter,
    people,
    peopleDesk: new PeopleDesk(people, tickets, exits.terminal, cli),
    serverInstall: new ServerInstall(exporter, tickets, exits.terminal, cli),
    sessionSecrets: () => memory.all(),
    stop: async () => {
      runs.cancelAll();
      grants.stop();
      await Promise.all([counters.settled(), lists.settled(), history.settled()]);
    },
    letGo: async () => {
      if (await keychain.answered(LAST_ANSWER_MS)) return;
      log.warn('ended without the answer of the keychain');
      endWithoutThreads();
    },
  };
}

function storeWish(wish: string | undefined): StoreKind | null {
  if (wish === undefined || wish === '') return null;
  if (wish === 'os' || wish === 'passphrase' || wish === 'session') return wish;
  throw new ProblemError({
    code: 'bad-input',
    message: `SALLYPORT_KEYCHAIN is "${wish}".`,
    hint: 'It is os, passphrase or session.',
  });
}

/** What an admin wants to find later: who was knocked, and what came of it. Never a step. */
function logRuns(runs: RunDesk, log: Log): void {
  runs.events.on(({ profile, action, change }) => {
    if (change.kind !== 'ended') return;
    const { verdict, address, before, after, elapsedMs, problem } = change.outcome;
    log.info('run', {
      profile: profile.id,
      action,
      verdict,
      address,
      before,
      after,
      ms: Math.round(elapsedMs),
      code: problem?.code ?? null,
    });
  });
}
