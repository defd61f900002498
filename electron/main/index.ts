/**
 * The app's composition root: locks the web side down, takes the control socket over from an agent, and puts window, tray
 * and menu on top of the services. `--background` starts without a window, for the command line and for log-in.
 */
import { join } from 'node:path';
import {
  app,
  BrowserWindow,
  clipboard,
  dialog,
  ipcMain,
  protocol,
  session,
  shell,
  type MessageBoxOptions,
  type OpenDialogOptions,
} from 'electron';
import { EVENT_CHANNEL } from '../../shared/contract/channels';
import type { EventMessage } from '../../shared/contract/ipc';
import { toProblem } from '../../shared/contract/result';
import { LINK_SCHEME } from '../../shared/exchange/deep-link';
import type { Profile } from '../../shared/profile/profile';
import { writeWhole } from './adapters/files';
import { composeServices, type Services } from './compose';
import { askAgentToLeave } from './control/handover';
import { controlMethods } from './control/methods';
import { ControlServer } from './control/server';
import { forwardEvents } from './ipc/events';
import { callHandlers } from './ipc/handlers';
import { registerCalls } from './ipc/register';
import { Links } from './links';
import { lockDownApp, lockDownSession, openLink } from './lockdown';
import { setApplicationMenu } from './menu';
import { notify, notifyVerdicts } from './notify';
import { registerScheme, servePages } from './pages';
import { helperFolder, homeFolder, socketPath, type Environment } from './paths';
import { Reveal } from './reveal';
import { AppTray } from './tray';
import { version } from './version';
import { applyTheme, MainWindow } from './window';

const environment: Environment = {
  env: process.env,
  platform: process.platform,
  uid: process.getuid?.() ?? null,
};
const home = homeFolder(environment);

app.setName('Sallyport');
app.setPath('userData', join(home, 'browser'));
lockDownApp(app);
registerScheme(protocol);

const links = new Links();
// macOS tells before the app is ready.
app.on('open-url', (event, link) => {
  event.preventDefault();
  links.open(link);
});
links.openFrom(process.argv);

if (app.requestSingleInstanceLock()) {
  app.whenReady().then(start).catch(failStart);
} else {
  app.quit();
}

