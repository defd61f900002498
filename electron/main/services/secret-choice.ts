/**
 * Which store the person chose for secrets, and how far a move to it has come: one small file, so that choosing and moving
 * change at the same instant. `SALLYPORT_KEYCHAIN` wins over the choice.
 */
import { fail, unwrap } from '../../../shared/contract/result';
import type { SecretsHealth, StoreKind } from '../../../shared/contract/views';
import { readStoreChoice, writeStoreChoice, type Moving } from '../../../shared/profile/store-choice';
import type { Files } from '../ports';
import type { Notices } from './notices';

export class SecretChoice {
  readonly #files: Files;
  readonly #notices: Notices;
  readonly #path: string;
  readonly #wish: StoreKind | null;
  #saved: StoreKind | null = null;
  #moving: Moving | null = null;

  /** @param wish what the environment asks for. */
  constructor(files: Files, notices: Notices, path: string, wish: StoreKind | null) {
    this.#files = files;
    this.#notices = notices;
    this.#path = path;
    this.#wish = wish;
  }

  async load(): Promise<void> {
    const text = await this.#files.read(this.#path);
    if (text === null) return;
    const choice = readStoreChoice(text);
    if (choice !== null) {
      this.#saved = choice.store;
      this.#moving = choice.moving;
    } else {
      this.#notices.add(
        `Where secrets are kept could not be read from ${this.#path}; the system keychain is taken.`,
        'If they are in the vault, choose it again: sallyport secrets move --from passphrase --to os',
      );
    }
  }

  get store(): StoreKind {
    return this.#wish ?? this.#saved ?? 'os';
  }

  get chosenBy(): SecretsHealth['chosenBy'] {
    if (this.#wish !== null) return 'environment';
    return this.#saved === null ? 'default' : 'person';
  }

  get moving(): Moving | null {
    return this.#moving;
  }

  /** On a failure nothing has changed. */
  async save(store: StoreKind, moving: Moving | null): Promise<void> {
    await this.#files.write(this.#path, writeStoreChoice({ store, moving }));
    this.#saved = store;
    this.#moving = moving;
  }

  /** A move must lead to the store that the next start will use. */
  refuseAgainstWish(to: StoreKind): void {
    if (this.#wish === null || this.#wish === to) return;
    unwrap(
      fail('conflict', `SALLYPORT_KEYCHAIN=${this.#wish} chooses where secrets are kept.`, {
        hint: 'Quit Sallyport, take SALLYPORT_KEYCHAIN out of the environment, start it again, and choose then.',
      }),
    );
  }
}
