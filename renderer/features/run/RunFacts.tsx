import type { PortState, RunView } from '../../../shared/contract/views';
import { assertNever } from '../../../shared/contract/result';
import { took } from '../../../shared/text/duration';
import { verdictTitle } from '../../../shared/text/verdict';
import { StepChips } from './StepChips';
import classes from './Run.module.css';

/** What was seen before, what was sent, and what was seen after. A row appears once there is something to say. */
export function RunFacts({ run }: { readonly run: RunView }) {
  const { address, addresses, before, after, steps, elapsedMs, port, attempt, attempts } = run;
  if (address === null && steps.length === 0 && after === null) return null;
  return (
    <dl className="facts">
      {address !== null && (
        <>
          <dt>address</dt>
          {addresses.length === 0 ? (
            <dd className="mono">{address}</dd>
          ) : (
            <dd>
              {addresses.map((one) => (
                <div key={one.address}>
                  <span className="mono">{one.address}</span>
                  <span className={classes.quiet}> · {verdictTitle(one.verdict).toLowerCase()}</span>
                </div>
              ))}
            </dd>
          )}
        </>
      )}
      {port !== null && (before !== null || after !== null) && (
        <>
          <dt>before</dt>
          <dd>{before === null ? '…' : <Seen state={before} />}</dd>
        </>
      )}
      {steps.length > 0 && (
        <>
          <dt>sent</dt>
          <dd>
            <StepChips steps={steps} />
          </dd>
        </>
      )}
      {after !== null && (
        <>
          <dt>after</dt>
          <dd>
            <Seen state={after} />
            {elapsedMs !== null && (
              <span className={classes.quiet}>
                {' '}
                · in {took(elapsedMs)}
                {attempt > 1 && `, try ${attempt} of ${attempts}`}
              </span>
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

function Seen({ state }: { readonly state: PortState }) {
  return (
    <>
      <strong className={classes.state} data-state={state}>
        {state}
      </strong>
      <span className={classes.quiet}> · {evidence(state)}</span>
    </>
  );
}

function evidence(state: PortState): string {
  switch (state) {
    case 'open':
      return 'a connection was accepted';
    case 'refused':
      return 'the connection was refused';
    case 'filtered':
      return 'no answer';
    case 'unreachable':
      return 'no route there';
    default:
      return assertNever(state);
  }
}
