import type { Menu, MenuItem, MenuItemConstructorOptions } from 'electron';
import type { MenuItemView } from '../channel';
import type { Desktop, ShownMenu } from '../desktop';
import { guardClass } from '../guard';
import { StandInBrowserWindow } from './browser-window';

type ItemMembers = Pick<
  MenuItem,
  'id' | 'label' | 'type' | 'enabled' | 'visible' | 'checked' | 'sublabel' | 'toolTip'
>;

/** Labels of the roles an app is likely to list; the others show their name. */
const ROLE_LABELS: Readonly<Record<string, string>> = {
  quit: 'Quit',
  about: 'About',
  close: 'Close Window',
  minimize: 'Minimize',
  copy: 'Copy',
  cut: 'Cut',
  paste: 'Paste',
  undo: 'Undo',
  redo: 'Redo',
  selectAll: 'Select All',
  reload: 'Reload',
  toggleDevTools: 'Toggle Developer Tools',
  editMenu: 'Edit',
  windowMenu: 'Window',
  viewMenu: 'View',
  help: 'Help',
};

export class StandInMenuItem implements ItemMembers {
  readonly id: string;
  label: string;
  readonly type: MenuItem['type'];
  readonly role: string | undefined;
  readonly accelerator: string | undefined;
  readonly submenu: StandInMenu | undefined;
  readonly click: MenuItemConstructorOptions['click'];
  enabled: boolean;
  visible: boolean;
  checked: boolean;
  sublabel: string;
  toolTip: string;

  constructor(options: MenuItemConstructorOptions) {
    const { submenu, role } = options;
    this.submenu =
      submenu === undefined || submenu instanceof StandInMenu
        ? submenu
        : StandInMenu.buildFromTemplate(submenu as MenuItemConstructorOptions[]);
    this.type = options.type ?? (this.submenu === undefined ? 'normal' : 'submenu');
    this.role = role;
    this.label = options.label ?? (role === undefined ? '' : (ROLE_LABELS[role] ?? role));
    this.id = options.id ?? '';
    this.accelerator = typeof options.accelerator === 'string' ? options.accelerator : undefined;
    this.click = options.click;
    this.enabled = options.enabled ?? true;
    this.visible = options.visible ?? true;
    this.checked = options.checked ?? false;
    this.sublabel = options.sublabel ?? '';
    this.toolTip = options.toolTip ?? '';
  }

  view(): MenuItemView {
    const { id, type, role = null, accelerator = null, enabled, visible, checked } = this;
    // As menus draw it: a single & marks a mnemonic, a doubled one is a letter.
    const label = this.label.replace(/&(&?)/g, '$1');
    const submenu = this.submenu?.items.map((item) => item.view()) ?? [];
    return { id, label, type, role, accelerator, enabled, visible, checked, submenu };
  }
}

let desktop: Desktop | null = null;
let quit: () => void = () => undefined;

/** Connects menus to the running stand-in. */
export function connectMenus(shown: Desktop, onQuit: () => void): void {
  desktop = shown;
  quit = onQuit;
}

export class StandInMenu implements Pick<Menu, 'popup' | 'closePopup'>, ShownMenu {
  readonly items: StandInMenuItem[] = [];

  static buildFromTemplate(template: readonly (MenuItemConstructorOptions | MenuItem)[]): StandInMenu {
    const menu = new StandInMenu();
    for (const item of template) {
      menu.items.push(
        item instanceof StandInMenuItem ? item : new StandInMenuItem(item as MenuItemConstructorOptions),
      );
    }
    return menu;
  }

  static setApplicationMenu(menu: StandInMenu | null): void {
    if (desktop !== null) desktop.applicationMenu = menu;
  }

  static getApplicationMenu(): ShownMenu | null {
    return desktop?.applicationMenu ?? null;
  }

  append(item: StandInMenuItem): void {
    this.items.push(item);
  }

  insert(position: number, item: StandInMenuItem): void {
    this.items.splice(position, 0, item);
  }

  getMenuItemById(id: string): StandInMenuItem | null {
    for (const item of this.items) {
      if (item.id === id) return item;
      const inner = item.submenu?.getMenuItemById(id) ?? null;
      if (inner !== null) return inner;
    }
    return null;
  }

  popup(): void {
    if (desktop === null) return;
    desktop.popup = this;
    desktop.onAttention('a context menu is open');
  }

  closePopup(): void {
    if (desktop?.popup === this) desktop.popup = null;
  }

  view(): readonly MenuItemView[] {
    return this.items.map((item) => item.view());
  }

  click(path: readonly string[]): void {
    const [head = '', ...rest] = path;
    const item = this.items.find((one) => one.visible && (one.view().label === head || one.id === head));
    const names = this.items.map((one) => one.view().label).join(', ');
    if (item === undefined) throw new Error(`no visible menu item '${head}' among: ${names}`);
    if (!item.enabled) throw new Error(`the menu item '${head}' is disabled`);
    if (rest.length > 0) {
      if (item.submenu === undefined) throw new Error(`the menu item '${head}' has no submenu`);
      item.submenu.click(rest);
      return;
    }
    if (item.type === 'checkbox') item.checked = !item.checked;
    if (item.type === 'radio') item.checked = true;
    this.closePopup();
    if (item.click !== undefined) {
      const window = StandInBrowserWindow.getFocusedWindow() ?? undefined;
      item.click(item as unknown as MenuItem, window as never, { triggeredByAccelerator: false });
      return;
    }
    if (item.role === 'quit') quit();
    if (item.role === 'close') StandInBrowserWindow.getFocusedWindow()?.close();
    if (item.role === 'minimize') StandInBrowserWindow.getFocusedWindow()?.minimize();
  }
}

guardClass('Menu', StandInMenu);
guardClass('MenuItem', StandInMenuItem);
