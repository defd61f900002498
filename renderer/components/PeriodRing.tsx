import { secondsLeft } from '../../shared/text/duration';
import { useNow } from '../stores/use-now';
import classes from './PeriodRing.module.css';

const RADIUS = 5;
const ROUND = 2 * Math.PI * RADIUS;

/** How much of the current code's period is left, as a ring and in seconds. */
export function PeriodRing({ period }: { readonly period: number }) {
  const periodMs = period * 1000;
  const left = periodMs - (useNow() % periodMs);
  return (
    <span className={classes.ring} role="timer" aria-label="Next code in">
      <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true" focusable="false">
        <circle cx="7" cy="7" r={RADIUS} className={classes.track} />
        <circle
          cx="7"
          cy="7"
          r={RADIUS}
          className={classes.left}
          strokeDasharray={`${(ROUND * Math.ceil(left / 1000) * 1000) / periodMs} ${ROUND}`}
          transform="rotate(-90 7 7)"
        />
      </svg>
      {secondsLeft(left)}
    </span>
  );
}
