/** What the one primary action of a profile is called, by what follows its knock. */
import type { AfterKnock } from '../profile/after';

const LABELS: Readonly<Record<AfterKnock['kind'], string>> = {
  terminal: 'Knock & Connect',
  url: 'Knock & Open',
  program: 'Knock & Run',
  nothing: 'Knock',
};

export function knockLabel({ kind }: AfterKnock): string {
  return LABELS[kind];
}
