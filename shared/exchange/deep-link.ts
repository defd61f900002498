/**
 * Links that the desktop hands over. Anybody can write one on a web page, so none acts: one shows a profile that is
 * there, one opens a review, and one that carries a secret is refused, because who made it knows that secret.
 */
import { readProfileUri } from './profile-uri';

export type DeepLink =
  | { readonly kind: 'show'; readonly id: string }
  | { readonly kind: 'review'; readonly uri: string }
  | { readonly kind: 'refused'; readonly message: string; readonly hint: string };

export const LINK_SCHEME = 'sallyport';
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** Every field of a link that is a secret, or a part of one. */
const SECRET_FIELD = /[?&](?:secret|sequence|close|key|hmac)=/i;

export function isDeepLink(text: string): boolean {
  return text.toLowerCase().startsWith(`${LINK_SCHEME}:`);
}

export function readDeepLink(text: string): DeepLink {
  const knock = /^sallyport:\/\/knock\/([^/?#]+)\/?$/i.exec(text);
  if (knock !== null && UUID.test(knock[1] ?? ''))
    return { kind: 'show', id: (knock[1] ?? '').toLowerCase() };
  if (SECRET_FIELD.test(text)) {
    const message = 'A link from outside carried a secret and was refused.';
    return {
      kind: 'refused',
      message,
      hint: 'Whoever made the link knows that secret. If it is your own, copy the link and paste it into Import.',
    };
  }
  const entry = /^sallyport:\/\/profile\//i.test(text) ? readProfileUri(text) : null;
  if (entry !== null && typeof entry !== 'string') return { kind: 'review', uri: text };
  const why = entry ?? 'Links lead to sallyport://knock/<profile> or sallyport://profile/v1?…';
  return { kind: 'refused', message: 'A link from outside was refused.', hint: why };
}
