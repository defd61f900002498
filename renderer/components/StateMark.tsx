import type { HostState } from '../stores/host-state';
import classes from './StateMark.module.css';

/** ○ idle, ◐ knocking, ● open, ▲ failed. The word beside it is the caller's: a shape and a colour are not enough. */
export function StateMark({ kind, size = 12 }: { readonly kind: HostState['kind']; readonly size?: number }) {
  return (
    <svg
      className={classes.mark}
      data-kind={kind}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      aria-hidden="true"
      focusable="false"
    >
      {kind === 'failed' ? (
        <path d="M6 1.2 11 10.6H1Z" fill="currentColor" />
      ) : (
        <circle
          cx="6"
          cy="6"
          r="4.25"
          fill={kind === 'open' ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="1.5"
        />
      )}
      {kind === 'knocking' && <path d="M6 1.75a4.25 4.25 0 0 1 0 8.5Z" fill="currentColor" />}
    </svg>
  );
}
