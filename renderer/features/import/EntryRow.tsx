import { Checkbox, TextInput } from '@mantine/core';
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react';
import { memo, type ReactNode } from 'react';
import type { ReviewEntry } from '../../../shared/exchange/review';
import { hostProblem } from '../../../shared/profile/address';
import { nameProblem } from '../../../shared/profile/profile';
import type { ReviewRow } from './review-rows';
import classes from './Import.module.css';

interface Props {
  readonly entry: ReviewEntry;
  readonly row: ReviewRow;
  /** Secrets are there but sealed: that they are missing is said above the list. */
  readonly locked: boolean;
  /** Somebody has tried to import: what is still empty is told too. */
  readonly tried: boolean;
  readonly onChange: (key: number, part: Partial<ReviewRow>) => void;
}

/** Among hundreds, only the one that changes is drawn anew. */
export const EntryRow = memo(function EntryRow({ entry, row, locked, tried, onChange }: Props) {
  const { key, name, clash, host, port, user, summary, missing, notes } = entry;
  const lacksHost = host === null;
  const lacksSecret = missing.includes('secret') && !locked;
  const asks = row.chosen && (lacksHost || clash !== null);
  const nameWords = nameProblem(row.name);
  const hostWords = row.host === '' && !tried ? null : hostProblem(row.host);
  return (
    <li className={classes.entry}>
      <Checkbox
        aria-label={`Import ${name}`}
        checked={row.chosen}
        onChange={(event) => onChange(key, { chosen: event.currentTarget.checked })}
      />
      <div className={classes.about}>
        <p className={classes.name}>{row.name || name}</p>
        <p className={classes.where}>
          {lacksHost ? 'host not known' : `${user === null ? '' : `${user}@`}${host}`}, port {port} ·{' '}
          {summary}
        </p>
        {asks && (
          <div className={classes.fields}>
            <TextInput
              label="Name"
              value={row.name}
              error={nameWords}
              onChange={(event) => onChange(key, { name: event.currentTarget.value })}
            />
            {lacksHost && (
              <TextInput
                label="Host"
                placeholder="web1.example.org"
                value={row.host}
                error={hostWords}
                onChange={(event) => onChange(key, { host: event.currentTarget.value })}
              />
            )}
          </div>
        )}
        {(clash !== null || lacksSecret || notes.length > 0) && (
          <ul className={classes.notes}>
            {clash !== null && <Note kind="warning">{`There is a profile named "${clash}" already.`}</Note>}
            {lacksSecret && (
              <Note kind="warning">
                Its secret is not in there. Edit the profile afterwards and enter it.
              </Note>
            )}
            {notes.map((note) => (
              <Note key={note} kind="note">
                {note}
              </Note>
            ))}
          </ul>
        )}
      </div>
    </li>
  );
});

function Note({ kind, children }: { readonly kind: 'warning' | 'note'; readonly children: ReactNode }) {
  const Icon = kind === 'warning' ? IconAlertTriangle : IconInfoCircle;
  return (
    <li data-kind={kind}>
      <Icon size={14} aria-hidden="true" />
      <span>{children}</span>
    </li>
  );
}
