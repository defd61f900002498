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

/** Milliseconds from one showing of the window to the next: a page that keeps opening links must not hold the focus. */
const BETWEEN_MS = 1000;

/** The newest link waits here until the app can take it: a page that opens a thousand gets one looked at. */
export class Links {
  #waiting: string | null = null;
  #take: ((link: string) => Promise<void>) | null = null;
  #pause: () => Promise<void> = async () => undefined;
  #busy = false;

  open(link: string): void {
    this.#waiting = link;
    void this.#work();
  }

  /** The last link among a program's arguments; they are not in a known order. */
  openFrom(argv: readonly string[]): boolean {
    const link = argv.findLast(isDeepLink);
    if (link !== undefined) this.open(link);
    return link !== undefined;
  }

  start({ clock, profiles, imports, notices, log }: Services, actions: LinkActions): void {
    let shown = -Infinity;
    this.#pause = async () => {
      const left = shown + BETWEEN_MS - clock.monotonic();
      if (left > 0) await clock.sleep(left);
    };
    this.#take = async (link) => {
      try {
        const read = readDeepLink(link);
        log.info('link', { kind: read.kind });
        shown = clock.monotonic();
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
    void this.#work();
  }

  /** One at a time. After the pause the newest is taken, which may have come during it. */
  async #work(): Promise<void> {
    const take = this.#take;
    if (this.#busy || take === null) return;
    this.#busy = true;
    try {
      while (this.#waiting !== null) {
        await this.#pause();
        const link = this.#waiting;
        this.#waiting = null;
        await take(link);
      }
    } finally {
      this.#busy = false;
    }
  }
}

/** Not a heap of the same words for a page that keeps trying. */
function tellOnce(notices: Services['notices'], message: string, hint: string | null): void {
  const told = notices.list().some((notice) => notice.message === message && notice.hint === hint);
  if (!told) notices.add(message, hint);
}
