import type { ReactNode } from 'react';
import classes from './StickyEnd.module.css';

/** The buttons at the end of a form: they stay in sight however long it is, and never cover what has the focus. */
export function StickyEnd({ children }: { readonly children: ReactNode }) {
  return <div className={classes.end}>{children}</div>;
}
