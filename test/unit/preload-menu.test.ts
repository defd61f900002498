import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { MenuItemConstructorOptions } from 'electron';
import type { PreloadApi } from '../../shared/contract/ipc';

const electron = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  invoked: [] as unknown[][],
  listeners: new Map<string, Set<(event: unknown, message: unknown) => void>>(),
  menus: [] as unknown[],
  shown: [] as unknown[],
  supported: true,
}));

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: unknown) => electron.exposed.set(name, api) },
  ipcRenderer: {
    invoke: async (...args: unknown[]) => electron.invoked.push(args),
    on: (channel: string, listener: never) =>
      electron.listeners.set(channel, (electron.listeners.get(channel) ?? new Set()).add(listener)),
    removeListener: (channel: string, listener: never) => electron.listeners.get(channel)?.delete(listener),
  },
  Menu: {
    buildFromTemplate: (template: unknown) => template,
    setApplicationMenu: (menu: unknown) => electron.menus.push(menu),
  },
  Notification: class {
    static isSupported = () => electron.supported;
    readonly show: () => void;
    constructor(options: unknown) {
      this.show = () => void electron.shown.push(options);
    }
  },
}));

beforeEach(() => {
  electron.invoked.length = 0;
  electron.shown.length = 0;
  electron.supported = true;
});

describe('the preload', () => {
  it('puts two functions on the page, and no channel of its choice', async () => {
    await import('../../electron/preload/index');
    expect([...electron.exposed.keys()]).toEqual(['sallyport']);
    const api = electron.exposed.get('sallyport') as PreloadApi;
    expect(Object.keys(api).toSorted()).toEqual(['invoke', 'on']);
    await api.invoke('snapshot', { a: 1 });
    await api.invoke({ toString: () => 'x' } as never, undefined);
    expect(electron.invoked).toEqual([
      ['sallyport:call:snapshot', { a: 1 }],
      ['sallyport:call:x', undefined],
    ]);
    const seen: unknown[][] = [];
    const stop = api.on((...args) => seen.push(args));
    const tell = (message: unknown) => {
      for (const listener of electron.listeners.get('sallyport:event') ?? [])
        listener({ sender: 'ipcRenderer' }, message);
    };
    tell('first');
    stop();
    tell('second');
    expect(seen).toEqual([['first']]);
  });
});

describe('the menu', () => {
  const all = (items: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
    items.flatMap((item) => [item, ...all((item.submenu ?? []) as MenuItemConstructorOptions[])]);

  it('quits, and opens neither the tools nor a reload', async () => {
    const { setApplicationMenu } = await import('../../electron/main/menu');
    let quits = 0;
    setApplicationMenu(() => (quits += 1));
    const items = all(electron.menus[0] as MenuItemConstructorOptions[]);
    const quit = items.find(({ label }) => label === 'Quit Sallyport');
    expect(quit?.accelerator).toBe('CmdOrCtrl+Q');
    (quit!.click as () => void)();
    expect(quits).toBe(1);
    const roles = items.map(({ role }) => role?.toLowerCase());
    for (const role of ['reload', 'forcereload', 'toggledevtools']) expect(roles).not.toContain(role);
    expect(roles).toEqual(expect.arrayContaining(['copy', 'paste', 'zoomin', 'close']));
  });
});

describe('notifications', () => {
  it('tell a verdict to who does not look, and nobody else', async () => {
    const { notifyVerdicts } = await import('../../electron/main/notify');
    const { fakeServices } = await import('../fakes/fake-services');
    const { addBoth, staticProfile } = await import('../fakes/sample-profiles');
    const { services, clock } = fakeServices();
    await addBoth(services);
    let looking = true;
    notifyVerdicts(services, () => looking);
    const knock = () => clock.run(services.runs.knock(staticProfile(), 'open'));
    await knock();
    looking = false;
    await knock();
    electron.supported = false;
    await knock();
    expect(electron.shown).toEqual([
      { title: 'web1: No effect', body: expect.stringContaining('Nothing changed after the knock') },
    ]);
    expect(JSON.stringify(electron.shown)).not.toMatch(/7101|8202|9303/);
  });
});
