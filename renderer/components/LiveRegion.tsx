import { VisuallyHidden } from '@mantine/core';
import { useUi } from '../stores/app';

/** The window's one polite live region: the course of a run, and what was done. */
export function LiveRegion() {
  const said = useUi((ui) => ui.said);
  return (
    <VisuallyHidden component="output" aria-live="polite" aria-atomic="true">
      {said}
    </VisuallyHidden>
  );
}
