/** Every service, real, on fake ports: no network, no disk, no keychain, no time but the test's own. */
import type { Services } from '../../electron/main/compose';
import { passphraseFromFile } from '../../electron/main/adapters/passphrase-file';
import { qrSvg } from '../../electron/main/adapters/qr';
import { VaultKeychain } from '../../electron/main/adapters/vault';
import type { Exits, Log, Randomness, TerminalLauncher, TerminalTrial } from '../../electron/main/ports';
import { Connector } from '../../electron/main/services/connector';
import { ExportDesk } from '../../electron/main/services/export-desk';
import { Exporter } from '../../electron/main/services/exporter';
import { Diagnosis } from '../../electron/main/services/diagnosis';
import { Grants } from '../../electron/main/services/grants';
import { Health } from '../../electron/main/services/health';
import { ImportDesk } from '../../electron/main/services/import-desk';
import { Notices } from '../../electron/main/services/notices';
import { People } from '../../electron/main/services/people';
import { PeopleDesk } from '../../electron/main/services/people-desk';
import { ProfileDesk } from '../../electron/main/services/profile-desk';
import { ProfileStore } from '../../electron/main/services/profile-store';
import { RunDesk } from '../../electron/main/services/run-desk';
import { RunHistory } from '../../electron/main/services/run-history';
import { RunViews } from '../../electron/main/services/run-views';
import { MoveRecovery, type Stores } from '../../electron/main/services/move-recovery';
import { Rekey } from '../../electron/main/services/rekey';
import { SecretChoice } from '../../electron/main/services/secret-choice';
import { SecretMover } from '../../electron/main/services/secret-move';
import { MemoryKeychain, SecretStore } from '../../electron/main/services/secret-store';
import { ServerInstall } from '../../electron/main/services/server-install';
import { SettingsStore } from '../../electron/main/services/settings-store';
import { TerminalTest } from '../../electron/main/services/terminal-test';
import { Tickets } from '../../electron/main/services/tickets';
import { UsedCounters } from '../../electron/main/services/used-counters';
import { UsedLines } from '../../electron/main/services/used-lines';
import type { SshConfigPlan } from '../../shared/ssh/config-plan';
import type { FoundTerminal } from '../../shared/terminal/choice';
import { FakeClock } from './fake-clock';
import { FakeKeychain } from './fake-keychain';
import { FakeNetwork } from './fake-network';
import { fakeParts } from './fake-parts';
import { MemoryDocuments } from './memory-documents';
import { MemoryFiles } from './memory-files';

/** What was started besides terminals. */
export class FakeExits implements Exits {
  readonly terminal = new FakeTerminal();
  readonly started: (readonly string[])[] = [];
  readonly opened: string[] = [];
  readonly programs = { start: async (argv: readonly string[]) => void this.started.push(argv) };
  readonly links = { open: async (link: string) => void this.opened.push(link) };
}

class FakeTerminal implements TerminalLauncher {
  readonly launched: (readonly string[])[] = [];
  fault: Error | null = null;

  /** What a tested terminal does with the command; nothing by itself. */
  runs: (command: readonly string[]) => void = () => undefined;
  /** How a tested terminal fails. */
  failed: Promise<string> = new Promise(() => undefined);

  async launch(command: readonly string[]): Promise<void> {
    if (this.fault !== null) throw this.fault;
    this.launched.push(command);
  }

  try(command: readonly string[]): TerminalTrial {
    if (this.fault !== null) throw this.fault;
    this.launched.push(command);
    this.runs(command);
    return { program: '/usr/bin/xterm', failed: this.failed, end: () => 'cannot open display' };
  }

  found(): readonly FoundTerminal[] {
    return [{ id: 'xterm', name: 'xterm', path: '/usr/bin/xterm' }];
  }
}

/** Counts up, so that ids and generated secrets differ and can be told in advance. */
export function countingRandomness(): Randomness {
  let next = 0x10;
  return {
    bytes: (count) => new Uint8Array(count).fill((next += 1) & 0xff),
    uuid: () => `00000000-0000-4000-8000-${String((next += 1)).padStart(12, '0')}`,
  };
}

export class MemoryLog implements Log {
  readonly lines: string[] = [];
  readonly info = (message: string, fields?: unknown): void => this.#add('info', message, fields);
  readonly warn = (message: string, fields?: unknown): void => this.#add('warn', message, fields);
  readonly error = (message: string, fields?: unknown): void => this.#add('error', message, fields);

  #add(level: string, message: string, fields: unknown): void {
    this.lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
  }
}

