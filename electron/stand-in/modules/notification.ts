import type { Notification, NotificationConstructorOptions } from 'electron';
import type { Desktop } from '../desktop';
import { Emitter, StandInEvent } from '../emitter';
import { guardClass } from '../guard';

const EVENTS = ['show', 'click', 'close', 'failed', 'action', 'reply'];

let desktop: Desktop | null = null;

export function connectNotifications(shown: Desktop): void {
  desktop = shown;
}

export class StandInNotification
  extends Emitter
  implements Pick<Notification, 'title' | 'body' | 'show' | 'close'>
{
  title: string;
  body: string;

  constructor(options: NotificationConstructorOptions = {}) {
    super('Notification', EVENTS);
    this.title = options.title ?? '';
    this.body = options.body ?? '';
  }

  static isSupported(): boolean {
    return true;
  }

  show(): void {
    const view = { title: this.title, body: this.body };
    desktop?.notifications.push({ view, click: () => this.emit('click', new StandInEvent()) });
    desktop?.onNotice(`${this.title}: ${this.body}`);
    queueMicrotask(() => this.emit('show', new StandInEvent()));
  }

  close(): void {
    this.emit('close', new StandInEvent());
  }
}

guardClass('Notification', StandInNotification);
