import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ControlsWindow } from '../../electron/stand-in/controls/controls-window';
import type { Backend, Surface } from '../../electron/stand-in/surface';

let said: string;
beforeEach(() => {
  said = '';
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

/** A backend in which every load ends as it does when something cuts it off. */
function abortsLoads(closing: boolean): Backend {
  const surface: Partial<Surface> = {
    load: (url) => Promise.reject(new Error(`ERR_ABORTED loading '${url}'`)),
  };
  return {
    endpoint: null,
    closing,
    open: () => Promise.resolve(surface as Surface),
    close: () => Promise.resolve(),
    closeNow: () => undefined,
  };
}

describe('a load of the controls window that is cut off', () => {
  test('by the end of the app is no error', async () => {
    await new ControlsWindow(abortsLoads(true)).show(true);
    expect(said).toBe('');
  });

  test('by anything else is', async () => {
    await new ControlsWindow(abortsLoads(false)).show(true);
    expect(said).toBe(
      "stand-in: the window for the tray and dialogs did not open: Error: ERR_ABORTED loading 'stand-in://controls/'\n",
    );
  });
});
