import type { WebPreferences } from 'electron';
import { unsupported } from '../guard';

/** Options that change only what a real window looks like or how its engine is hardened; the stand-in's pages have the
 * sandbox, context isolation and no Node in any case. */
const KNOWN_PREFERENCES = new Set([
  'preload',
  'sandbox',
  'contextIsolation',
  'nodeIntegration',
  'nodeIntegrationInSubFrames',
  'nodeIntegrationInWorker',
  'webviewTag',
  'webSecurity',
  'allowRunningInsecureContent',
  'spellcheck',
  'devTools',
  'safeDialogs',
  'disableDialogs',
  'navigateOnDragDrop',
  'backgroundThrottling',
  'autoplayPolicy',
  'enableWebSQL',
  'experimentalFeatures',
  'images',
  'webgl',
  'plugins',
]);

/** Refuses what would change the page's behaviour here without being done, and what would weaken its isolation. */
export function checkPreferences(preferences: WebPreferences): void {
  for (const [name, value] of Object.entries(preferences)) {
    const weakens =
      (name === 'sandbox' || name === 'contextIsolation' || name === 'webSecurity') && value === false;
    if (weakens || !KNOWN_PREFERENCES.has(name))
      throw unsupported(`webPreferences.${name} = ${String(value)}`);
  }
}
