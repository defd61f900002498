/** Files of a person's in memory, by path. */
import type { Documents } from '../../electron/main/ports';
import { ProblemError } from '../../shared/contract/result';
import { globMatches } from '../../shared/sshconfig/pattern';

export class MemoryDocuments implements Documents {
  readonly home = '/home/ada';
  readonly texts = new Map<string, string>();

  async read(path: string): Promise<string> {
    const text = this.texts.get(path);
    if (text === undefined) {
      throw new ProblemError({ code: 'bad-input', message: `There is no file ${path}.`, hint: 'Check it.' });
    }
    return text;
  }

  async pictured(png: Uint8Array): Promise<string> {
    return this.texts.get(`picture of ${png.length} bytes`) ?? 'nothing';
  }

  async matches(pattern: string): Promise<readonly string[]> {
    if (!/[*?[]/.test(pattern)) return [pattern];
    const wanted = pattern.split('/');
    return [...this.texts.keys()]
      .filter((path) => {
        const parts = path.split('/');
        return (
          parts.length === wanted.length && parts.every((part, at) => globMatches(part, wanted[at] ?? ''))
        );
      })
      .sort();
  }
}