async function start(): Promise<void> {
  const appRoot = app.getAppPath();
  const dist = join(appRoot, 'dist');
  const helpers = helperFolder(
    app.isPackaged ? join(process.resourcesPath, 'helpers') : join(appRoot, 'build', 'helper'),
  );
  const icons = app.isPackaged ? join(process.resourcesPath, 'icons') : join(appRoot, 'build', 'icons');
  const place = {
    home,
    socket: socketPath(home, environment),
    platform: process.platform,
    uid: environment.uid,
  };
  const inherited = await askAgentToLeave(place);
  const services = await composeServices({
    home,
    helpers,
    env: process.env,
    session: inherited,
    openLink: (link) => openLink(shell, link),
  });

  const window = new MainWindow(dist, tellOnceAboutTray);
  const quit = (): void => app.quit();
  const identity = { role: 'app', version, pid: process.pid, home } as const;
  const control = await ControlServer.listen(place, controlMethods(services, identity, quit));

  // Only who holds the socket may touch the stores. Not waited for: a keychain may put up a prompt.
  void services.recovery.tidy();

  lockDownSession(session.defaultSession);
  const ask = async (options: MessageBoxOptions): Promise<number> => {
    const parent = window.current();
    const shown = parent === null ? dialog.showMessageBox(options) : dialog.showMessageBox(parent, options);
    return (await shown).response;
  };
  const reveal = new Reveal({ ask, open: (options) => new BrowserWindow(options) });
  servePages(protocol, join(dist, 'renderer'), reveal.pages);

  const handlers = callHandlers(services, {
    version,
    platform: process.platform === 'darwin' ? 'mac' : process.platform === 'win32' ? 'windows' : 'linux',
    copy: (text) => clipboard.writeText(text),
    confirm: async ({ message, detail, yes }) => {
      const buttons = ['Cancel', yes];
      return (await ask({ type: 'question', message, detail, buttons, defaultId: 0, cancelId: 0 })) === 1;
    },
    reveal: (id) => reveal.show(services.profiles.get(id), () => services.secrets.get(id)),
    revealNext: (id) => reveal.show(services.profiles.get(id), () => services.rekey.prepareOnce(id), 'next'),
    showPerson: (kit) => reveal.showPerson(kit),
    showQr: (id) => reveal.showQr(services.profiles.get(id), (profile) => services.exports.uri(profile)),
    open: async (title) => {
      const options: OpenDialogOptions = { title, properties: ['openFile', 'showHiddenFiles'] };
      const parent = window.current();
      const { filePaths } = await (parent === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(parent, options));
      return filePaths[0] ?? null;
    },
    save: async (suggestedName, bytes, title = 'Save the installer') => {
      const options = {
        title,
        defaultPath: join(app.getPath('downloads'), suggestedName),
      };
      const parent = window.current();
      const { canceled, filePath } = await (parent === null
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(parent, options));
      if (canceled || filePath === '') return null;
      await writeWhole(filePath, bytes);
      return filePath;
    },
  });
  registerCalls(ipcMain, handlers, { window: () => window.contents() }, services.log);
  const send = (channel: string, message: EventMessage): void => window.contents()?.send(channel, message);
  forwardEvents(services, send);

  applyTheme(services.settings.get());
  services.settings.changed.on(applyTheme);
  notifyVerdicts(services, () => window.isFocused());
  setApplicationMenu(quit);
  const tray = new AppTray(services, trayActions(services, window, quit), icons);

  // An installed app takes its links; a checkout leaves them to the installed one.
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  app.on('second-instance', (_event, argv) => {
    if (!links.openFrom(argv)) void window.show();
  });
  app.on('activate', () => void window.show());
  app.on('before-quit', () => window.quitting());
  let ended = false;
  app.on('will-quit', (event) => {
    if (ended) return;
    event.preventDefault();
    tray.destroy();
    // The socket is given up last: who takes it over then finds everything on disk.
    void services
      .stop()
      .then(() => control.close())
      .then(() => services.letGo())
      .finally(() => {
        ended = true;
        app.quit();
      });
  });
  services.log.info('app started', { version });
  if (!process.argv.includes('--background')) await window.show();
  links.start(services, {
    show: () => window.show(),
    showProfile: (id) => send(EVENT_CHANNEL, { name: 'profileAsked', value: { id } }),
    offer: (review) => send(EVENT_CHANNEL, { name: 'importOffered', value: review }),
  });
}

function trayActions(services: Services, window: MainWindow, quit: () => void) {
  const { runs, connector } = services;
  /** The run's own verdict is notified; what fails around it (a terminal, a keychain) is told here. */
  const tell = (profile: Profile) => (error: unknown) => {
    const { message, hint } = toProblem(error);
    if (services.runViews.get(profile.id)?.message === message) return;
    notify(profile.name, hint === undefined ? message : `${message} ${hint}`);
  };
  return {
    knock: (profile: Profile) =>
      void runs.knock(services.profiles.get(profile.id), 'open').catch(tell(profile)),
    connect: (profile: Profile) =>
      void connector.connect(services.profiles.get(profile.id)).catch(tell(profile)),
    setUp: (profile: Profile) =>
      void window.show().then(() => {
        const message: EventMessage = { name: 'profileAsked', value: { id: profile.id, pane: 'server' } };
        window.contents()?.send(EVENT_CHANNEL, message);
      }),
    show: () => void window.show(),
    quit,
  };
}

let toldAboutTray = false;

/** Once per start: a window that vanishes on close without a word looks like a program that ended. */
function tellOnceAboutTray(): void {
  if (toldAboutTray) return;
  toldAboutTray = true;
  notify(
    'Sallyport is still here',
    'It stays in the tray for quick knocks. Quit from the tray menu or with Ctrl+Q.',
  );
}

function failStart(error: unknown): void {
  const { message, hint, detail } = toProblem(error);
  dialog.showErrorBox('Sallyport could not start', [message, hint, detail].filter(Boolean).join('\n\n'));
  app.exit(1);
}
