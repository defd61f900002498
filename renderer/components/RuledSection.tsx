import type { ReactNode } from 'react';
import classes from './RuledSection.module.css';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

/** A part of a page under a heading, with a line from the heading to the edge. */
export function RuledSection({ title, children }: Props) {
  return (
    <section className={classes.section} aria-label={title}>
      <h2 className={classes.heading}>{title}</h2>
      {children}
    </section>
  );
}
