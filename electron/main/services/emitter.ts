/** A typed list of listeners: the one way that services tell others of a change. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  /** Answers the function that stops listening. */
  on(listener: (value: T) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(value: T): void {
    for (const listener of this.#listeners) listener(value);
  }
}
