/**
 * The saved profiles: read once, kept in memory, written as a whole and atomically after each change. A file that cannot
 * be understood is never overwritten: a damaged one is moved aside and told of, a newer one makes the store read-only.
 */
import { fail, ProblemError, toProblem, unwrap } from '../../../shared/contract/result';
import { readProfilesFile, writeProfilesFile } from '../../../shared/profile/file';
import type { Profile } from '../../../shared/profile/profile';
import type { Clock, Files } from '../ports';
import { Emitter } from './emitter';
import type { Notices } from './notices';

export class ProfileStore {
  readonly changed = new Emitter<readonly Profile[]>();
  readonly #files: Files;
  readonly #clock: Clock;
  readonly #notices: Notices;
  readonly #path: string;
  #profiles: readonly Profile[] = [];
  #readOnly: string | null = null;
  #writing: Promise<void> = Promise.resolve();

  constructor(files: Files, clock: Clock, notices: Notices, path: string) {
    this.#files = files;
    this.#clock = clock;
    this.#notices = notices;
    this.#path = path;
  }

  async load(): Promise<void> {
    const text = await this.#files.read(this.#path);
    if (text === null) return;
    const file = readProfilesFile(text);
    if (file.kind === 'ok') {
      this.#profiles = file.profiles;
    } else if (file.kind === 'newer') {
      this.#readOnly = `${this.#path} is from a newer Sallyport (format ${file.version}).`;
      this.#notices.add(this.#readOnly, 'Nothing in it was changed. Update Sallyport to use these profiles.');
    } else {
      const stamp = new Date(this.#clock.now()).toISOString().replace(/[:.]/g, '-');
      const aside = `${this.#path}.corrupt-${stamp}`;
      await this.#files.move(this.#path, aside);
      this.#notices.add(
        `The saved profiles could not be read (${file.why}). The file was kept as ${aside}.`,
        'Repair it and put it back while Sallyport is not running, or add the profiles again; their secrets are still stored.',
      );
    }
  }

  list(): readonly Profile[] {
    return this.#profiles;
  }

  get(id: string): Profile {
    const profile = this.#profiles.find((candidate) => candidate.id === id);
    return profile ?? unwrap(fail('not-found', 'This profile is not there any more.'));
  }

  /** By id, else by name. */
  find(nameOrId: string): Profile {
    const profile =
      this.#profiles.find((candidate) => candidate.id === nameOrId) ??
      this.#profiles.find((candidate) => candidate.name === nameOrId);
    if (profile !== undefined) return profile;
    return unwrap(
      fail('not-found', `There is no profile named "${nameOrId}".`, {
        hint: 'List the profiles with: sallyport list',
      }),
    );
  }

  /** Adds or replaces by id. Settles when it is on disk; on a failure nothing has changed. */
  async put(profile: Profile): Promise<void> {
    await this.putAll([profile]);
  }

  /** The same for several: all of them or none. */
  async putAll(added: readonly Profile[]): Promise<void> {
    await this.#change((before) => added.reduce(withProfile, before));
  }

  async remove(id: string): Promise<void> {
    await this.#change((profiles) => profiles.filter((profile) => profile.id !== id));
  }

  /** One change at a time, each seen by the next; memory follows the disk. */
  #change(edit: (profiles: readonly Profile[]) => readonly Profile[]): Promise<void> {
    const result = this.#writing.then(async () => {
      if (this.#readOnly !== null) unwrap(fail('storage', this.#readOnly, { hint: 'Update Sallyport.' }));
      const profiles = edit(this.#profiles);
      await this.#files.write(this.#path, writeProfilesFile(profiles)).catch((error: unknown) => {
        throw new ProblemError({
          code: 'storage',
          message: 'The profiles could not be saved; nothing was changed.',
          hint: 'Check the free space and the permissions of the folder.',
          detail: `${this.#path}: ${toProblem(error).detail ?? 'no reason given'}`,
        });
      });
      this.#profiles = profiles;
      this.changed.emit(profiles);
    });
    this.#writing = result.catch(() => undefined);
    return result;
  }
}

function withProfile(profiles: readonly Profile[], profile: Profile): readonly Profile[] {
  if (profiles.some((other) => other.name === profile.name && other.id !== profile.id)) {
    unwrap(
      fail('conflict', `There is a profile named "${profile.name}" already.`, {
        fields: { name: 'Another profile has this name.' },
      }),
    );
  }
  return profiles.some((other) => other.id === profile.id)
    ? profiles.map((other) => (other.id === profile.id ? profile : other))
    : [...profiles, profile];
}
