/** What a person is asked before knocks begin to ask an echo service: the page cannot opt in for them. */
import type { Method } from '../../../shared/profile/profile';
import type { ProfileDraft } from '../../../shared/profile/draft';
import { echoService } from '../../../shared/spa/echo';
import type { Question } from './question';

/** Null when no service is asked that was not before. @param before the saved profile's method; null for a new one. */
export function echoQuestion({ name, method }: ProfileDraft, before: Method | null): Question | null {
  const url = urlOf(method);
  if (url === null || (before !== null && url === urlOf(before))) return null;
  return {
    message: `Ask ${echoService(url)?.host ?? url} for your address before each knock of "${name}"?`,
    detail: `${url}\n\nWhoever runs it learns your address and when you knock, and tells the server whom to let in.`,
    yes: 'Ask it',
  };
}

function urlOf(method: ProfileDraft['method'] | Method): string | null {
  return method.kind === 'spa' && method.settings.allow.kind === 'echo' ? method.settings.allow.url : null;
}
