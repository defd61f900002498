/**
 * knockd's own example has one section that opens and one that closes. Which two belong together the names tell, or the
 * commands: `[openSSH]` and `[closeSSH]`, or an `-A` and a `-D` of the same port where there is one of each.
 */
import type { KnockdSection } from './knockd-lines';
import { guessCommand, type CommandGuess } from './protected-port';

export interface DoorPair {
  readonly open: KnockdSection;
  readonly close: KnockdSection | null;
  readonly guess: CommandGuess;
}

const CLOSING = /clos(?:e|ing)|shut|stop|lock/i;
const OPENING = /open(?:ing)?|unlock|start/i;

/** Every section that opens, with its partner; and the closing ones that have none. */
export function pairDoors(sections: readonly KnockdSection[]): {
  readonly pairs: readonly DoorPair[];
  readonly alone: readonly KnockdSection[];
} {
  const known = sections.map((section) => ({ section, ...effectOf(section) }));
  const closing = known.filter(({ closes }) => closes);
  const opening = known.filter(({ closes }) => !closes);
  const byName = grouped(closing, ({ section }) => stem(section.name));
  const byPort = grouped(closing, ({ guess }) => guess.port);
  const rivals = grouped(opening, ({ guess }) => guess.port);
  const taken = new Set<KnockdSection>();
  const pairs = opening.map(({ section, guess }): DoorPair => {
    const samePort = guess.port === null ? [] : (byPort.get(guess.port) ?? []);
    const alone = samePort.length === 1 && rivals.get(guess.port)?.length === 1;
    const partner = byName.get(stem(section.name))?.at(0) ?? (alone ? samePort[0] : undefined);
    if (partner === undefined || taken.has(partner.section)) return { open: section, close: null, guess };
    taken.add(partner.section);
    return { open: section, close: partner.section, guess };
  });
  return { pairs, alone: closing.map(({ section }) => section).filter((section) => !taken.has(section)) };
}

function effectOf(section: KnockdSection): { readonly closes: boolean; readonly guess: CommandGuess } {
  const command = section.directives.get('start_command') ?? section.directives.get('start_command_6');
  const guess = guessCommand(command?.value ?? '');
  const byName = CLOSING.test(section.name) && !OPENING.test(section.name);
  // What is undone by itself is an opening, whatever it is called.
  const undone = (section.directives.get('stop_command')?.value ?? '') !== '';
  return { guess, closes: !undone && (guess.does === 'closes' || (guess.does === 'unknown' && byName)) };
}

/** The name without its verb: of openSSH and closeSSH it is ssh. */
function stem(name: string): string {
  return name.toLowerCase().replace(/open(?:ing)?|clos(?:e|ing)|unlock|lock|start|stop|shut|[-_\s]/g, '');
}

function grouped<T, K>(all: readonly T[], key: (one: T) => K): ReadonlyMap<K, readonly T[]> {
  const groups = new Map<K, T[]>();
  for (const one of all) {
    const group = groups.get(key(one));
    if (group === undefined) groups.set(key(one), [one]);
    else group.push(one);
  }
  return groups;
}
