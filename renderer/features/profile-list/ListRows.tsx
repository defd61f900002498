import { useEffect } from 'react';
import type { ListSection } from './arrange';
import { ProfileRow } from './ProfileRow';
import classes from './ProfileList.module.css';

export interface RowsProps {
  readonly sections: readonly ListSection[];
  /** The element that scrolls. */
  readonly scroller: HTMLDivElement | null;
  /** What the ids of the options begin with. */
  readonly prefix: string;
  /** The id of the chosen profile. */
  readonly chosen: string | null;
  readonly onChoose: (id: string) => void;
}

/** The options of the list, group by group. */
export function ListRows({ sections, prefix, chosen, onChoose }: RowsProps) {
  useEffect(() => {
    if (chosen !== null) document.getElementById(`${prefix}-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [prefix, chosen]);
  return sections.map((section) => {
    const titleId = `${prefix}-title-${section.favourites ? '*' : (section.title ?? '')}`;
    return (
      <div key={titleId} role="group" {...(section.title !== null && { 'aria-labelledby': titleId })}>
        {section.title !== null && (
          <div id={titleId} className={classes.title} role="presentation" title={section.title}>
            <SectionTitle section={section} />
          </div>
        )}
        {section.profiles.map((profile) => (
          <ProfileRow
            key={profile.id}
            id={`${prefix}-${profile.id}`}
            profile={profile}
            chosen={profile.id === chosen}
            onChoose={() => onChoose(profile.id)}
          />
        ))}
      </div>
    );
  });
}

export function SectionTitle({ section }: { readonly section: ListSection }) {
  return (
    <>
      {section.favourites && <span aria-hidden="true">★ </span>}
      {section.title}
    </>
  );
}
