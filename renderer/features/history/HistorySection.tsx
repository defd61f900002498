import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { RuledSection } from '../../components/RuledSection';
import { useApp, useCache } from '../../stores/app';
import { withHistory } from '../../stores/cache';
import type { ProfileView } from '../../../shared/contract/views';
import { HistoryTable } from './HistoryTable';
import classes from './History.module.css';

/** Rows that are shown before somebody asks for all. */
const FIRST_ROWS = 8;

/** What became of the knocks before. Nothing in it is secret. */
export function HistorySection({ profile }: { readonly profile: ProfileView }) {
  const { client, cache, actions } = useApp();
  const { id } = profile;
  const runs = useCache(({ histories }) => histories[id]);
  const [all, setAll] = useState(false);
  const known = runs !== undefined;
  useEffect(() => {
    if (known) return;
    void client.runHistory({ id }).then((answer) => {
      // An event may have come first, and it is newer.
      if (answer.ok && cache.getState().histories[id] === undefined) {
        cache.setState((state) => withHistory(state, id, answer.value));
      }
    });
  }, [client, cache, id, known]);

  if (runs === undefined) return null;
  const shown = all ? runs : runs.slice(0, FIRST_ROWS);
  return (
    <RuledSection title="History">
      {runs.length === 0 ? (
        <p className={classes.quiet}>No knocks yet. The newest 50 are kept here, without steps or secrets.</p>
      ) : (
        <>
          <HistoryTable runs={shown} />
          <div className={classes.buttons}>
            {runs.length > FIRST_ROWS && (
              <Button size="xs" variant="default" aria-expanded={all} onClick={() => setAll(!all)}>
                {all ? 'Show fewer' : `Show all ${runs.length}`}
              </Button>
            )}
            <Button size="xs" variant="default" onClick={() => void actions.exportHistory(id)}>
              Export…
            </Button>
            <Button size="xs" variant="default" onClick={() => void actions.copyDiagnostics(id)}>
              Copy diagnostics
            </Button>
            <Button size="xs" variant="default" onClick={() => void actions.clearHistory(profile)}>
              Clear
            </Button>
          </div>
        </>
      )}
    </RuledSection>
  );
}
