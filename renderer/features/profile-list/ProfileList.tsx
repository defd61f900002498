import { useEffect, useId, type KeyboardEvent, type RefObject } from 'react';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { isRunning } from '../../stores/host-state';
import { useApp, useUi } from '../../stores/app';
import { inOrder } from './arrange';
import { ProfileRow } from './ProfileRow';
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
  const order = inOrder(sections);
  const at = order.findIndex(({ id }) => id === shown?.id);
  const optionId = (id: string) => `${prefix}-${id}`;
  const activeId = at < 0 || shown === null ? undefined : optionId(shown.id);

  useEffect(() => {
    if (activeId !== undefined) document.getElementById(activeId)?.scrollIntoView({ block: 'nearest' });
  }, [activeId]);

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
    return <div className={classes.none}>{search !== '' && <p>No profile matches “{search}”.</p>}</div>;
  }
  return (
    <div
      ref={ref}
      className={classes.list}
      role="listbox"
      tabIndex={0}
      aria-label="Profiles"
      aria-activedescendant={activeId}
      aria-keyshortcuts="Enter Shift+Enter"
      onKeyDown={onKeyDown}
    >
      {sections.map((section) => {
        const titleId = `${prefix}-title-${section.favourites ? '*' : (section.title ?? '')}`;
        return (
          <div key={titleId} role="group" {...(section.title !== null && { 'aria-labelledby': titleId })}>
            {section.title !== null && (
              <div id={titleId} className={classes.title} role="presentation" title={section.title}>
                {section.favourites && <span aria-hidden="true">★ </span>}
                {section.title}
              </div>
            )}
            {section.profiles.map((profile) => (
              <ProfileRow
                key={profile.id}
                id={optionId(profile.id)}
                profile={profile}
                chosen={profile.id === shown?.id}
                onChoose={() => navigation.show(profile.id)}
              />
            ))}
          </div>
        );
      })}
    </div>
  );
}
