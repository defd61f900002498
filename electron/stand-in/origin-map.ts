/**
 * Chromium outside Electron knows no custom schemes, so `app://host/path` travels as
 * `https://host.app.stand-in.invalid/path`: a secure context whose name can never resolve (RFC 6761, `.invalid`).
 * Main only ever sees the app's own form.
 */
const RESERVED = '.stand-in.invalid';
/** The stand-in's own pages, beside the schemes of the app. */
export const OWN_SCHEME = 'stand-in';
const NAME = /^[a-z][a-z0-9-]*$/;

/** The browser's form of an app URL. URLs of schemes that were not registered come back unchanged. */
export function toBrowserUrl(url: string, schemes: ReadonlySet<string>): string {
  const match = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)(.*)$/.exec(url);
  if (match === null) return url;
  const [, scheme = '', host = '', rest = ''] = match;
  if (!schemes.has(scheme.toLowerCase()) && scheme !== OWN_SCHEME) return url;
  assertMappable(scheme.toLowerCase());
  return `https://${host}.${scheme.toLowerCase()}${RESERVED}${rest.startsWith('/') ? '' : '/'}${rest}`;
}

/** The app's form of a browser URL, or the URL itself when it is not one of ours. */
export function toAppUrl(url: string): string {
  const match = /^https:\/\/([^/?#]+)(.*)$/.exec(url);
  if (match === null) return url;
  const [, authority = '', rest = ''] = match;
  if (!authority.endsWith(RESERVED)) return url;
  const labels = authority.slice(0, -RESERVED.length);
  const dot = labels.lastIndexOf('.');
  if (dot < 0) return url;
  return `${labels.slice(dot + 1)}://${labels.slice(0, dot)}${rest}`;
}

/** The scheme of any URL, lower case, without the colon; `''` when there is none. */
export function schemeOf(url: string): string {
  return /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** Refuses a scheme that cannot be a DNS label, since it is carried as one. */
export function assertMappable(scheme: string): void {
  if (!NAME.test(scheme)) {
    throw new Error(
      `stand-in: the scheme '${scheme}' cannot be carried; use letters, digits and '-', starting with a letter`,
    );
  }
}
