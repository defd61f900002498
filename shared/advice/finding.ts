/**
 * What is known of why a knock changed nothing. A finding was measured and says how sure that makes it; what nobody
 * could measure stays a guess, and the two are ranked into one list: measured causes first, guesses that a measurement
 * rules out not at all.
 */

export type CauseKind =
  | 'clock'
  | 'server-clock'
  | 'key'
  | 'settings'
  | 'lost'
  | 'live-step'
  | 'capability'
  | 'no-route'
  | 'family'
  | 'elsewhere'
  | 'interface'
  | 'address'
  | 'unreachable'
  | 'daemon'
  | 'other-firewall'
  | 'nothing-listening'
  | 'closed-already'
  | 'always-allowed';

export type Certainty = 'confirmed' | 'ruled-out' | 'possible';

export interface Finding {
  readonly kind: CauseKind;
  readonly certainty: Certainty;
  /** A sentence that says what was seen, against what, and what to do about it. Never a step's port. */
  readonly text: string;
}

/** What may be the cause as far as anybody can tell from here. */
export interface Guess {
  readonly kind: CauseKind;
  readonly text: string;
}

export interface Advice {
  /** The likeliest first; none of them is ruled out. */
  readonly causes: readonly Finding[];
  /** What was measured, whatever came of it. */
  readonly checks: readonly Finding[];
}

export const NO_ADVICE: Advice = { causes: [], checks: [] };

/** @param guesses the likeliest first. @param findings in the order in which they should be told. */
export function rankCauses(guesses: readonly Guess[], findings: readonly Finding[]): Advice {
  const of = (certainty: Certainty): readonly Finding[] =>
    findings.filter((finding) => finding.certainty === certainty);
  const measured = new Set(findings.map(({ kind }) => kind));
  const left = guesses.filter(({ kind }) => !measured.has(kind));
  const guessed = left.map((guess): Finding => ({ ...guess, certainty: 'possible' }));
  return { causes: [...of('confirmed'), ...of('possible'), ...guessed], checks: findings };
}
