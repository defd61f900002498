import { IconAlertTriangle } from '@tabler/icons-react';
import classes from './Editor.module.css';

/** Things that work but that a person should know. */
export function Warnings({ words }: { readonly words: readonly string[] }) {
  if (words.length === 0) return null;
  return (
    <ul className={classes.warnings} aria-label="Warnings">
      {words.map((warning) => (
        <li key={warning}>
          <IconAlertTriangle size={14} aria-hidden="true" />
          {warning}
        </li>
      ))}
    </ul>
  );
}