export interface FakeServices {
  readonly services: Services;
  readonly clock: FakeClock;
  readonly net: FakeNetwork;
  readonly files: MemoryFiles;
  readonly documents: MemoryDocuments;
  readonly keychain: FakeKeychain;
  readonly counters: UsedCounters;
  readonly lists: UsedLines;
  readonly terminal: FakeTerminal;
  readonly exits: FakeExits;
  readonly log: MemoryLog;
}

/** What the command line says while none of our hosts is in ssh's configuration. */
export function sshConfigPlan(more: Partial<SshConfigPlan> = {}): SshConfigPlan {
  const own = { path: '/home/ada/.ssh/sallyport.conf', action: 'create', diff: '+Host web1\n' } as const;
  const config = {
    path: '/home/ada/.ssh/config',
    action: 'change',
    diff: '+Include sallyport.conf\n',
  } as const;
  return { changed: true, hosts: ['web1'], skipped: [], notes: [], files: [own, config], ...more };
}

export const CLI = '/opt/sallyport/sallyport';

export function fakeServices(): FakeServices {
  const clock = new FakeClock();
  const net = new FakeNetwork(clock);
  const files = new MemoryFiles();
  const documents = new MemoryDocuments();
  const keychain = new FakeKeychain();
  const exits = new FakeExits();
  const log = new MemoryLog();
  const random = countingRandomness();
  const notices = new Notices();
  const profiles = new ProfileStore(files, clock, notices, '/home/profiles.json');
  const counters = new UsedCounters(files, '/home/used-codes.json');
  const lists = new UsedLines(files, notices, '/home/used-lines.json');
  const vault = new VaultKeychain(files, '/home/vault.json', () => passphraseFromFile(undefined));
  const stores: Stores = { os: keychain, passphrase: vault, session: new MemoryKeychain() };
  const choice = new SecretChoice(files, notices, '/home/secrets.json', null);
  const secrets = new SecretStore('os', keychain);
  const recovery = new MoveRecovery(stores, secrets, choice, profiles, notices);
  const { native, resolver, routes, times } = net;
  const settings = new SettingsStore(files, notices, '/home/settings.json');
  const diagnosis = new Diagnosis(
    { clock, sockets: net, native, resolver, routes, times },
    () => settings.get().clockServer,
  );
  const wire = { clock, sockets: net, native, resolver, routes, echo: net.echo };
  const ports = { ...wire, random, counters, lists, diagnosis };
  const grants = new Grants(clock);
  const history = new RunHistory(files, notices, routes, '/home/history');
  const runs = new RunDesk(ports, secrets, grants, () => random.uuid(), history);
  history.follow(runs);
  const tickets = new Tickets(clock, random);
  const exporter = new Exporter(profiles, secrets, fakeParts(), clock, '1.2.3');
  const desk = new ProfileDesk(profiles, secrets, lists, clock, random);
  const people = new People(profiles, random, clock, qrSvg);
  const services: Services = {
    clock,
    log,
    ports,
    times,
    notices,
    settings,
    profiles,
    secrets,
    desk,
    documents,
    exports: new ExportDesk(secrets, ports.lists, random),
    imports: new ImportDesk(profiles, desk, documents, random),
    vault,
    mover: new SecretMover(stores, secrets, choice, profiles, recovery),
    recovery,
    rekey: new Rekey({ profiles, secrets }, clock, random),
    grants,
    runs,
    runViews: new RunViews(runs),
    history,
    tickets,
    connector: new Connector(runs, tickets, exits, () => CLI),
    terminals: exits.terminal,
    sshConfig: { run: async () => sshConfigPlan() },
    terminalTest: new TerminalTest(clock, tickets, exits.terminal, () => CLI),
    health: new Health(secrets, net.native, clock),
    exporter,
    people,
    peopleDesk: new PeopleDesk(people, tickets, exits.terminal, () => CLI),
    serverInstall: new ServerInstall(exporter, tickets, exits.terminal, () => CLI),
    sessionSecrets: () => ({}),
    stop: async () => {
      runs.cancelAll();
      grants.stop();
      await Promise.all([counters.settled(), lists.settled(), history.settled()]);
    },
    letGo: async () => undefined,
  };
  const { terminal } = exits;
  return { services, clock, net, files, documents, keychain, counters, lists, terminal, exits, log };
}

/** What `work` fails with, as the problem that a person is told; fails the test when it succeeds. */
export async function problemOf(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return (error as { problem?: unknown }).problem ?? error;
  }
  throw new Error('expected a problem, and it succeeded');
}
