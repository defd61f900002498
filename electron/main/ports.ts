/**
 * What the services need of the outside world. Adapters implement these for Node or Electron, tests with fakes; a service
 * never reaches for a socket, a file, a clock or a keychain in any other way.
 */
import type { ClockReading } from '../../shared/advice/clock';
import type { ClockServer } from '../../shared/advice/clock-server';
import type { LocalEnd } from '../../shared/advice/network';
import type { PortState, NativeHealth, SecretsHealth } from '../../shared/contract/views';
import type { DaemonBuild, InstallerTexts } from '../../shared/installer/export-format';
import type { Arch } from '../../shared/installer/options';
import type { LookupFamily, TcpFlag } from '../../shared/profile/profile';
import type { SshConfigPlan } from '../../shared/ssh/config-plan';
import type { FoundTerminal } from '../../shared/terminal/choice';

export interface Clock {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from an arbitrary start; never steps. */
  monotonic(): number;
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export interface Randomness {
  bytes(count: number): Uint8Array;
  uuid(): string;
}

export interface Resolver {
  /** IP literals of `host` in the order they should be tried; never empty. Rejects with a problem. */
  resolve(host: string, family: LookupFamily): Promise<readonly string[]>;
}

/** Sockets that Node has. Each method settles when the packet was handed to the kernel. */
export interface KnockSockets {
  /**
   * One SYN: a connect that is destroyed before the kernel would send a second.
   * @param accepted called when a service accepts the connection in that time.
   */
  tcpSyn(address: string, port: number, accepted?: () => void): Promise<void>;
  udp(address: string, port: number, payload: Uint8Array, options?: UdpOptions): Promise<void>;
  /** One connection attempt; an abort before any answer means `filtered`. */
  probe(address: string, port: number, signal: AbortSignal): Promise<PortState>;
}

/** Web services that answer with the address that they are asked from. */
export interface EchoServices {
  /** Rejects with a problem that says why there is no address. */
  ask(
    url: string,
    family: 'ipv4' | 'ipv6',
    signal: AbortSignal,
  ): Promise<{ readonly host: string; readonly address: string }>;
}

export interface UdpOptions {
  /** The hop limit over IPv6. */
  readonly ttl?: number;
  readonly sourcePort?: number;
}

export type NativePacket =
  | { readonly kind: 'icmp'; readonly payload: number; readonly ttl?: number }
  | {
      readonly kind: 'tcp';
      readonly port: number;
      readonly flags: readonly TcpFlag[];
      readonly ttl?: number;
      readonly sourcePort?: number;
    };

/** Packets that Node cannot send; docs/send-job.md. */
export interface NativeSender {
  send(address: string, packet: NativePacket, signal: AbortSignal): Promise<void>;
  /** What this user can send now. */
  health(): Promise<NativeHealth>;
}

/** The OS keychain, one item per account. Rejects with a problem whose code begins with `keychain-`. */
export interface Keychain {
  /** Null only when the keychain is open and has no such item. */
  get(account: string): Promise<string | null>;
  set(account: string, value: string): Promise<void>;
  delete(account: string): Promise<void>;
  /** Several in one go. After a failure some may have been done. */
  setAll(items: readonly (readonly [account: string, value: string])[]): Promise<void>;
  deleteAll(accounts: readonly string[]): Promise<void>;
  /** Rejects when the keychain could not keep a secret now. */
  check(): Promise<void>;
}

export type VaultState = SecretsHealth['vault'];

/** The passphrase vault. A wrong passphrase rejects with `keychain-locked`, one too weak for a new vault with `bad-input`. */
export interface Vault extends Keychain {
  state(): Promise<VaultState>;
  unlock(passphrase: string): Promise<void>;
  /** Where there is none. */
  create(passphrase: string): Promise<void>;
  lock(): Promise<void>;
  /** Seals everything anew; until that is safely on the disk the old passphrase stays the right one. */
  changePassphrase(current: string, next: string): Promise<void>;
  /** So that a passphrase nobody uses any more is not asked for again. */
  removeWhenEmpty(): Promise<void>;
}

export interface Files {
  /** The text of a file, or null when there is none. */
  read(path: string): Promise<string | null>;
  /** Replaces the file as a whole or not at all, readable by its user only. */
  write(path: string, text: string): Promise<void>;
  move(from: string, to: string): Promise<void>;
  /** No file at all is fine too. */
  remove(path: string): Promise<void>;
  /** The names in a folder, sorted; none where there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
}

/** Files that a person wants read: regular, small and UTF-8. Anything else rejects with a problem in words. */
export interface Documents {
  /** The text of a file; of a picture (PNG) that of the QR code in it. @param path absolute. */
  read(path: string): Promise<string>;
  /** The text of the QR code in a picture. @param name what a person knows the picture by. */
  pictured(png: Uint8Array, name: string): Promise<string>;
  /** The files that a pattern of glob(7) names, in lexical order; none when it matches nothing. Links are followed. */
  matches(pattern: string): Promise<readonly string[]>;
  /** The person's home folder. */
  readonly home: string;
}

export interface TerminalLauncher {
  /** Starts a terminal that runs `command`; rejects with a problem that tells which terminals were looked for. */
  launch(command: readonly string[]): Promise<void>;
  /** The same, to be watched; throws a problem when there is no terminal to start. */
  try(command: readonly string[]): TerminalTrial;
  /** The known terminals that are installed, the one chosen by itself first. */
  found(): readonly FoundTerminal[];
}

export interface TerminalTrial {
  /** The absolute path of what was started. */
  readonly program: string;
  /** How it failed; stays open while it runs and when it ended well. */
  readonly failed: Promise<string>;
  /** Stops watching; answers what it wrote to its standard error. */
  end(): string;
}

/** Other clocks, asked once. */
export interface TimeServers {
  /** Rejects with a problem whose message says why there is no usable answer. */
  ask(
    server: Exclude<ClockServer, { kind: 'off' }>,
    signal: AbortSignal,
  ): Promise<Omit<ClockReading, 'against'>>;
}

/** The system's own choice of a way. */
export interface Routes {
  /** Where packets to `address` leave; nothing is sent. Rejects with a `no-route` problem where there is no way. */
  to(address: string): Promise<LocalEnd>;
}

/** What exports are made of. */
export interface InstallerParts {
  readonly texts: InstallerTexts;
  /** Rejects with a problem where this build is not here. */
  daemon(arch: Arch): Promise<DaemonBuild>;
  gzip(bytes: Uint8Array): Promise<Uint8Array>;
  /** Hex. */
  sha256(bytes: Uint8Array): string;
}

/** Draws a QR code of ASCII text as an SVG that stands alone. */
export type DrawCode = (text: string) => string;

/** Starts what a person chose to follow a knock; no shell reads any of it. */
export interface ProgramStarter {
  /** Starts a program of its own, apart from this one; rejects with a problem when it cannot or fails at once. */
  start(argv: readonly string[]): Promise<void>;
}

/** Our hosts in ssh's configuration; rejects with a problem that says what is in the way. */
export interface SshConfigTool {
  /** `show` changes nothing and tells what `install` would. */
  run(action: 'show' | 'install' | 'remove'): Promise<SshConfigPlan>;
}

export interface LinkOpener {
  /** Hands a link to the desktop; rejects with a problem. */
  open(link: string): Promise<void>;
}

/** The ways out of Knock & Connect. */
export interface Exits {
  readonly terminal: TerminalLauncher;
  readonly programs: ProgramStarter;
  readonly links: LinkOpener;
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
  warn(message: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
  error(message: string, fields?: Readonly<Record<string, string | number | boolean | null>>): void;
}
