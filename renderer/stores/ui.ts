/** What only this window knows: which profile is shown, what is typed into the search, and the last thing that failed. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { ImportReview } from '../../shared/exchange/review';
import type { Problem } from '../../shared/contract/result';

export type Pane =
  | { readonly kind: 'profile' }
  /** `next`: where a new host leads once it is saved. */
  | { readonly kind: 'add'; readonly next?: 'server' }
  | { readonly kind: 'edit'; readonly id: string }
  | { readonly kind: 'server'; readonly id: string }
  | { readonly kind: 'people'; readonly id: string }
  | { readonly kind: 'settings' }
  | { readonly kind: 'import' }
  /** What an import would become, before it is saved. */
  | { readonly kind: 'review'; readonly review: ImportReview }
  | { readonly kind: 'export' };

export interface Place {
  readonly pane: Pane;
  /** The profile chosen in the list; it stays chosen while another pane is shown. */
  readonly selected: string | null;
}

export interface Ui extends Place {
  /** In a window too narrow for both halves, whether the right one is shown. */
  readonly detailShown: boolean;
  readonly search: string;
  /** Whether an editor holds changes that are not saved, and where a person wanted to go from it. */
  readonly unsaved: boolean;
  readonly leavingFor: Place | null;
  /** The last call that failed outside an editor, and the profile that it was about. */
  readonly problem: { readonly about: string | null; readonly problem: Problem } | null;
  /** What the live region reads out. */
  readonly said: string;
}

export type UiStore = StoreApi<Ui>;

export function createUi(): UiStore {
  return createStore<Ui>(() => ({
    pane: { kind: 'profile' },
    selected: null,
    detailShown: false,
    search: '',
    unsaved: false,
    leavingFor: null,
    problem: null,
    said: '',
  }));
}
