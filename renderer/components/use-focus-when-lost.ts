import { useEffect, type RefObject } from 'react';

/** Takes the focus on appearing if what had it went away with the pane before; never from something that still has it. */
export function useFocusWhenLost(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const lost = document.activeElement === null || document.activeElement === document.body;
    if (lost) ref.current?.focus();
  }, [ref]);
}
