/** Keys for others at a profile's door, and what the server is told of them. No key is kept here. */
import { unwrap } from '../../../shared/contract/result';
import { personPage } from '../../../shared/people/page';
import {
  personKey,
  personNotes,
  personParameters,
  PERSON_SECRET_BYTES,
  type PersonKey,
  type PersonWish,
} from '../../../shared/people/person-key';
import { addScript, addWords } from '../../../shared/people/server-words';
import type { Clock, DrawCode, Randomness } from '../ports';
import type { ProfileStore } from './profile-store';

/** A key in every form that it is handed over in. All but the words and notes hold the secret. */
export interface PersonKit {
  readonly key: PersonKey;
  /** HTML. */
  readonly page: string;
  /** What puts it on the server, for a shell there. */
  readonly script: string;
  /** The daemon's arguments; the secret goes into its standard input. */
  readonly words: readonly string[];
  /** What should be known of it, sentences. */
  readonly notes: readonly string[];
}

export class People {
  readonly #profiles: ProfileStore;
  readonly #random: Randomness;
  readonly #clock: Clock;
  readonly #draw: DrawCode;

  constructor(profiles: ProfileStore, random: Randomness, clock: Clock, draw: DrawCode) {
    this.#profiles = profiles;
    this.#random = random;
    this.#clock = clock;
    this.#draw = draw;
  }

  /** Throws what would keep a key from being made. */
  check(profileId: string, wish: PersonWish): void {
    unwrap(personParameters(this.#profiles.get(profileId), wish));
  }

  /** A new key each time. */
  make(profileId: string, wish: PersonWish): PersonKit {
    const profile = this.#profiles.get(profileId);
    const secret = this.#random.bytes(PERSON_SECRET_BYTES);
    const key = unwrap(personKey(profile, wish, secret, this.#clock.now()));
    return {
      key,
      page: personPage(key, this.#draw(key.uri)),
      script: addScript(key),
      words: addWords(key),
      notes: personNotes(profile),
    };
  }
}
