/**
 * What the web side may not do, which is nearly everything: no network, no navigation, no windows, no permissions. The
 * page is ours and local; this holds against a dependency of it that turns out not to be (Electron's security checklist).
 */
import type { App, Session, Shell, WebContents } from 'electron';
import { APP_ORIGIN } from '../../shared/contract/channels';
import { ProblemError } from '../../shared/contract/result';
import { linkHost, linkProblem } from '../../shared/profile/after';

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

/** The only way out to the desktop's own handlers, for links of profiles that a person agreed to. */
export async function openLink(shell: Pick<Shell, 'openExternal'>, link: string): Promise<void> {
  const problem = linkProblem(link) ?? (meansTheSame(link) ? null : 'it can be read in two ways.');
  if (problem !== null) {
    throw new ProblemError({
      code: 'bad-input',
      message: `The link is not opened: ${problem}`,
      hint: 'Edit the profile.',
    });
  }
  await shell.openExternal(link).catch((error: unknown) => {
    throw new ProblemError({
      code: 'not-found',
      message: 'The door is open, but the desktop could not open the link.',
      hint: 'Choose a program for such links in the settings of your desktop.',
      detail: error instanceof Error ? error.message : String(error),
    });
  });
}

/** Whether a browser takes the link to the host that a person was shown. */
function meansTheSame(link: string): boolean {
  const host = linkHost(link).toLowerCase();
  const read = URL.canParse(link) ? new URL(link).hostname.toLowerCase() : '';
  return host.startsWith('[') ? read.startsWith('[') : read === host;
}

function lockDownContents(contents: WebContents): void {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function isOurs(url: string): boolean {
  return url.startsWith(`${APP_ORIGIN}/`) || url.startsWith('devtools://');
}
