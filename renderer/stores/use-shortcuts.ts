import { useEffect, useRef } from 'react';
import { useCache } from './app';

/** What a text field does itself. */
const TYPING: ReadonlySet<string> = new Set(['Mod+Z']);

/** Where Escape closes something that is open, and does no more. */
const POPUP = '[role="menu"], [aria-expanded="true"]';

export type Shortcuts = Readonly<Record<string, () => void>>;

/**
 * Window-wide keys, like `Mod+K` (⌘ on a Mac, else Ctrl) or `Escape`. A key that something closer to the focus has
 * already used (a menu closing on Escape) is left alone, and so are combinations while a letter is being composed.
 */
export function useShortcuts(shortcuts: Shortcuts): void {
  const mac = useCache(({ platform }) => platform === 'mac');
  const current = useRef(shortcuts);
  useEffect(() => {
    current.current = shortcuts;
  });
  useEffect(() => {
    let popup = false;
    // Looked at on the way down, because on the way up it may have been closed already.
    const before = ({ target }: KeyboardEvent) => {
      popup = target instanceof Element && target.closest(POPUP) !== null;
    };
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && popup) return;
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const keys = combination(event, mac);
      const run = current.current[keys];
      if (run === undefined || (TYPING.has(keys) && isTyping(event.target))) return;
      event.preventDefault();
      run();
    };
    window.addEventListener('keydown', before, { capture: true });
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', before, { capture: true });
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [mac]);
}

function combination(event: KeyboardEvent, mac: boolean): string {
  const mod = mac ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
  if ((event.ctrlKey || event.metaKey) && !mod) return '';
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return [mod ? 'Mod' : '', event.altKey ? 'Alt' : '', event.shiftKey ? 'Shift' : '', key]
    .filter((part) => part !== '')
    .join('+');
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement;
}
