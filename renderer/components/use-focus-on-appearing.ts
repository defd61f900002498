import { useEffect, type RefObject } from 'react';

/**
 * Takes the focus on appearing, for what a person has just asked for.
 *
 * @param afterwards a question that is answered gives it back to where it was.
 */
export function useFocusOnAppearing(
  ref: RefObject<HTMLElement | null>,
  afterwards: 'stays' | 'goes back' = 'stays',
): void {
  useEffect(() => {
    const before = document.activeElement;
    ref.current?.focus();
    if (afterwards === 'stays') return;
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [ref, afterwards]);
}
