/**
 * The newest runs of each profile, in a file a profile, written whole after each run. A file that cannot be read is
 * moved aside and told of. What is cleared, or goes with its profile, can be brought back until the process ends.
 */
import type { LastOpened } from '../../../shared/advice/network';
import {
  lastOpened,
  readHistory,
  withRun,
  writeHistory,
  type RunRecord,
} from '../../../shared/history/record';
import { toProblem } from '../../../shared/contract/result';
import { isIpv4 } from '../../../shared/profile/address';
import type { Files, Routes } from '../ports';
import { Emitter } from './emitter';
import type { Notices } from './notices';
import type { RunDesk, RunEvent } from './run-desk';

export interface ProfileHistory {
  readonly profileId: string;
  /** The newest first. */
  readonly runs: readonly RunRecord[];
}

export class RunHistory {
  readonly changed = new Emitter<ProfileHistory>();
  readonly #files: Files;
  readonly #notices: Notices;
  readonly #routes: Routes;
  readonly #folder: string;
  readonly #known = new Map<string, Promise<readonly RunRecord[]>>();
  /** What {@link restore} brings back. */
  readonly #cleared = new Map<string, readonly RunRecord[]>();
  /** Profiles that are gone: a run of theirs that ends late leaves nothing. */
  readonly #gone = new Set<string>();
  readonly #attempts = new Map<string, number>();
  #working: Promise<unknown> = Promise.resolve();
  #told = false;

  constructor(files: Files, notices: Notices, routes: Routes, folder: string) {
    this.#files = files;
    this.#notices = notices;
    this.#routes = routes;
    this.#folder = folder;
  }

  /** Keeps every run that ends from now on. A cancelled one proved nothing and is not kept. */
  follow(runs: RunDesk): void {
    runs.events.on((event) => {
      const { runId, change } = event;
      if (change.kind === 'attempt') this.#attempts.set(runId, change.attempt);
      if (change.kind === 'cancelled') this.#attempts.delete(runId);
      if (change.kind === 'ended') void this.#queue(() => this.#keep(event));
    });
  }

  /** The newest first, with what has just ended. */
  async of(profileId: string): Promise<readonly RunRecord[]> {
    await this.#working;
    return this.#runs(profileId);
  }

  #runs(profileId: string): Promise<readonly RunRecord[]> {
    const known = this.#known.get(profileId);
    if (known !== undefined) return known;
    const read = this.#read(profileId);
    this.#known.set(profileId, read);
    return read;
  }

  async lastOpened(profileId: string): Promise<LastOpened | null> {
    return lastOpened(await this.of(profileId));
  }

  /** Answers how many runs there were. */
  async clear(profileId: string): Promise<number> {
    return this.#queue(async () => {
      const runs = await this.#runs(profileId);
      await this.#files.remove(this.#path(profileId));
      if (runs.length > 0) this.#cleared.set(profileId, runs);
      this.#set(profileId, []);
      return runs.length;
    });
  }

  /** Its profile is removed. */
  async forget(profileId: string): Promise<void> {
    this.#gone.add(profileId);
    this.#cleared.delete(profileId);
    await this.clear(profileId);
  }

  /** Takes the last clearing back; the runs since then stay. */
  async restore(profileId: string): Promise<void> {
    this.#gone.delete(profileId);
    await this.#queue(async () => {
      const older = this.#cleared.get(profileId);
      if (older === undefined) return;
      const newer = await this.#runs(profileId);
      const runs = newer.toReversed().reduce(withRun, older);
      await this.#files.write(this.#path(profileId), writeHistory(runs));
      this.#cleared.delete(profileId);
      this.#set(profileId, runs);
    });
  }

  /** Settles when everything is on disk. */
  async settled(): Promise<void> {
    await this.#working;
  }

  /** One thing after the other, so that no two writes meet. */
  #queue<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#working.then(work);
    this.#working = mine.catch(() => undefined);
    return mine;
  }

  async #keep({ runId, profile, action, startedAt, change }: RunEvent): Promise<void> {
    if (change.kind !== 'ended' || this.#gone.has(profile.id)) return;
    const { verdict, address, before, after, elapsedMs, problem, advice } = change.outcome;
    const end = address === null ? null : await this.#routes.to(address).catch(() => null);
    const family = address === null ? null : isIpv4(address) ? ('ipv4' as const) : ('ipv6' as const);
    const found = advice.causes.filter(({ certainty }) => certainty === 'confirmed');
    const record: RunRecord = {
      at: startedAt,
      action,
      verdict,
      code: problem?.code ?? null,
      before,
      after,
      address,
      family,
      interface: end?.name ?? null,
      source: end?.address ?? null,
      attempts: this.#attempts.get(runId) ?? 0,
      elapsedMs: Math.round(elapsedMs),
      found: found.map(({ kind }) => kind),
    };
    this.#attempts.delete(runId);
    const runs = withRun(await this.#runs(profile.id), record);
    this.#set(profile.id, runs);
    await this.#files.write(this.#path(profile.id), writeHistory(runs)).catch((error: unknown) => {
      this.#tellOnce(toProblem(error).message);
    });
  }

  async #read(profileId: string): Promise<readonly RunRecord[]> {
    const path = this.#path(profileId);
    try {
      const text = await this.#files.read(path);
      if (text === null) return [];
      const runs = readHistory(text);
      if (runs !== null) return runs;
      const aside = `${path}.corrupt`;
      await this.#files.move(path, aside);
      this.#notices.add(
        `The history of a profile could not be read and begins anew. The file was kept as ${aside}.`,
        'Profiles and secrets are not affected.',
      );
    } catch (error) {
      this.#tellOnce(toProblem(error).message);
    }
    return [];
  }

  #set(profileId: string, runs: readonly RunRecord[]): void {
    this.#known.set(profileId, Promise.resolve(runs));
    this.changed.emit({ profileId, runs });
  }

  /** A full disk would say it with every run. */
  #tellOnce(why: string): void {
    if (this.#told) return;
    this.#told = true;
    this.#notices.add(`The history of runs is not kept. ${why}`, 'Knocking is not affected.');
  }

  #path(profileId: string): string {
    return `${this.#folder}/${profileId}.json`;
  }
}
