/** What a person has set on a review so far, and what of it is sent to main. */
import type { Payload } from '../../../shared/contract/ipc';
import type { Problem } from '../../../shared/contract/result';
import type { ImportReview } from '../../../shared/exchange/review';
import { hostProblem } from '../../../shared/profile/address';
import { nameProblem } from '../../../shared/profile/profile';

export interface ReviewRow {
  readonly key: number;
  readonly chosen: boolean;
  readonly name: string;
  /** Typed, for an entry that lacks its host. */
  readonly host: string;
}

export function rowsOf({ entries }: ImportReview): readonly ReviewRow[] {
  return entries.map(({ key, name }) => ({ key, chosen: true, name, host: '' }));
}

/** Words on the first chosen row that could not be saved, or null. */
export function firstProblem(rows: readonly ReviewRow[], { entries }: ImportReview): Problem | null {
  for (const { key, chosen, name, host } of rows) {
    if (!chosen) continue;
    const lacksHost = entries.find((entry) => entry.key === key)?.host === null;
    const words = nameProblem(name) ?? (lacksHost ? hostProblem(host) : null);
    if (words !== null) return { code: 'bad-input', message: `${name || 'A host without a name'}: ${words}` };
  }
  return null;
}

/** @param sequence for the servers whose knock is not known; null has a secret made for each. */
export function wishOf(
  { id, entries }: ImportReview,
  rows: readonly ReviewRow[],
  sequence: string | null,
): Payload<'importApply'> {
  const chosen = rows
    .filter((row) => row.chosen)
    .map(({ key, name, host }) => {
      const lacksHost = entries.find((entry) => entry.key === key)?.host === null;
      return { key, name, ...(lacksHost ? { host } : {}) };
    });
  return { id, chosen, ...(sequence === null ? {} : { sequence }) };
}
