import { StateMark } from '../../components/StateMark';
import { markOf } from '../run/verdict-mark';
import type { RunRecord } from '../../../shared/history/record';
import { took } from '../../../shared/text/duration';
import { verdictTitle } from '../../../shared/text/verdict';
import classes from './History.module.css';

const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric' });
const TIME = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const EXACTLY = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });

/** One row a run, the newest first. */
export function HistoryTable({ runs }: { readonly runs: readonly RunRecord[] }) {
  return (
    // Where it scrolls, Chromium lets keys do it.
    <div className={classes.scroll}>
      <table className={classes.table} aria-label="Earlier runs">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Verdict</th>
            <th scope="col">Port</th>
            <th scope="col">Address</th>
            <th scope="col">By</th>
            <th scope="col" className={classes.number}>
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.at}>
              <td>
                <time dateTime={new Date(run.at).toISOString()} title={EXACTLY.format(run.at)}>
                  <span className={classes.whole}>{DAY.format(run.at)}</span>{' '}
                  <span className={classes.whole}>{TIME.format(run.at)}</span>
                </time>
              </td>
              <td>
                <span className={classes.verdict} data-kind={markOf(run.verdict)}>
                  <StateMark kind={markOf(run.verdict)} />
                  <span>
                    {verdictWords(run)}
                    {run.attempts > 1 && run.verdict !== 'error' && (
                      <>
                        , <span className={classes.whole}>try {run.attempts}</span>
                      </>
                    )}
                  </span>
                </span>
              </td>
              <td>{portWords(run)}</td>
              <td className={`mono ${classes.cut} ${classes.address}`} title={run.address ?? undefined}>
                {run.address ?? '–'}
              </td>
              <td className={classes.cut} title={byWords(run)}>
                {run.interface ?? '–'}
              </td>
              <td className={classes.number}>{took(run.elapsedMs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The whole name of the interface, and the address it had. */
function byWords({ interface: name, source }: RunRecord): string | undefined {
  return name === null ? (source ?? undefined) : `${name}, ${source ?? ''}`;
}

function verdictWords({ verdict, code }: RunRecord): string {
  const title = verdictTitle(verdict);
  return verdict === 'error' && code !== null ? `${title}: ${code.replaceAll('-', ' ')}` : title;
}

function portWords({ before, after }: RunRecord): string {
  if (before === null && after === null) return '–';
  return before === after ? (before ?? '–') : `${before ?? '?'} → ${after ?? '?'}`;
}
