/** Ways from one place of the window to another. None leaves an editor with unsaved changes before a person has said so. */
import type { ImportReview } from '../../shared/exchange/review';
import type { Place, UiStore } from './ui';

export type Navigation = ReturnType<typeof createNavigation>;

export function createNavigation(ui: UiStore) {
  const arrive = (place: Place) =>
    ui.setState({ ...place, detailShown: true, unsaved: false, leavingFor: null });
  const go = (place: Place) => {
    if (ui.getState().unsaved) ui.setState({ leavingFor: place, detailShown: true });
    else arrive(place);
  };
  const selected = () => ui.getState().selected;

  return {
    show: (id: string | null) => go({ pane: { kind: 'profile' }, selected: id }),
    add: (next?: 'server') => go({ pane: { kind: 'add', ...(next && { next }) }, selected: selected() }),
    edit: (id: string) => go({ pane: { kind: 'edit', id }, selected: id }),
    server: (id: string) => go({ pane: { kind: 'server', id }, selected: id }),
    people: (id: string) => go({ pane: { kind: 'people', id }, selected: id }),
    settings: () => go({ pane: { kind: 'settings' }, selected: selected() }),
    importing: () => go({ pane: { kind: 'import' }, selected: selected() }),
    review: (review: ImportReview) => go({ pane: { kind: 'review', review }, selected: selected() }),
    exporting: () => go({ pane: { kind: 'export' }, selected: selected() }),
    /** Back to the list, in a window that shows one half at a time. */
    list: () => ui.setState({ detailShown: false }),
    /** Back to the host that is chosen. */
    back: () => go({ pane: { kind: 'profile' }, selected: selected() }),
    /** Leaves an editor whose changes are saved or were given up. */
    leave: (id: string | null = selected()) => arrive({ pane: { kind: 'profile' }, selected: id }),
    discard: () => {
      const place = ui.getState().leavingFor;
      if (place !== null) arrive(place);
    },
    stay: () => ui.setState({ leavingFor: null }),
    setUnsaved: (unsaved: boolean) => {
      if (ui.getState().unsaved !== unsaved) ui.setState({ unsaved });
    },
  };
}
