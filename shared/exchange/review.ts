/**
 * What a person is shown of an import before anything is saved. It is made from the entries and holds none of their
 * secrets: of a fixed sequence only how many steps it has.
 */
import { assertNever } from '../contract/result';
import { draftProblems, type ProfileDraft } from '../profile/draft';
import { freeName } from '../profile/free-name';
import { parseStaticSequence } from '../sequence/step';
import type { ImportEntry, ImportKind, ImportRead, Missing, Place, Skipped } from './entry';

export interface ReviewEntry {
  /** Its number in the review. */
  readonly key: number;
  /** As it would be saved. */
  readonly name: string;
  /** The name that it had, where that is taken. */
  readonly clash: string | null;
  /** Null where it is missing. */
  readonly host: string | null;
  readonly port: number;
  readonly user: string | null;
  readonly group: string | null;
  readonly method: ProfileDraft['method']['kind'];
  /** How it knocks, in words. */
  readonly summary: string;
  readonly missing: readonly Missing[];
  readonly notes: readonly string[];
  readonly at: Place;
}

export interface ImportReview {
  readonly id: string;
  readonly kind: ImportKind;
  /** Where it came from: a path, or words. */
  readonly source: string;
  /** Whether the kind was guessed from the text. */
  readonly guessed: boolean;
  /** Its secrets are sealed, and the passphrase is still to be given. */
  readonly locked: boolean;
  readonly entries: readonly ReviewEntry[];
  readonly skipped: readonly Skipped[];
  readonly notes: readonly string[];
}

/** What is listed of all that was skipped: a file of somebody else's may have a million such lines. */
const MOST_SKIPPED = 500;

/** Takes out what could never be saved, with the reason; a host that is missing can still be given. */
export function checkedEntries({ entries, skipped, notes }: ImportRead): ImportRead {
  const unfit: Skipped[] = [];
  const fit = entries.filter(({ draft, missing, at }) => {
    const probe = missing.includes('host') ? { ...draft, host: '192.0.2.1' } : draft;
    const [words] = Object.values(draftProblems(probe));
    if (words !== undefined) unfit.push({ what: draft.name, why: words, at });
    return words === undefined;
  });
  const all = skipped.concat(unfit);
  const more = all.length - MOST_SKIPPED;
  if (more <= 0) return { entries: fit, skipped: all, notes };
  const rest = { what: `${more} more`, why: 'They are not listed.', at: { file: null, line: null } };
  return { entries: fit, skipped: [...all.slice(0, MOST_SKIPPED), rest], notes };
}

/** @param taken names that profiles have already. */
export function reviewEntries(
  entries: readonly ImportEntry[],
  taken: ReadonlySet<string>,
): readonly ReviewEntry[] {
  const used = new Set(taken);
  return entries.map(({ draft, missing, notes, at }, key) => {
    const name = freeName(draft.name, used);
    used.add(name);
    return {
      key,
      name,
      clash: name === draft.name ? null : draft.name,
      host: missing.includes('host') ? null : draft.host,
      port: draft.port,
      user: draft.user,
      group: draft.group,
      method: draft.method.kind,
      summary: summaryOf(draft.method, missing),
      missing,
      notes,
      at,
    };
  });
}

function summaryOf(method: ProfileDraft['method'], missing: readonly Missing[]): string {
  if (missing.includes('knock')) return 'a new rotating secret, to be put on the server';
  switch (method.kind) {
    case 'static': {
      const { sequence, closeSequence } = method;
      const parsed = sequence.kind === 'typed' ? parseStaticSequence(sequence.value) : null;
      const steps = parsed?.ok === true ? `${parsed.steps.length} fixed steps` : 'fixed steps';
      return closeSequence.kind === 'none' ? steps : `${steps}, and a sequence that closes`;
    }
    case 'one-time':
      return 'a one-time list';
    case 'rotating':
      return `rotating, ${method.parameters.steps} steps, ${method.parameters.period} s`;
    case 'spa':
      return `a single packet to UDP port ${method.settings.serverPort}`;
    default:
      return assertNever(method);
  }
}
