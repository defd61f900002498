import { timingSafeEqual } from 'node:crypto';

/** What of a request decides whether it is let in. Header names are lower case, as Node gives them. */
export interface Visit {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export type Admission =
  /** Path and query as they are inside of the folder, from `/` on. */
  | { readonly kind: 'admitted'; readonly inside: string }
  /** The one-time token was right: set this cookie and go on to the folder. */
  | { readonly kind: 'welcome'; readonly cookie: string }
  | { readonly kind: 'refused'; readonly status: 401 | 403 | 421; readonly reason: string };

/**
 * Who may talk to the served app. The rules, in order:
 * 1. `Host` must be exactly our address: a name that a foreign DNS server points at 127.0.0.1 is refused.
 * 2. `Origin`, where the browser sends it, must be ours, and a request that changes something must have it.
 * 3. The address with the token works once; what it gives is a cookie no script can read and no other site can send.
 * 4. Everything else is in one folder with an unguessable name, and needs that cookie.
 *
 * The folder is there because cookies do not know ports (RFC 6265, section 8.5): a browser sends one for `/` to every
 * server on 127.0.0.1. One for the folder goes only to who is asked for that folder.
 */
export class Gatekeeper {
  /** The folder's path without a slash at its end. */
  readonly folder: string;
  readonly #port: number;
  readonly #cookieValue: string;
  #token: string | null;

  /** @param secret 32 fresh unguessable hex digits each time it is called */
  constructor(port: number, secret: () => string) {
    this.#port = port;
    this.#token = secret();
    this.#cookieValue = secret();
    this.folder = `/${secret()}`;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** The address to open. */
  get address(): string {
    return this.addressOf('/');
  }

  /** Where to find something inside of the folder: until the address with the token has been used there is no way around it. */
  addressOf(inside: string): string {
    return `${this.origin}${this.#token === null ? this.folder + inside : `/?token=${this.#token}`}`;
  }

  admit({ method, url, headers }: Visit): Admission {
    if (headers['host'] !== `127.0.0.1:${this.#port}`) {
      return refused(421, `this address is ${this.origin}, open exactly that`);
    }
    const origin = headers['origin'];
    const changes = method !== 'GET' && method !== 'HEAD';
    if (origin === undefined ? changes : origin !== this.origin)
      return refused(403, 'the request comes from another page');
    const site = headers['sec-fetch-site'];
    if (site === 'cross-site' || site === 'same-site')
      return refused(403, 'the request comes from another site');
    const token = url.startsWith('/?') ? new URLSearchParams(url.slice(2)).get('token') : null;
    if (token !== null) return this.#exchange(token);
    if (url.startsWith(`${this.folder}/`) && this.#hasCookie(headers['cookie']))
      return { kind: 'admitted', inside: url.slice(this.folder.length) };
    return refused(401, 'open the address that was printed in the terminal');
  }

  #exchange(token: string): Admission {
    if (this.#token === null)
      return refused(401, 'this address has been used already; start the app again for a new one');
    if (!equal(token, this.#token))
      return refused(401, 'the token is not the one that was printed in the terminal');
    this.#token = null;
    const cookie = `${this.#cookieName}=${this.#cookieValue}; HttpOnly; SameSite=Strict; Path=${this.folder}/`;
    return { kind: 'welcome', cookie };
  }

  get #cookieName(): string {
    return `stand-in-${this.#port}`;
  }

  #hasCookie(header: string | readonly string[] | undefined): boolean {
    if (typeof header !== 'string') return false;
    return header.split(';').some((pair) => {
      const [name = '', value = ''] = pair.trim().split('=', 2);
      return name === this.#cookieName && equal(value, this.#cookieValue);
    });
  }
}

function refused(status: 401 | 403 | 421, reason: string): Admission {
  return { kind: 'refused', status, reason };
}

function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
