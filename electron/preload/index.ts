/**
 * All that the page can reach of the app: calls by name, and events. The channel prefix is fixed here, so the page cannot
 * name a channel of its own; main checks the sender and parses the payload.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { CALL_CHANNEL_PREFIX, EVENT_CHANNEL } from '../../shared/contract/channels';
import type { EventMessage, PreloadApi } from '../../shared/contract/ipc';

const api: PreloadApi = {
  invoke: (name, payload) => ipcRenderer.invoke(`${CALL_CHANNEL_PREFIX}${String(name)}`, payload),
  on: (listener) => {
    const forward = (_event: unknown, message: EventMessage): void => listener(message);
    ipcRenderer.on(EVENT_CHANNEL, forward);
    return () => ipcRenderer.removeListener(EVENT_CHANNEL, forward);
  },
};

contextBridge.exposeInMainWorld('sallyport', api);
