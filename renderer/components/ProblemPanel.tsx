import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useEffect, useRef, type ReactNode } from 'react';
import type { Problem } from '../../shared/contract/result';
import { StateMark } from './StateMark';
import classes from './ProblemPanel.module.css';

interface Props {
  readonly problem: Problem;
  readonly onDismiss?: () => void;
  /** What a person can do about it at once. */
  readonly children?: ReactNode;
}

/** What happened, the one next step, and the raw words for whoever wants them. */
export function ProblemPanel({ problem, onDismiss, children }: Props) {
  const { code, message, hint, detail } = problem;
  const panel = useRef<HTMLDivElement>(null);
  // Long forms have it far from the button that failed.
  useEffect(() => {
    panel.current?.scrollIntoView({ block: 'nearest' });
  }, [problem]);
  return (
    <div ref={panel} className={classes.panel} role="alert">
      <StateMark kind="failed" size={14} />
      <div className={classes.words}>
        <p className={classes.message}>{message}</p>
        {hint !== undefined && <p>{hint}</p>}
        {Boolean(children) && <div className={classes.act}>{children}</div>}
        <details className={classes.details}>
          <summary>Details</summary>
          <pre>
            {code}
            {detail !== undefined && `\n${detail}`}
          </pre>
        </details>
      </div>
      {onDismiss && (
        <ActionIcon variant="subtle" size="sm" aria-label="Dismiss" onClick={onDismiss}>
          <IconX size={14} />
        </ActionIcon>
      )}
    </div>
  );
}
