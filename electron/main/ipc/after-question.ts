/** What a person is asked before a profile may open a link or start a program: the page cannot agree in their place. */
import { linkHost, type AfterKnock } from '../../../shared/profile/after';
import type { ProfileDraft } from '../../../shared/profile/draft';
import type { Question } from './question';

/** Null when nothing new would be opened or started. @param before what the saved profile does; null for a new one. */
export function afterQuestion({ name, after }: ProfileDraft, before: AfterKnock | null): Question | null {
  if (JSON.stringify(after) === JSON.stringify(before)) return null;
  switch (after.kind) {
    case 'url':
      return {
        message: `Open a page of ${linkHost(after.url)} after each knock of "${name}"?`,
        detail: after.url,
        yes: 'Open it',
      };
    case 'program':
      return {
        message: `Start this program after each knock of "${name}"?`,
        detail: after.argv.map((argument) => JSON.stringify(argument)).join('\n'),
        yes: 'Start it',
      };
    case 'terminal':
    case 'nothing':
      return null;
  }
}
