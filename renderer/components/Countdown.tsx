import { countdown } from '../../shared/text/duration';
import { useNow } from '../stores/use-now';

/** What is left until a moment, as a clock face. @param until milliseconds since the epoch. */
export function Countdown({ until, label }: { readonly until: number; readonly label: string }) {
  const left = until - useNow();
  return (
    <span role="timer" aria-label={label}>
      {countdown(left)}
    </span>
  );
}
