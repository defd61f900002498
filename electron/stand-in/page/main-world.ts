import type { BridgePeer, PeerScope } from './bridge-peer';

/** What the page's own world offers to the script below. */
export interface MainScope extends PeerScope {
  open(url?: string, target?: string, features?: string): unknown;
}

/**
 * The page's half of the bridge: gives it what the preload exposes, frozen, and nothing else. Self-contained, injected as
 * text. `createPeer` is `createBridgePeer`.
 */
export function installMainWorld(
  scope: MainScope,
  createPeer: (
    scope: PeerScope,
    outgoing: string,
    incoming: string,
    exposed: (name: string, value: unknown) => void,
  ) => BridgePeer,
  token: string,
): void {
  function freeze(value: unknown): unknown {
    if (typeof value === 'object' && value !== null) {
      Object.values(value).forEach(freeze);
      Object.freeze(value);
    }
    return value;
  }
  createPeer(scope, `${token}-page`, `${token}-preload`, (name, value) => {
    Object.defineProperty(scope, name, { value: freeze(value), enumerable: true });
  });
  // A refused window.open is null in Electron. `noopener` makes Chromium answer null too; the window itself is refused
  // where it is created, whatever the page does to this function.
  const open = scope.open.bind(scope);
  Object.defineProperty(scope, 'open', {
    configurable: true,
    writable: true,
    value: (url?: string, target?: string, features?: string) => {
      open(url, target, features === undefined || features === '' ? 'noopener' : `${features},noopener`);
      return null;
    },
  });
}
