/**
 * Links that the desktop hands to the app: from macOS by an event, elsewhere in the arguments of this start or of a
 * second one, among arguments of Chromium's own. They are looked at one after the other and never act.
 */
import type { Services } from './compose';
import type { ImportReview } from '../../shared/exchange/review';
import { toProblem } from '../../shared/contract/result';
import { isDeepLink, readDeepLink } from '../../shared/exchange/deep-link';

export interface LinkActions {
  /** Brings the window to the front; settles when its page can be told something. */
  readonly show: () => Promise<void>;
  readonly showProfile: (id: string) => void;
  readonly offer: (review: ImportReview) => void;
}

/** Links wait here until the app can take them. */
export class Links {
  #waiting: string[] = [];
  #take: ((link: string) => Promise<void>) | null = null;
  #last: Promise<void> = Promise.resolve();

  open(link: string): void {
    const take = this.#take;
    if (take !== null) this.#last = this.#last.then(() => take(link));
    // A page that opens a thousand links gets one looked at.
    else this.#waiting = [link];
  }

  /** The last link among a program's arguments; they are not in a known order. */
  openFrom(argv: readonly string[]): boolean {
    const link = argv.findLast(isDeepLink);
    if (link !== undefined) this.open(link);
    return link !== undefined;
  }

  start({ profiles, imports, notices, log }: Services, actions: LinkActions): void {
    this.#take = async (link) => {
      try {
        const read = readDeepLink(link);
        log.info('link', { kind: read.kind });
        await actions.show();
        if (read.kind === 'show') actions.showProfile(profiles.get(read.id).id);
        else if (read.kind === 'review')
          actions.offer(await imports.read({ kind: 'text', text: read.uri, from: 'a link' }, 'uri'));
        else tellOnce(notices, read.message, read.hint);
      } catch (error) {
        const { message, hint } = toProblem(error);
        tellOnce(notices, message, hint ?? null);
      }
    };
    for (const link of this.#waiting.splice(0)) this.open(link);
  }
}

/** Not a heap of the same words for a page that keeps trying. */
function tellOnce(notices: Services['notices'], message: string, hint: string | null): void {
  const told = notices.list().some((notice) => notice.message === message && notice.hint === hint);
  if (!told) notices.add(message, hint);
}
