import { useMergedRef } from '@mantine/hooks';
import { useId, useState, type KeyboardEvent, type RefObject } from 'react';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { isRunning } from '../../stores/host-state';
import { useApp, useUi } from '../../stores/app';
import { inOrder } from './arrange';
import { ListRows } from './ListRows';
import { MANY, ManyRows } from './ManyRows';
import { useSections, useShownProfile } from './use-profile-list';
import classes from './ProfileList.module.css';

/**
 * The profiles as a listbox: the focus stays on the list and the chosen option is told by `aria-activedescendant`, so
 * that arrow keys choose and Enter acts on what is chosen.
 */
export function ProfileList({ ref }: { readonly ref: RefObject<HTMLDivElement | null> }) {
  const { navigation, actions, cache, ui } = useApp();
  const sections = useSections();
  const shown = useShownProfile();
  const search = useUi((state) => state.search);
  const prefix = useId();
  // The rows are made before the element around them is there, and must hear of it.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const listRef = useMergedRef(ref, setScroller);
  const order = inOrder(sections);
  const at = order.findIndex(({ id }) => id === shown?.id);
  const optionId = (id: string) => `${prefix}-${id}`;
  const Rows = order.length > MANY ? ManyRows : ListRows;
  const activeId = at < 0 || shown === null ? undefined : optionId(shown.id);

  useFocusWhenLost(ref);

  const choose = (index: number) => {
    const profile = order[Math.max(0, Math.min(order.length - 1, index))];
    if (profile === undefined) return;
    const narrow = !ui.getState().detailShown;
    navigation.show(profile.id);
    if (narrow) navigation.list();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { shiftKey } = event;
    const keys: Readonly<Record<string, () => void>> = {
      ArrowDown: () => choose(at + 1),
      ArrowUp: () => choose(at < 0 ? 0 : at - 1),
      Home: () => choose(0),
      End: () => choose(order.length - 1),
      Enter: () => {
        const profile = order[at];
        if (profile === undefined || isRunning(cache.getState().runs[profile.id])) return;
        navigation.show(profile.id);
        if (ui.getState().unsaved) return;
        void (shiftKey ? actions.knock(profile.id, 'open') : actions.connect(profile.id));
      },
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (act === undefined || (event.key === 'Enter' && event.repeat)) return;
    event.preventDefault();
    act();
  };

  if (sections.length === 0) {
    return (
      <div className={classes.none}>
        {search !== '' && <p>{`No profile matches "${search}". Esc clears the search.`}</p>}
      </div>
    );
  }
  return (
    <div
      ref={listRef}
      className={classes.list}
      role="listbox"
      tabIndex={0}
      aria-label="Profiles"
      aria-activedescendant={activeId}
      aria-keyshortcuts="Enter Shift+Enter"
      onKeyDown={onKeyDown}
    >
      <Rows
        sections={sections}
        scroller={scroller}
        prefix={prefix}
        chosen={shown?.id ?? null}
        onChoose={(id) => navigation.show(id)}
      />
    </div>
  );
}
