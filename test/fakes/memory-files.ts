/** Files in memory, with faults on order. */
import type { Files } from '../../electron/main/ports';

export class MemoryFiles implements Files {
  readonly texts = new Map<string, string>();
  readonly written: { readonly path: string; readonly text: string }[] = [];
  /** What the next operations of this kind fail with; taken one by one. */
  readonly faults = { read: [] as Error[], write: [] as Error[], move: [] as Error[], remove: [] as Error[] };

  constructor(texts: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(texts)) this.texts.set(path, text);
  }

  async read(path: string): Promise<string | null> {
    this.#faultOf('read');
    return this.texts.get(path) ?? null;
  }

  async write(path: string, text: string): Promise<void> {
    await Promise.resolve();
    this.#faultOf('write');
    this.texts.set(path, text);
    this.written.push({ path, text });
  }

  async move(from: string, to: string): Promise<void> {
    this.#faultOf('move');
    const text = this.texts.get(from);
    if (text === undefined) throw diskError('ENOENT');
    this.texts.delete(from);
    this.texts.set(to, text);
  }

  async remove(path: string): Promise<void> {
    this.#faultOf('remove');
    this.texts.delete(path);
  }

  async list(folder: string): Promise<readonly string[]> {
    const inside = [...this.texts.keys()].filter((path) => path.startsWith(`${folder}/`));
    return inside.map((path) => path.slice(folder.length + 1)).toSorted();
  }

  #faultOf(kind: keyof MemoryFiles['faults']): void {
    const fault = this.faults[kind].shift();
    if (fault !== undefined) throw fault;
  }
}

/** As Node's own look. */
export function diskError(code: string): Error {
  return Object.assign(new Error(`${code}: as the kernel says it`), { code });
}
