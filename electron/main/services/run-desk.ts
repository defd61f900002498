/**
 * The runs under way: one at a time per profile. Callers that come while it lasts join it; a caller that only needs the
 * door open is given a live grant without any knock.
 */
import type { LastOpened } from '../../../shared/advice/network';
import { NO_ADVICE } from '../../../shared/advice/finding';
import type { GrantView } from '../../../shared/contract/views';
import { fail, ProblemError, toProblem, unwrap } from '../../../shared/contract/result';
import { isIpv4 } from '../../../shared/profile/address';
import type { Family, Profile } from '../../../shared/profile/profile';
import type { Action } from '../../../shared/sequence/rks1';
import { abortable } from './abortable';
import { codeKey } from '../../../shared/sequence/code-key';
import { Emitter } from './emitter';
import type { Grants } from './grants';
import type { RunOutcome, RunPorts, RunProgress } from './run-course';
import type { KnockTarget } from './knock-plan';
import { runFamilies } from './run-families';
import type { SecretStore } from './secret-store';
import { ENTER_AGAIN } from '../../../shared/text/edit-hints';

/** How long an open door may take to answer before it counts as shut. */
const STILL_OPEN_MS = 1000;

export interface RunEvent {
  readonly runId: string;
  readonly profile: Profile;
  readonly action: Action;
  readonly startedAt: number;
  readonly change:
    | { readonly kind: 'started' }
    | RunProgress
    | { readonly kind: 'ended'; readonly outcome: RunOutcome }
    | { readonly kind: 'cancelled' };
}

interface ActiveRun {
  readonly action: Action;
  readonly abort: AbortController;
  readonly outcome: Promise<RunOutcome>;
  readonly listeners: Set<(progress: RunProgress) => void>;
  callers: number;
}

export interface Caller {
  /** Ends this caller's interest; the run itself ends when no caller is left. */
  readonly signal?: AbortSignal;
  readonly progress?: (progress: RunProgress) => void;
}

export type Opened =
  | { readonly kind: 'ran'; readonly outcome: RunOutcome }
  | { readonly kind: 'shared'; readonly grant: GrantView };

export class RunDesk {
  readonly events = new Emitter<RunEvent>();
  readonly #ports: RunPorts;
  readonly #secrets: SecretStore;
  readonly #grants: Grants;
  readonly #newId: () => string;
  readonly #past: { lastOpened(profileId: string): Promise<LastOpened | null> };
  readonly #active = new Map<string, ActiveRun>();

  constructor(
    ports: RunPorts,
    secrets: SecretStore,
    grants: Grants,
    newId: () => string,
    past: { lastOpened(profileId: string): Promise<LastOpened | null> },
  ) {
    this.#past = past;
    this.#ports = ports;
    this.#secrets = secrets;
    this.#grants = grants;
    this.#newId = newId;
  }

  /** Knocks, or joins the run of the same action that is under way. Rejects on a cancel, a locked keychain, a bug. */
  async knock(profile: Profile, action: Action, caller: Caller = {}): Promise<RunOutcome> {
    const active = this.#active.get(profile.id);
    if (active?.abort.signal.aborted === true) {
      // A run on its way out would hand its cancel to someone who asked for a knock.
      await active.outcome.catch(() => undefined);
      return this.knock(profile, action, caller);
    }
    if (active !== undefined && active.action !== action) {
      throw new ProblemError({
        code: 'conflict',
        message: `A knock to ${active.action} this door is under way.`,
        hint: 'Wait for it to end, or cancel it.',
      });
    }
    return this.#join(active ?? this.#start(profile, action), caller);
  }

