/**
 * Keys for others that the window has asked for, on their way to the person and to the server. Each is kept in this
 * process's memory only, one for each profile, until it is put away. The server is told in the person's own terminal.
 */
import { fail, unwrap } from '../../../shared/contract/result';
import type { UserOrder } from '../../../shared/contract/control-people';
import type { PersonKeyView } from '../../../shared/contract/views';
import type { PersonWish } from '../../../shared/people/person-key';
import { LIST_WORDS, revokeWords } from '../../../shared/people/server-words';
import type { TerminalLauncher } from '../ports';
import { Emitter } from './emitter';
import type { People, PersonKit } from './people';
import type { Tickets } from './tickets';

interface Waiting {
  readonly kit: PersonKit;
  readonly handed: boolean;
  readonly saved: string | null;
  readonly server: PersonKeyView['server'];
}

export class PeopleDesk {
  /** A key of this profile has changed, or is gone. */
  readonly changed = new Emitter<{ readonly profileId: string; readonly key: PersonKeyView | null }>();
  readonly #people: People;
  readonly #tickets: Tickets;
  readonly #terminal: TerminalLauncher;
  readonly #cli: () => string;
  readonly #waiting = new Map<string, Waiting>();

  constructor(people: People, tickets: Tickets, terminal: TerminalLauncher, cli: () => string) {
    this.#people = people;
    this.#tickets = tickets;
    this.#terminal = terminal;
    this.#cli = cli;
  }

  view(profileId: string): PersonKeyView | null {
    const waiting = this.#waiting.get(profileId);
    if (waiting === undefined || !waiting.handed) return null;
    const { kit, saved, server } = waiting;
    const { user, door, paper } = kit.key.wish;
    return { profileId, user, door, paper, saved, server, notes: kit.notes };
  }

  /** A new key in place of one that may wait; nobody sees it before it is {@link handedOver}. */
  make(profileId: string, wish: PersonWish): PersonKit {
    const kit = this.#people.make(profileId, wish);
    this.#keep(profileId, { kit, handed: false, saved: null, server: 'waiting' });
    return kit;
  }

  kit(profileId: string): PersonKit {
    return this.#find(profileId).kit;
  }

  /** The person has it now. @param saved where its page is; null: it was shown. */
  handedOver(profileId: string, saved: string | null): void {
    const waiting = this.#find(profileId);
    this.#keep(profileId, { ...waiting, handed: true, saved: saved ?? waiting.saved });
  }

  /** Starts the terminal that puts it on the server; only after somebody has it, so that no key is lost on the way. */
  async putOnServer(profileId: string): Promise<void> {
    const waiting = this.#find(profileId);
    if (!waiting.handed)
      unwrap(fail('conflict', 'Nobody has this key yet.', { hint: 'Show or save it first.' }));
    const { words, key } = waiting.kit;
    const order = { profile: profileId, do: 'add', words, user: key.wish.user, secret: key.secret } as const;
    // Before the terminal is started: it may be done with its work first.
    this.#change(profileId, { server: 'started' });
    await this.#order(order).catch((error: unknown) => {
      this.#change(profileId, { server: waiting.server });
      throw error;
    });
  }

  async revoke(profileId: string, user: string, door: string | null): Promise<void> {
    await this.#order({ profile: profileId, do: 'revoke', words: revokeWords(user, door, false) });
  }

  async list(profileId: string): Promise<void> {
    await this.#order({ profile: profileId, do: 'list', words: LIST_WORDS });
  }

  /** What the terminal has told of an addition. */
  finished(profileId: string, user: string, added: boolean): void {
    if (this.#waiting.get(profileId)?.kit.key.wish.user !== user) return;
    this.#change(profileId, { server: added ? 'added' : 'refused' });
  }

  drop(profileId: string): void {
    if (!this.#waiting.delete(profileId)) return;
    this.changed.emit({ profileId, key: null });
  }

  #keep(profileId: string, waiting: Waiting): void {
    this.#waiting.set(profileId, waiting);
    this.changed.emit({ profileId, key: this.view(profileId) });
  }

  /** Of one that is gone meanwhile, nothing. */
  #change(profileId: string, change: Partial<Waiting>): void {
    const waiting = this.#waiting.get(profileId);
    if (waiting !== undefined) this.#keep(profileId, { ...waiting, ...change });
  }

  #find(profileId: string): Waiting {
    const waiting = this.#waiting.get(profileId);
    return waiting ?? unwrap(fail('not-found', 'This key is not here any more.', { hint: 'Make another.' }));
  }

  async #order(order: UserOrder): Promise<void> {
    const ticket = this.#tickets.issueUser(order);
    await this.#terminal.launch([this.#cli(), 'connect', '--ticket', ticket]);
  }
}
