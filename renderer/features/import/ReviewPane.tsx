import { Button, Checkbox, PasswordInput, Radio } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { StickyEnd } from '../../components/StickyEnd';
import { useFocusOnAppearing } from '../../components/use-focus-on-appearing';
import { useApp } from '../../stores/app';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { Problem } from '../../../shared/contract/result';
import type { ImportReview } from '../../../shared/exchange/review';
import { KIND_NAMES } from '../../../shared/exchange/recognise';
import { EntryRow } from './EntryRow';
import { SkippedList } from './SkippedList';
import { firstProblem, rowsOf, wishOf, type ReviewRow } from './review-rows';
import { UnlockSecrets } from './UnlockSecrets';
import classes from './Import.module.css';

/** What an import would become: chosen, named and completed here, saved by main all or nothing. */
export function ReviewPane({ review }: { readonly review: ImportReview }) {
  const { actions } = useApp();
  const [rows, setRows] = useState(() => rowsOf(review));
  const [knock, setKnock] = useState<'generate' | 'typed'>('generate');
  const [sequence, setSequence] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saving, setSaving] = useState(false);
  const [tries, setTries] = useState(0);
  const pane = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useFocusOnAppearing(title);
  useShortcuts({ Escape: () => void actions.importDrop(review.id) });

  const chosen = rows.filter((row) => row.chosen);
  const change = useCallback(
    (key: number, part: Partial<ReviewRow>) =>
      setRows((before) => before.map((row) => (row.key === key ? { ...row, ...part } : row))),
    [],
  );
  useEffect(() => {
    if (tries > 0) pane.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [tries]);
  const unknown = review.entries.some(({ missing }) => missing.includes('knock'));
  const save = async () => {
    if (saving) return;
    const wrong = firstProblem(rows, review);
    setTries(tries + 1);
    if (wrong !== null) return setProblem(wrong);
    setSaving(true);
    const typed = unknown && knock === 'typed' ? sequence : null;
    setProblem(await actions.importApply(wishOf(review, rows, typed)));
    setSaving(false);
  };
  return (
    <article ref={pane} className={classes.pane} aria-label="Review the import">
      <div>
        <h1 ref={title} tabIndex={-1}>
          Review the import
        </h1>
        <p className={classes.quiet}>
          {review.source}, read as {KIND_NAMES[review.kind]}. Nothing is saved yet.
        </p>
      </div>
      {review.locked && <UnlockSecrets id={review.id} />}
      {unknown && (
        <Radio.Group
          label="The file does not say how these servers are knocked at"
          value={knock}
          onChange={(value) => setKnock(value === 'typed' ? 'typed' : 'generate')}
        >
          <div className={classes.about}>
            <Radio value="generate" label="Make a new rotating secret for each, to be put on its server" />
            <Radio value="typed" label="All of them wait for one fixed sequence" />
          </div>
        </Radio.Group>
      )}
      {unknown && knock === 'typed' && (
        <PasswordInput
          label="Sequence"
          placeholder="7000:tcp,8000:udp,9000:tcp"
          autoComplete="off"
          spellCheck={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show what was typed' }}
          value={sequence}
          onChange={(event) => setSequence(event.currentTarget.value)}
        />
      )}
      {rows.length === 0 ? (
        <p>
          There is no host in it that can be imported.
          {review.skipped.length > 0 && ' Below is why; change it there, or import something else.'}
        </p>
      ) : (
        <section aria-label="Hosts">
          {rows.length > 1 && (
            <Checkbox
              className={classes.all ?? ''}
              label={`All ${rows.length} hosts`}
              checked={chosen.length === rows.length}
              indeterminate={chosen.length > 0 && chosen.length < rows.length}
              onChange={(event) => {
                const all = event.currentTarget.checked;
                setRows((before) => before.map((row) => ({ ...row, chosen: all })));
              }}
            />
          )}
          <ul className={classes.entries}>
            {review.entries.map((entry, at) => (
              <EntryRow
                key={entry.key}
                entry={entry}
                row={rows[at] ?? { key: entry.key, chosen: false, name: entry.name, host: '' }}
                locked={review.locked}
                tried={tries > 0}
                onChange={change}
              />
            ))}
          </ul>
        </section>
      )}
      <SkippedList skipped={review.skipped} source={review.source} open={rows.length === 0} />
      <StickyEnd>
        {problem !== null && <ProblemPanel problem={problem} />}
        <div className={classes.buttons}>
          <Button
            aria-disabled={saving || chosen.length === 0}
            {...((saving || chosen.length === 0) && { 'data-disabled': true })}
            onClick={() => void (chosen.length > 0 && save())}
          >
            {saving ? 'Importing…' : importLabel(chosen.length)}
          </Button>
          <Button variant="default" onClick={() => void actions.importDrop(review.id)}>
            Cancel
          </Button>
        </div>
      </StickyEnd>
    </article>
  );
}

function importLabel(count: number): string {
  if (count === 0) return 'Import';
  return count === 1 ? 'Import 1 host' : `Import ${count} hosts`;
}
