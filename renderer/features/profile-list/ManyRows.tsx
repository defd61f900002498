import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo } from 'react';
import type { ProfileView } from '../../../shared/contract/views';
import type { ListSection } from './arrange';
import { SectionTitle, type RowsProps } from './ListRows';
import { ProfileRow } from './ProfileRow';
import classes from './ProfileList.module.css';

/** With more profiles than this only those in sight are in the page; all of them would make each key a pause. */
export const MANY = 200;

/** Pixels until a row was measured. */
const ROW_PX = 28;
const TITLE_PX = 36;

interface Row {
  readonly section: ListSection;
  /** Null for the section's title. */
  readonly profile: ProfileView | null;
}

/** The same options as ListRows, of which only those in sight and the chosen one exist. */
export function ManyRows({ sections, scroller, prefix, chosen, onChoose }: RowsProps) {
  const rows = useMemo(() => sections.flatMap(rowsOf), [sections]);
  const active = useMemo(() => rows.findIndex(({ profile }) => profile?.id === chosen), [rows, chosen]);
  // oxlint-disable-next-line react/incompatible-library -- nothing is memoized by a compiler here
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: (index) => (rows[index]?.profile === null ? TITLE_PX : ROW_PX),
    getItemKey: (index) => keyOf(rows[index], prefix),
    overscan: 12,
    // The list names its chosen option to assistive technology, so that one must exist.
    rangeExtractor: (range) => {
      const inSight = defaultRangeExtractor(range);
      return active < 0 || inSight.includes(active)
        ? inSight
        : [...inSight, active].toSorted((a, b) => a - b);
    },
  });
  useEffect(() => {
    if (active >= 0) virtual.scrollToIndex(active, { align: 'auto' });
  }, [active, virtual]);

  const shown = virtual.getVirtualItems();
  const groups = sections.flatMap((section) => {
    const items = shown.filter(({ index }) => rows[index]?.section === section);
    return items.length === 0 ? [] : [{ section, items }];
  });
  return (
    <div className={classes.many} style={{ height: virtual.getTotalSize() }}>
      {groups.map(({ section, items }) => (
        <div
          key={`${String(section.favourites)} ${section.title ?? ''}`}
          role="group"
          {...(section.title !== null && { 'aria-label': section.title })}
        >
          {items.map(({ index, key, start }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const place = { transform: `translateY(${start}px)` };
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={classes.place}
                style={place}
                role="presentation"
              >
                {row.profile === null ? (
                  <div className={classes.title} role="presentation" title={row.section.title ?? ''}>
                    <SectionTitle section={row.section} />
                  </div>
                ) : (
                  <ManyRow row={row.profile} prefix={prefix} chosen={chosen} onChoose={onChoose} />
                )}
              </div>
            );
          })}
        </div>
      ))}
    </div>
  );
}

function ManyRow({
  row,
  prefix,
  chosen,
  onChoose,
}: { readonly row: ProfileView } & Pick<RowsProps, 'prefix' | 'chosen' | 'onChoose'>) {
  return (
    <ProfileRow
      id={`${prefix}-${row.id}`}
      profile={row}
      chosen={row.id === chosen}
      onChoose={() => onChoose(row.id)}
    />
  );
}

function rowsOf(section: ListSection): readonly Row[] {
  const title = section.title === null ? [] : [{ section, profile: null }];
  return [...title, ...section.profiles.map((profile) => ({ section, profile }))];
}

function keyOf(row: Row | undefined, prefix: string): string {
  return row?.profile?.id ?? `${prefix}-title-${row?.section.favourites ? '*' : (row?.section.title ?? '')}`;
}