  /** Makes sure that the door is open: a live grant that still holds is shared, else a knock. */
  async open(profile: Profile, caller: Caller = {}): Promise<Opened> {
    const grant = this.#active.has(profile.id) ? null : this.#grants.usable(profile.id);
    if (grant !== null && ofFamily(grant.address, profile.family)) {
      if (await this.#stillOpen(grant)) return { kind: 'shared', grant };
      // Another network, a restarted server: what was opened once is not open from here now.
      if (this.#grants.get(profile.id) === grant) this.#grants.close(profile.id);
    }
    return { kind: 'ran', outcome: await this.knock(profile, 'open', caller) };
  }

  async #stillOpen({ address, port }: GrantView): Promise<boolean> {
    const patience = new AbortController();
    const timer = this.#ports.clock.sleep(STILL_OPEN_MS, patience.signal).then(
      () => patience.abort(),
      () => undefined,
    );
    try {
      return (await this.#ports.sockets.probe(address, port, patience.signal)) === 'open';
    } catch {
      return false;
    } finally {
      patience.abort();
      await timer;
    }
  }

  cancel(profileId: string): void {
    this.#active.get(profileId)?.abort.abort();
  }

  cancelAll(): void {
    for (const run of this.#active.values()) run.abort.abort();
  }

  async #join(run: ActiveRun, caller: Caller): Promise<RunOutcome> {
    const { signal, progress } = caller;
    run.callers += 1;
    if (progress !== undefined) run.listeners.add(progress);
    let leave = (): void => undefined;
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        run.callers -= 1;
        if (run.callers === 0) run.abort.abort();
        reject(cancelled());
      };
    });
    signal?.addEventListener('abort', leave, { once: true });
    if (signal?.aborted) leave();
    try {
      return await Promise.race([run.outcome, left]);
    } finally {
      signal?.removeEventListener('abort', leave);
      if (progress !== undefined) run.listeners.delete(progress);
    }
  }

  #start(profile: Profile, action: Action): ActiveRun {
    const runId = this.#newId();
    const startedAt = this.#ports.clock.now();
    const abort = new AbortController();
    const listeners = new Set<(progress: RunProgress) => void>();
    const tell = (change: RunEvent['change']): void =>
      this.events.emit({ runId, profile, action, startedAt, change });
    const progress = (value: RunProgress): void => {
      tell(value);
      for (const listener of listeners) listener(value);
    };
    const outcome = this.#run(profile, action, abort.signal, progress, tell).finally(() =>
      this.#active.delete(profile.id),
    );
    outcome.catch(() => undefined);
    const run: ActiveRun = { action, abort, outcome, listeners, callers: 0 };
    this.#active.set(profile.id, run);
    return run;
  }

  async #run(
    profile: Profile,
    action: Action,
    signal: AbortSignal,
    progress: (progress: RunProgress) => void,
    tell: (change: RunEvent['change']) => void,
  ): Promise<RunOutcome> {
    tell({ kind: 'started' });
    try {
      const target = await abortable(this.#target(profile), signal);
      const grant = this.#grants.get(profile.id);
      // An open IPv4 door says nothing of the IPv6 one.
      const renews = grant !== null && ofFamily(grant.address, profile.family);
      const outcome = await runFamilies(this.#ports, {
        target,
        action,
        saved: true,
        renews,
        lastOpened: await this.#past.lastOpened(profile.id),
        signal,
        progress,
      });
      this.#settleGrant(profile, outcome, renews);
      tell({ kind: 'ended', outcome });
      return outcome;
    } catch (error) {
      if (signal.aborted) {
        tell({ kind: 'cancelled' });
        throw cancelled();
      }
      tell({ kind: 'ended', outcome: outcomeOfFault(error) });
      throw error;
    }
  }

  async #target(profile: Profile): Promise<KnockTarget> {
    const secret = await this.#secrets.get(profile.id);
    const { host, port, family, gapMs, openFor, method } = profile;
    const head = { key: profile.id, host, port, family, gapMs, openFor };
    if (method.kind === 'static' && secret.kind === 'static') {
      const { sequence, closeSequence } = secret;
      return { ...head, method: { kind: 'static', sequence, closeSequence, tcpFlags: method.tcpFlags } };
    }
    if (method.kind === 'one-time' && secret.kind === 'one-time') {
      const { list, tcpFlags } = method;
      return { ...head, key: list, method: { kind: 'one-time', list: secret.list, tcpFlags } };
    }
    if (method.kind === 'rotating' && secret.kind === 'rotating') {
      const { parameters } = method;
      const key = codeKey(secret.secret, parameters.period);
      return { ...head, key, method: { kind: 'rotating', secret: secret.secret, parameters } };
    }
    if (method.kind === 'spa' && secret.kind === 'spa') {
      const { key, hmacKey } = secret;
      return { ...head, method: { kind: 'spa', key, hmacKey, settings: method.settings } };
    }
    return unwrap(
      fail('keychain-failed', 'The stored secret is of another kind than the profile’s method.', {
        hint: ENTER_AGAIN,
      }),
    );
  }

  #settleGrant(profile: Profile, outcome: RunOutcome, renews: boolean): void {
    const { verdict, address, after, lastSentAt } = outcome;
    // Whatever was knocked for: a door that is seen closed is not open any more.
    if (after === 'filtered' || after === 'refused') this.#grants.close(profile.id);
    if (address === null || lastSentAt === null) return;
    // A port that was open before proves nothing, unless it was this client's own knock that had opened it.
    if (verdict === 'opened' || (verdict === 'reachable-not-proven' && renews)) {
      this.#grants.open(profile.id, address, profile.port, lastSentAt + profile.openFor * 1000);
    }
  }
}

function ofFamily(address: string, family: Family): boolean {
  return family === 'auto' || family === 'both' || isIpv4(address) === (family === 'ipv4');
}

function cancelled(): ProblemError {
  return new ProblemError({ code: 'cancelled', message: 'The knock was cancelled.' });
}

function outcomeOfFault(error: unknown): RunOutcome {
  const problem = toProblem(error);
  return {
    verdict: 'error',
    address: null,
    addresses: [],
    before: null,
    after: null,
    sent: [],
    elapsedMs: 0,
    message: problem.message,
    advice: NO_ADVICE,
    notes: [],
    hint: problem.hint ?? null,
    problem,
    lastSentAt: null,
  };
}
