import { useMemo } from 'react';
import type { ProfileView } from '../../../shared/contract/views';
import { useCache, useUi } from '../../stores/app';
import { arrange, inOrder, type ListSection } from './arrange';

/** The sections that the search leaves. */
export function useSections(): readonly ListSection[] {
  const profiles = useCache((cache) => cache.profiles);
  const search = useUi((ui) => ui.search);
  return useMemo(() => arrange(profiles, search), [profiles, search]);
}

/** The profile that the detail pane shows: the chosen one, or the first while none is. */
export function useShownProfile(): ProfileView | null {
  const profiles = useCache((cache) => cache.profiles);
  const selected = useUi((ui) => ui.selected);
  return useMemo(
    () => profiles.find(({ id }) => id === selected) ?? inOrder(arrange(profiles, ''))[0] ?? null,
    [profiles, selected],
  );
}
