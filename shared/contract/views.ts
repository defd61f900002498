/**
 * What the renderer is shown. Nothing here is secret: a static step shows its protocol and never its port, a rotating
 * step appears only once it has been sent.
 */
import type { AfterKnock } from '../profile/after';
import type { ClockServer } from '../advice/clock-server';
import type { Advice } from '../advice/finding';
import type { Family, TcpFlag } from '../profile/profile';
import type { SpaSettings } from '../profile/spa';
import type { PortRange } from '../sequence/parameters';
import type { Action } from '../sequence/rks1';
import type { Protocol } from '../sequence/step';
import type { TerminalChoice } from '../terminal/setting';
import type { Problem } from './result';

/** What a probe of the protected port saw. */
export type PortState = 'open' | 'refused' | 'filtered' | 'unreachable';

export type Verdict =
  'opened' | 'closed' | 'reachable-not-proven' | 'nothing-listening' | 'no-effect' | 'sent' | 'error';

export type MethodView =
  | { readonly kind: 'static'; readonly tcpFlags: readonly TcpFlag[]; readonly hasClose: boolean }
  | {
      readonly kind: 'one-time';
      readonly tcpFlags: readonly TcpFlag[];
      /** How many lines of the list are not used yet. */
      readonly left: number;
    }
  | {
      readonly kind: 'rotating';
      readonly period: number;
      readonly steps: number;
      readonly protocols: readonly Protocol[];
      readonly range: PortRange;
      readonly bits: number;
      /** Whether a new secret waits until it is on the server. */
      readonly rekeying?: boolean;
    }
  | ({ readonly kind: 'spa' } & SpaSettings);

export interface ProfileView {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly group: string | null;
  readonly favourite: boolean;
  readonly family: Family;
  /** Seconds. */
  readonly openFor: number;
  readonly gapMs: number;
  readonly after: AfterKnock;
  readonly method: MethodView;
}

export interface StepView {
  readonly protocol: Protocol;
  /** `34175 tcp` for a rotating step that was sent; null while unsent, and always for a static one. */
  readonly label: string | null;
  /** Milliseconds since the first step left; null while unsent. */
  readonly sentMs: number | null;
}

/** What a knock over both families came to at one of the addresses. */
export interface AddressView {
  readonly address: string;
  readonly verdict: Verdict;
  readonly before: PortState | null;
  readonly after: PortState | null;
}

export type RunPhase = 'resolving' | 'waiting' | 'sending' | 'probing' | 'checking' | 'done';

export interface RunView {
  readonly id: string;
  readonly profileId: string;
  readonly action: Action;
  readonly phase: RunPhase;
  /** The pinned address; of a run over both families the one that counts. */
  readonly address: string | null;
  /** Of a run over both families: each address with what became of it. Empty until it has ended, and for one family. */
  readonly addresses: readonly AddressView[];
  readonly port: number | null;
  readonly before: PortState | null;
  readonly after: PortState | null;
  readonly steps: readonly StepView[];
  /** 1 for the first try. */
  readonly attempt: number;
  readonly attempts: number;
  /** Why nothing is being sent, and until when (milliseconds since the epoch). */
  readonly waiting: { readonly why: string; readonly until: number } | null;
  readonly verdict: Verdict | null;
  /** The verdict in words, or the error's. */
  readonly message: string | null;
  /** Why nothing changed, as far as it could be found out. */
  readonly advice: Advice;
  /** What else a person should know of this run, in the order that it was found out. */
  readonly notes: readonly string[];
  readonly problem: Problem | null;
  readonly startedAt: number;
  readonly elapsedMs: number | null;
}

export interface GrantView {
  readonly profileId: string;
  readonly address: string;
  readonly port: number;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The system's keychain, the vault sealed with a passphrase, or this run's memory. */
export type StoreKind = 'os' | 'passphrase' | 'session';

export interface SecretsHealth {
  readonly store: StoreKind;
  /** `waiting`: the keychain has not answered yet, perhaps because it asks the person something. */
  readonly state: 'ok' | 'locked' | 'missing' | 'waiting';
  readonly detail: string | null;
  readonly hint: string | null;
  /** `environment`: SALLYPORT_KEYCHAIN, which wins over the person's choice. */
  readonly chosenBy: 'environment' | 'person' | 'default';
  /** Whether there is a vault, and whether it is open, in use or not. */
  readonly vault: 'none' | 'locked' | 'open';
}

/** Secrets on their way from one store to another. */
export interface SecretsMove {
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly done: number;
  readonly of: number;
}

/** How a move ended: `moved` secrets are in `to` alone. */
export interface SecretsMoved {
  readonly from: StoreKind;
  readonly to: StoreKind;
  readonly moved: number;
  /** Names of profiles that had no secret to move, or one in the new store already. */
  readonly without: readonly string[];
  /** Why the old copies are still there; null when they are gone. */
  readonly left: Problem | null;
}

export interface NativeHealth {
  readonly icmp: boolean;
  readonly rawTcp: boolean;
  readonly hint: string | null;
}

export interface Notice {
  readonly id: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface Settings {
  readonly theme: 'system' | 'light' | 'dark';
  readonly terminal: TerminalChoice;
  /** What this computer's clock is compared with after a knock without effect. */
  readonly clockServer: ClockServer;
}

export type ExportView =
  | { readonly kind: 'cancelled' }
  | {
      readonly kind: 'saved';
      readonly path: string;
      readonly size: number;
      /** Of the file, hex: what to compare on the server before it is run. */
      readonly sha256: string;
      readonly holdsSecrets: boolean;
      readonly nextSteps: readonly string[];
    };

/** A key for somebody else that is on its way: made, and not yet put away. Its secret stays in main. */
export interface PersonKeyView {
  readonly profileId: string;
  readonly user: string;
  readonly door: string;
  /** Made to be printed. */
  readonly paper: boolean;
  /** Where its page was saved; null when it was only shown. */
  readonly saved: string | null;
  /** What became of it on the server, as far as is known. */
  readonly server: 'waiting' | 'started' | 'added' | 'refused';
  /** Sentences. */
  readonly notes: readonly string[];
}

/** Everything the renderer starts from; events keep it current. */
export interface Snapshot {
  readonly version: string;
  readonly platform: 'linux' | 'mac' | 'windows';
  readonly profiles: readonly ProfileView[];
  /** The newest run of each profile. */
  readonly runs: readonly RunView[];
  readonly grants: readonly GrantView[];
  readonly secrets: SecretsHealth;
  readonly native: NativeHealth;
  readonly settings: Settings;
  readonly notices: readonly Notice[];
}
