import { IconCheck } from '@tabler/icons-react';
import type { Advice } from '../../../shared/advice/finding';
import classes from './Run.module.css';

/** Why nothing changed, the likeliest cause first, and what was measured and is no cause. */
export function AdviceList({ advice }: { readonly advice: Advice }) {
  const { causes, checks } = advice;
  const fine = checks.filter(({ certainty }) => certainty === 'ruled-out');
  const sure = causes.some(({ certainty }) => certainty === 'confirmed');
  return (
    <>
      {causes.length > 0 && (
        <>
          <h3 className={classes.causesTitle}>
            {sure ? 'What was found, then what else it may be' : 'Likely causes, the likeliest first'}
          </h3>
          <ol className={classes.causes} aria-label="Causes">
            {causes.map(({ certainty, text }) => (
              <li key={text} data-certainty={certainty}>
                {certainty === 'confirmed' && <strong className={classes.found}>Found: </strong>}
                {text}
              </li>
            ))}
          </ol>
        </>
      )}
      {fine.length > 0 && (
        <>
          <h3 className={classes.causesTitle}>Checked and fine</h3>
          <ul className={classes.fine} aria-label="Checked and fine">
            {fine.map(({ text }) => (
              <li key={text}>
                <IconCheck size={14} aria-hidden="true" />
                {text}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}
