import { Countdown } from '../../components/Countdown';
import { StateMark } from '../../components/StateMark';
import { assertNever } from '../../../shared/contract/result';
import type { RunView } from '../../../shared/contract/views';
import classes from './Run.module.css';

/** What a run that has not ended is doing now. */
export function RunProgress({ run, host }: { readonly run: RunView; readonly host: string }) {
  return (
    <p className={classes.progress}>
      <StateMark kind="knocking" />
      <span>{progressWords(run, host)}</span>
      {run.phase === 'waiting' && run.waiting !== null && (
        <Countdown until={run.waiting.until} label="Waiting for" />
      )}
      {run.attempts > 1 && run.attempt > 1 && (
        <span className={classes.quiet}>
          try {run.attempt} of {run.attempts}
        </span>
      )}
    </p>
  );
}

function progressWords(run: RunView, host: string): string {
  switch (run.phase) {
    case 'resolving':
      return `Reading the secret and looking up ${host}`;
    case 'waiting':
      return run.waiting?.why ?? 'Waiting';
    case 'sending': {
      const sent = run.steps.filter(({ sentMs }) => sentMs !== null).length;
      return `Sending step ${Math.min(sent + 1, run.steps.length)} of ${run.steps.length}`;
    }
    case 'probing':
      return run.port === null ? 'Looking' : `Looking at port ${run.port}`;
    case 'checking':
      return 'Nothing changed; looking for the cause';
    case 'done':
      return '';
    default:
      return assertNever(run.phase);
  }
}
