/** What the script below needs of its world: the main frame's isolated one. */
export interface WatchScope {
  readonly document: {
    readonly title: string;
    readonly head: object | null;
    addEventListener(type: string, listener: () => void): void;
  };
  readonly MutationObserver: new (callback: () => void) => { observe(target: object, options: object): void };
  addEventListener(type: string, listener: () => void): void;
}

/** What the page's window would notice by itself in Electron. */
export type Noticed =
  { readonly kind: 'title'; readonly title: string } | { readonly kind: 'focus'; readonly focused: boolean };

/** Reports the title and the keyboard focus as they change. Self-contained, injected as text. */
export function watchPage(scope: WatchScope, report: (noticed: Noticed) => void): void {
  let last = '';
  const reportTitle = (): void => {
    const { title } = scope.document;
    if (title === last) return;
    last = title;
    report({ kind: 'title', title });
  };
  scope.document.addEventListener('DOMContentLoaded', () => {
    reportTitle();
    const { head } = scope.document;
    if (head !== null) {
      new scope.MutationObserver(reportTitle).observe(head, {
        childList: true,
        subtree: true,
        characterData: true,
      });
    }
  });
  scope.addEventListener('focus', () => report({ kind: 'focus', focused: true }));
  scope.addEventListener('blur', () => report({ kind: 'focus', focused: false }));
}
