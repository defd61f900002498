import { useCache } from '../stores/app';
import classes from './Shortcut.module.css';

const MAC: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Enter: '⏎' };
const OTHER: Readonly<Record<string, string>> = { Mod: 'Ctrl', Enter: '⏎' };

/** A key combination as this platform writes it: `Mod+K` is ⌘K or Ctrl K. Hidden from screen readers, which have theirs. */
export function Shortcut({ keys }: { readonly keys: string }) {
  const names = useKeyNames(keys);
  return (
    <kbd className={classes.keys} aria-hidden="true">
      {names}
    </kbd>
  );
}

/** The same as text, for what a button shows when it is pointed at. */
export function useKeyNames(keys: string): string {
  const mac = useCache(({ platform }) => platform === 'mac');
  const names = keys.split('+').map((key) => (mac ? MAC : OTHER)[key] ?? key);
  return names.join(mac ? '' : ' ');
}
