import { Shortcut } from '../../components/Shortcut';
import { useCache } from '../../stores/app';
import classes from './Settings.module.css';

const KEYS: readonly (readonly [keys: string, does: string])[] = [
  ['Mod+K', 'Search'],
  ['↑ ↓', 'Choose a host in the list'],
  ['Enter', 'Knock & Connect, in the list'],
  ['Shift+Enter', 'Knock, in the list'],
  ['Esc', 'Cancel a run, leave an editor'],
  ['Mod+N', 'Add a host'],
  ['Mod+E', 'Edit the host shown'],
  ['Mod+S', 'Save'],
  ['Mod+Z', 'Bring back what was removed'],
  ['Mod+,', 'Settings'],
];

export function ShortcutList() {
  const mac = useCache(({ platform }) => platform === 'mac');
  const spoken = (keys: string) => keys.replace('Mod', mac ? 'Command' : 'Control').replaceAll('+', ' ');
  return (
    <section className={classes.section} aria-label="Keys">
      <h2>Keys</h2>
      <dl className={classes.keys}>
        {KEYS.map(([keys, does]) => (
          <div key={keys}>
            <dt aria-label={spoken(keys)}>
              <Shortcut keys={keys} />
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
