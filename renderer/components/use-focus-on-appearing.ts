import { useEffect, type RefObject } from 'react';

/** Takes the focus on appearing, for what a person has just asked for. */
export function useFocusOnAppearing(ref: RefObject<HTMLElement | null>): void {
  useEffect(() => ref.current?.focus(), [ref]);
}
