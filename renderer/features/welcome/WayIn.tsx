import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './Welcome.module.css';

interface Props {
  readonly icon: ReactNode;
  readonly name: string;
  /** What it takes and gives, in one line. */
  readonly what: string;
  readonly onChoose: () => void;
}

/** One of several ways to begin, as a row that is a button as a whole. */
export function WayIn({ icon, name, what, onChoose }: Props) {
  return (
    <li className={classes.door}>
      {icon}
      <div>
        <UnstyledButton className={classes.open} onClick={onChoose}>
          {name}
        </UnstyledButton>
        <p className={classes.what}>{what}</p>
      </div>
    </li>
  );
}
