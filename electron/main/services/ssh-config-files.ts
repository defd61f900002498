/**
 * An ssh_config with its Includes in their places, as ssh follows them for a user: relative names and `~` from the home
 * folder, patterns in lexical order, at most sixteen deep. What cannot be followed is told and left out. A file may be
 * somebody else's, so nothing that it names is opened on another computer or a device.
 */
import { toProblem } from '../../../shared/contract/result';
import { quoted, type Skipped } from '../../../shared/exchange/entry';
import { readSshItems, type SshItem } from '../../../shared/sshconfig/items';
import type { Documents } from '../ports';

/** READCONF_MAX_DEPTH of OpenSSH's readconf.c. */
const DEEPEST = 16;
/** Files in all: a pattern that includes a pattern could name millions. */
const MOST_FILES = 256;
/** Characters in all. */
const LARGEST = 2 * 1024 * 1024;

const NO_FILE = 'Text without a file follows no Include. Import the file itself.';

export interface SshConfigFiles {
  readonly items: readonly SshItem[];
  readonly skipped: readonly Skipped[];
}

/** @param file where `text` stands; null for text without a file: whoever wrote it has no say in which files are read. */
export async function followIncludes(
  text: string,
  file: string | null,
  documents: Documents,
): Promise<SshConfigFiles> {
  const skipped: Skipped[] = [];
  let files = 1;
  let size = text.length;

  const expand = async (items: readonly SshItem[], above: readonly string[]): Promise<readonly SshItem[]> => {
    const expanded: SshItem[] = [];
    for (const item of items) {
      if (item.kind === 'directive' && item.keyword === 'include') expanded.push(await include(item, above));
      else expanded.push(item);
    }
    return expanded;
  };

  const include = async (
    { args, at }: Extract<SshItem, { kind: 'directive' }>,
    above: readonly string[],
  ): Promise<SshItem> => {
    const included: (readonly SshItem[])[] = [];
    const skip = (what: string, why: string): void => void skipped.push({ what: quoted(what), why, at });
    for (const arg of args) {
      const pattern = sshPath(arg, documents.home);
      const unknown = /[%$]/.test(arg) ? 'Names with % or $ in them are not followed.' : null;
      const refused = file === null ? NO_FILE : (unknown ?? refusal(arg) ?? refusal(pattern));
      if (refused !== null) skip(`Include ${arg}`, refused);
      for (const path of refused === null ? await documents.matches(pattern) : []) {
        // A pattern may lead where its own words do not.
        const why = refusal(path);
        if (why !== null) {
          skip(`Include ${path}`, why);
        } else if (above.includes(path)) {
          skip(`Include ${path}`, 'It includes itself.');
        } else if (above.length >= DEEPEST) {
          skip(`Include ${path}`, `Includes are followed ${DEEPEST} deep.`);
        } else if (files >= MOST_FILES) {
          skip(`Include ${path}`, `At most ${MOST_FILES} files are read.`);
        } else {
          files += 1;
          const read = await documents.read(path).catch((error: unknown) => {
            skip(`Include ${path}`, toProblem(error).message);
            return null;
          });
          size += read?.length ?? 0;
          if (size > LARGEST) skip(`Include ${path}`, 'The files are too large together.');
          else if (read !== null) included.push(await expand(readSshItems(read, path), [...above, path]));
        }
      }
    }
    return { kind: 'included', at, files: included };
  };

  const items = await expand(readSshItems(text, file), file === null ? [] : [file]);
  return { items, skipped };
}

/** What an Include names, as an absolute pattern (ssh_config(5)). */
function sshPath(name: string, home: string): string {
  if (name === '~' || name.startsWith('~/')) return `${home}${name.slice(1)}`;
  if (name.startsWith('/') || /^[A-Za-z]:[\\/]/.test(name)) return name;
  return `${home}/.ssh/${name}`;
}

/** Why nothing is opened under this name, on whatever system it was written for; null when it may be. */
function refusal(name: string): string | null {
  // Windows would sign in to whatever server a name with two slashes begins with; its devices look the same.
  if (/^[\\/]{2}/.test(name)) return 'Names of other computers and of devices are not followed.';
  const steps: string[] = [];
  for (const step of name.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  const special = name.startsWith('/') && /^(dev|proc|sys)$/i.test(steps[0] ?? '');
  return special ? 'Names in /dev, /proc and /sys are not followed.' : null;
}
