import type { Tray } from 'electron';
import type { Desktop, ShownTray } from '../desktop';
import { Emitter, StandInEvent } from '../emitter';
import { guardClass } from '../guard';
import type { StandInMenu } from './menu';

const EVENTS = ['click', 'right-click', 'double-click', 'mouse-enter', 'mouse-leave', 'balloon-click'];

type Members = Pick<
  Tray,
  | 'setToolTip'
  | 'setImage'
  | 'setPressedImage'
  | 'destroy'
  | 'setTitle'
  | 'getTitle'
  | 'isDestroyed'
  | 'setIgnoreDoubleClickEvents'
>;

let desktop: Desktop | null = null;

export function connectTrays(shown: Desktop): void {
  desktop = shown;
}

export class StandInTray extends Emitter implements Members {
  readonly #shown: ShownTray = {
    tooltip: '',
    title: '',
    menu: null,
    click: () => this.emit('click', new StandInEvent(), { x: 0, y: 0, width: 0, height: 0 }, { x: 0, y: 0 }),
  };
  #destroyed = false;

  constructor(_image: unknown) {
    super('Tray', EVENTS);
    if (desktop === null) throw new Error('Cannot create Tray before app is ready');
    desktop.trays.push(this.#shown);
    desktop.onNotice('the tray');
  }

  setToolTip(tooltip: string): void {
    this.#shown.tooltip = tooltip;
  }

  setTitle(title: string): void {
    this.#shown.title = title;
  }

  getTitle(): string {
    return this.#shown.title;
  }

  setContextMenu(menu: StandInMenu | null): void {
    this.#shown.menu = menu;
  }

  /** Nobody sees the picture here. */
  setImage(): void {}
  setPressedImage(): void {}
  setIgnoreDoubleClickEvents(): void {}

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  destroy(): void {
    this.#destroyed = true;
    const trays = desktop?.trays ?? [];
    const index = trays.indexOf(this.#shown);
    if (index >= 0) trays.splice(index, 1);
  }
}

guardClass('Tray', StandInTray);
