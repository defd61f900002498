import type { ToPreload } from '../surface';

/** Main to a served page: what its preload is told, and what only Chromium could do in the other modes. */
export type ToServed =
  | { readonly kind: 'preload'; readonly message: ToPreload }
  | { readonly kind: 'go'; readonly address: string }
  | { readonly kind: 'copy'; readonly text: string };

/** A served page to main. */
export type FromServed =
  | { readonly kind: 'message'; readonly text: string }
  | { readonly kind: 'noticed'; readonly text: string }
  | { readonly kind: 'loaded' }
  | { readonly kind: 'open'; readonly url: string };

interface Reader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array }>;
}

/** What the script needs of the page; taken before the page's own scripts run, so that they cannot replace it. */
export interface ServedScope {
  readonly document: {
    readonly currentScript: { remove(): void } | null;
    addEventListener(type: string, listener: (event: never) => void, capture?: boolean): void;
  };
  readonly location: { replace(url: string): void; readonly href: string };
  readonly navigator: { readonly clipboard?: { writeText(text: string): Promise<void> } };
  readonly TextDecoder: new () => { decode(bytes: Uint8Array, options: { stream: boolean }): string };
  addEventListener(type: string, listener: () => void): void;
  fetch(
    url: string,
    options: object,
  ): Promise<{ readonly ok: boolean; readonly body: { getReader(): Reader } | null }>;
}

export interface ServedTransport {
  post(text: string): void;
  notice(text: string): void;
  receive(deliver: (message: ToPreload) => void): void;
}

/** Where main is reached, an address that ends in a slash, and what names the page there. */
export interface ServedLine {
  readonly address: string;
  readonly secret: string;
}

/**
 * The served page's line to main: requests out, one endless response in. There is no isolated world here; the secret stays
 * in this closure, so the page's scripts can use what the preload exposes and nothing more. Self-contained, injected as text.
 */
export function connectServedPage(scope: ServedScope, line: ServedLine): ServedTransport {
  scope.document.currentScript?.remove();
  const fetch = scope.fetch.bind(scope);
  const headers = { 'content-type': 'application/json', 'x-stand-in': line.secret };
  const decoder = new scope.TextDecoder();
  const early: ToPreload[] = [];
  let deliver = (message: ToPreload): void => void early.push(message);
  let queue: Promise<unknown> = Promise.resolve();

  function post(message: FromServed): void {
    const body = JSON.stringify(message);
    // One after the other: two requests at once may arrive in either order.
    queue = queue.then(() =>
      fetch(`${line.address}post`, { method: 'POST', headers, body }).catch(() => undefined),
    );
  }

  function handle(message: ToServed): void {
    switch (message.kind) {
      case 'preload':
        deliver(message.message);
        break;
      case 'go':
        scope.location.replace(message.address);
        break;
      case 'copy':
        scope.navigator.clipboard?.writeText(message.text).catch(() => undefined);
        break;
    }
  }

  async function listen(): Promise<void> {
    const response = await fetch(`${line.address}events`, { method: 'POST', headers });
    const reader = response.ok ? response.body?.getReader() : undefined;
    let text = '';
    while (reader !== undefined) {
      const { done, value } = await reader.read();
      if (done || value === undefined) return;
      text += decoder.decode(value, { stream: true });
      const lines = text.split('\n');
      text = lines.pop() ?? '';
      for (const one of lines) if (one !== '') handle(JSON.parse(one) as ToServed);
    }
  }

  Object.defineProperty(scope, 'open', {
    configurable: true,
    value: (url?: string) => {
      post({ kind: 'open', url: new URL(url ?? 'about:blank', scope.location.href).href });
      return null;
    },
  });
  scope.document.addEventListener(
    'click',
    (event: { readonly target: unknown; preventDefault(): void }) => {
      const target = event.target as { closest?(selector: string): { readonly href: string } | null };
      const link = target.closest?.('a[target="_blank"]') ?? null;
      if (link === null) return;
      event.preventDefault();
      post({ kind: 'open', url: link.href });
    },
    true,
  );
  scope.addEventListener('load', () => post({ kind: 'loaded' }));
  listen().catch(() => undefined);
  return {
    post: (text) => post({ kind: 'message', text }),
    notice: (text) => post({ kind: 'noticed', text }),
    receive: (receiver) => {
      deliver = receiver;
      early.forEach(receiver);
    },
  };
}
