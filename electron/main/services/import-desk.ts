/**
 * Importing: reads what another program (or an export) holds, keeps what it found here under a review's id, and saves what
 * a person has chosen of it, all or nothing. Secrets that were read stay here; a review never has one.
 */
import { fail, unwrap } from '../../../shared/contract/result';
import type { ImportEntry, ImportKind, ImportRead } from '../../../shared/exchange/entry';
import { KIND_NAMES, recognise } from '../../../shared/exchange/recognise';
import { entriesOf } from '../../../shared/exchange/profiles-json';
import { openSecrets } from '../../../shared/exchange/sealed-secrets';
import { checkedEntries, reviewEntries, type ImportReview } from '../../../shared/exchange/review';
import type { ImportWish } from '../../../shared/exchange/wish';
import { draftProblems, type ProfileDraft } from '../../../shared/profile/draft';
import type { Profile } from '../../../shared/profile/profile';
import type { Documents, Randomness } from '../ports';
import { readImport, type SealedProfiles } from './import-texts';
import type { ProfileDesk } from './profile-desk';
import type { ProfileStore } from './profile-store';

export type ImportSource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string; readonly from: string };

interface Kept {
  readonly review: Pick<ImportReview, 'id' | 'kind' | 'source' | 'guessed'>;
  readonly raw: ImportRead;
  /** Without what could never be saved. */
  readonly read: ImportRead;
  /** What a passphrase would open; null once it has, and where nothing is sealed. */
  readonly sealed: SealedProfiles | null;
}

/** Reviews that are kept at a time; the oldest goes first. */
const MOST_KEPT = 8;

export class ImportDesk {
  readonly #profiles: ProfileStore;
  readonly #desk: ProfileDesk;
  readonly #documents: Documents;
  readonly #random: Randomness;
  readonly #kept = new Map<string, Kept>();

  constructor(profiles: ProfileStore, desk: ProfileDesk, documents: Documents, random: Randomness) {
    this.#profiles = profiles;
    this.#desk = desk;
    this.#documents = documents;
    this.#random = random;
  }

  /** @param kind guessed from the text where it is not given. */
  async read(source: ImportSource, kind?: ImportKind): Promise<ImportReview> {
    const path = source.kind === 'file' ? source.path : null;
    const text = source.kind === 'text' ? source.text : await this.#documents.read(source.path);
    const known = kind ?? recognise(text) ?? refuseKind();
    const { read, sealed } = await readImport(known, text, path, this.#documents);
    const id = this.#random.uuid();
    const review = {
      id,
      kind: known,
      source: source.kind === 'file' ? source.path : source.from,
      guessed: kind === undefined,
    };
    return this.#keep({ review, raw: read, read: checkedEntries(read), sealed });
  }

  /** Opens the secrets of an export. A wrong passphrase leaves the review as it is. */
  async unlock(id: string, passphrase: string): Promise<ImportReview> {
    const { review, raw, sealed } = this.#find(id);
    if (sealed === null) return unwrap(fail('bad-input', 'Nothing in this import is sealed.'));
    const secrets = await openSecrets(sealed.secrets, sealed.bound, passphrase);
    const opened = { ...raw, entries: entriesOf(sealed.profiles, secrets, sealed.file) };
    return this.#keep({ review, raw: opened, read: checkedEntries(opened), sealed: null });
  }

  /** Saves what was chosen, all of it or nothing, and forgets the rest. */
  async apply({ id, chosen, sequence }: ImportWish): Promise<readonly Profile[]> {
    const { read } = this.#find(id);
    if (chosen.length === 0)
      unwrap(fail('bad-input', 'Nothing is chosen.', { hint: 'Choose at least one host.' }));
    const names = new Map(reviewEntries(read.entries, this.#names()).map(({ key, name }) => [key, name]));
    const wishes = chosen.map((one) => {
      const entry = read.entries[one.key];
      if (entry === undefined) return unwrap<never>(fail('bad-input', 'This entry is not in the import.'));
      const name = one.name ?? names.get(one.key) ?? entry.draft.name;
      return { draft: fitDraft(entry, { ...one, name }, sequence), favourite: entry.favourite };
    });
    const profiles = await this.#desk.createAll(wishes);
    this.drop(id);
    return profiles;
  }

  drop(id: string): void {
    this.#kept.delete(id);
  }

  #keep(kept: Kept): ImportReview {
    this.#kept.set(kept.review.id, kept);
    for (const old of [...this.#kept.keys()].slice(0, -MOST_KEPT)) this.#kept.delete(old);
    const entries = reviewEntries(kept.read.entries, this.#names());
    const { skipped, notes } = kept.read;
    return { ...kept.review, locked: kept.sealed !== null, entries, skipped, notes };
  }

  #names(): ReadonlySet<string> {
    return new Set(this.#profiles.list().map(({ name }) => name));
  }

  #find(id: string): Kept {
    const kept = this.#kept.get(id);
    return (
      kept ??
      unwrap(fail('not-found', 'This import is not there any more.', { hint: 'Read the file again.' }))
    );
  }
}

function fitDraft(...entry: Parameters<typeof draftOf>): ProfileDraft {
  const draft = draftOf(...entry);
  const [words] = Object.values(draftProblems(draft));
  return words === undefined ? draft : unwrap(fail('bad-input', `${draft.name}: ${words}`));
}

function draftOf(
  { draft, missing }: ImportEntry,
  { name, host }: { readonly name: string; readonly host?: string | undefined },
  sequence: string | undefined,
): ProfileDraft {
  if (missing.includes('host') && host === undefined) {
    const message = `"${name}" needs the name or address of its server.`;
    return unwrap(fail('bad-input', message, { hint: 'Give the host, or leave this one out.' }));
  }
  const method: ProfileDraft['method'] =
    missing.includes('knock') && sequence !== undefined
      ? {
          kind: 'static',
          tcpFlags: ['syn'],
          sequence: { kind: 'typed', value: sequence },
          closeSequence: { kind: 'none' },
        }
      : draft.method;
  return { ...draft, name, host: missing.includes('host') ? (host ?? '') : draft.host, method };
}

function refuseKind(): never {
  const kinds = Object.values(KIND_NAMES).join(', ');
  return unwrap(
    fail('bad-input', 'This text is nothing that Sallyport imports.', { hint: `It takes ${kinds}.` }),
  );
}
