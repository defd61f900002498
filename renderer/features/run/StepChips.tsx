import { VisuallyHidden } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import type { StepView } from '../../../shared/contract/views';
import classes from './Run.module.css';

/**
 * The steps of a run, each filled once it is sent. A static sequence is a secret, so its steps are told by number; a
 * rotating step is told by its port, which was used up by being sent.
 */
export function StepChips({ steps }: { readonly steps: readonly StepView[] }) {
  return (
    <ol className={classes.steps} aria-label="Steps">
      {steps.map((step, index) => {
        const sent = step.sentMs !== null;
        return (
          <li key={index} className={classes.step} data-sent={sent}>
            {sent && <IconCheck size={12} aria-hidden="true" />}
            <span className="mono">{step.label ?? `${index + 1} ${step.protocol}`}</span>
            {step.sentMs !== null ? (
              <span className={classes.time}>
                <VisuallyHidden>sent </VisuallyHidden>
                {Math.round(step.sentMs)} ms
              </span>
            ) : (
              <VisuallyHidden>not sent yet</VisuallyHidden>
            )}
          </li>
        );
      })}
    </ol>
  );
}
