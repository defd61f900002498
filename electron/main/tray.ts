/** The tray icon: built anew at each change, because Linux trays show a new menu only when they are given one. */
import { join } from 'node:path';
import { Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import type { Services } from './compose';
import { trayMenu, trayMood, trayTooltip, type TrayActions, type TrayState } from './tray-menu';

/** How often the time left of an open door is told anew. */
const COUNTDOWN_MS = 5000;

export class AppTray {
  readonly #services: Services;
  readonly #actions: TrayActions;
  readonly #icons: string;
  readonly #tray: Tray;
  #timer: NodeJS.Timeout | null = null;

  /** @param icons the folder of the tray icons. */
  constructor(services: Services, actions: TrayActions, icons: string) {
    this.#services = services;
    this.#actions = actions;
    this.#icons = icons;
    this.#tray = new Tray(this.#icon('idle'));
    this.#tray.on('click', actions.show);
    const refresh = (): void => this.#refresh();
    services.profiles.changed.on(refresh);
    services.grants.changed.on(refresh);
    services.runViews.changed.on(refresh);
    refresh();
  }

  destroy(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#tray.destroy();
  }

  #refresh(): void {
    const { profiles, runViews, grants, clock } = this.#services;
    const state: TrayState = {
      profiles: profiles.list(),
      runs: runViews.list(),
      grants: grants.list(),
      now: clock.now(),
    };
    const template: MenuItemConstructorOptions[] = trayMenu(state, this.#actions).map((item) => ({
      ...item,
    }));
    this.#tray.setContextMenu(Menu.buildFromTemplate(template));
    this.#tray.setToolTip(trayTooltip(state));
    this.#tray.setImage(this.#icon(trayMood(state)));
    this.#countDown(state.grants.length > 0);
  }

  #countDown(on: boolean): void {
    if (on && this.#timer === null) this.#timer = setInterval(() => this.#refresh(), COUNTDOWN_MS);
    if (!on && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  #icon(mood: 'idle' | 'open' | 'failed'): NativeImage {
    const mac = process.platform === 'darwin';
    const image = nativeImage.createFromPath(join(this.#icons, `tray-${mood}${mac ? 'Template' : ''}.png`));
    image.setTemplateImage(mac);
    return image;
  }
}
