/** A keychain that can be locked for chosen operations, and keytar's three functions with scripted failures. */
import { ProblemError } from '../../shared/contract/result';
import type { Keychain } from '../../electron/main/ports';

type Operation = 'get' | 'set' | 'delete' | 'check';

export class FakeKeychain implements Keychain {
  readonly items = new Map<string, string>();
  readonly calls: { readonly operation: Operation; readonly account: string }[] = [];
  readonly #locked = new Set<Operation>();

  lock(...operations: Operation[]): void {
    for (const operation of operations) this.#locked.add(operation);
  }

  unlock(): void {
    this.#locked.clear();
  }

  async get(account: string): Promise<string | null> {
    this.#enter('get', account);
    return this.items.get(account) ?? null;
  }

  async set(account: string, value: string): Promise<void> {
    this.#enter('set', account);
    this.items.set(account, value);
  }

  async delete(account: string): Promise<void> {
    this.#enter('delete', account);
    this.items.delete(account);
  }

  async setAll(items: readonly (readonly [account: string, value: string])[]): Promise<void> {
    for (const [account, value] of items) await this.set(account, value);
  }

  async deleteAll(accounts: readonly string[]): Promise<void> {
    for (const account of accounts) await this.delete(account);
  }

  async check(): Promise<void> {
    this.#enter('check', '');
  }

  #enter(operation: Operation, account: string): void {
    this.calls.push({ operation, account });
    if (this.#locked.has(operation)) {
      throw new ProblemError({
        code: 'keychain-locked',
        message: 'The keychain is locked.',
        hint: 'Unlock it.',
      });
    }
  }
}

/** keytar with a memory, that fails as `fault` says, or never answers at all. */
export function fakeKeytar(fault: () => Error | 'never' | null = () => null) {
  const items = new Map<string, string>();
  const step = async <T>(work: () => T): Promise<T> => {
    const failure = fault();
    if (failure === 'never') return new Promise<never>(() => undefined);
    if (failure !== null) throw failure;
    return work();
  };
  return {
    items,
    getPassword: (service: string, account: string) => step(() => items.get(`${service}/${account}`) ?? null),
    setPassword: (service: string, account: string, value: string) =>
      step(() => void items.set(`${service}/${account}`, value)),
    deletePassword: (service: string, account: string) => step(() => items.delete(`${service}/${account}`)),
  };
}
