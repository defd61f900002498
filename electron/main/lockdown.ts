/**
 * What the web side may not do, which is nearly everything: no network, no navigation, no windows, no permissions. The
 * page is ours and local; this holds against a dependency of it that turns out not to be (Electron's security checklist).
 */
import type { App, Session, WebContents } from 'electron';
import { APP_ORIGIN } from '../../shared/contract/channels';

/** Before the app is ready. */
export function lockDownApp(app: Pick<App, 'enableSandbox' | 'on' | 'commandLine'>): void {
  app.enableSandbox();
  // WebRTC is bound by no content security policy and no request filter.
  app.commandLine.appendSwitch('force-webrtc-ip-handling-policy', 'disable_non_proxied_udp');
  app.on('web-contents-created', (_event, contents) => lockDownContents(contents));
}

export function lockDownSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  session.setPermissionCheckHandler(() => false);
  session.webRequest.onBeforeRequest((details, answer) => answer({ cancel: !isOurs(details.url) }));
}

function lockDownContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function isOurs(url: string): boolean {
  return url.startsWith(`${APP_ORIGIN}/`) || url.startsWith('devtools://');
}
