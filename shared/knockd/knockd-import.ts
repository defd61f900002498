/**
 * From a server's knockd.conf to profiles, one for each door. The file does not say which host it is on, so every entry
 * lacks its host, unless it waits for knocks to a target of its own.
 */
import {
  DRAFT_DEFAULTS,
  MOST_ENTRIES,
  quoted,
  usableName,
  type ImportEntry,
  type ImportRead,
  type Missing,
  type Skipped,
} from '../exchange/entry';
import { isIpv4, isIpv6 } from '../profile/address';
import type { ProfileDraft } from '../profile/draft';
import { parseOneTimeList } from '../sequence/one-time';
import { OPEN_FOR, TCP_FLAGS, type TcpFlag } from '../profile/profile';
import { pairDoors, type DoorPair } from './door-pairs';
import { knockdSequence, leadingNumber, readKnockdFile, type KnockdSection } from './knockd-lines';

const LIST = 'one_time_sequences';
/** What knockd does without the directive. */
const SEQ_TIMEOUT = 25;
const CMD_TIMEOUT = 10;

/** The files of one-time sequences that its doors name, each once, as they are written. */
export function oneTimeFiles(text: string): readonly string[] {
  const named = readKnockdFile(text).sections.map(({ directives }) => directives.get(LIST)?.value);
  return [...new Set(named.filter((path) => path !== undefined))].slice(0, MOST_ENTRIES);
}

/** @param lists the texts of {@link oneTimeFiles}, by their names; those that could not be read are not in it. */
export function readKnockdConf(
  text: string,
  file: string | null,
  lists: ReadonlyMap<string, string> = new Map(),
): ImportRead {
  const { sections, bad } = readKnockdFile(text);
  const skipped: Skipped[] = bad.map(({ line, why }) => ({ what: 'a line', why, at: { file, line } }));
  const entries: ImportEntry[] = [];
  const { pairs, alone } = pairDoors(sections);
  const skip = ({ name, line }: KnockdSection, why: string): void =>
    void skipped.push({ what: quoted(`[${name}]`), why, at: { file, line } });
  for (const pair of pairs) {
    const entry = entries.length < MOST_ENTRIES ? entryOf(pair, file, lists) : 'There are too many doors.';
    if (typeof entry === 'string') skip(pair.open, entry);
    else entries.push(entry);
  }
  for (const section of alone) skip(section, 'It closes a door that no other section opens.');
  return { entries, skipped, notes: [] };
}

function entryOf(
  { open, close, guess }: DoorPair,
  file: string | null,
  lists: ReadonlyMap<string, string>,
): ImportEntry | string {
  const value = (key: string, of = open): string | undefined => of.directives.get(key)?.value;
  const list = value(LIST);
  const lines = list === undefined ? null : usableList(lists.get(list));
  const sequence = list === undefined ? sequenceOf(open) : null;
  if (sequence !== null && 'why' in sequence) return sequence.why;
  const closing = close === null ? null : sequenceOf(close);
  const flags = flagsOf(value('tcpflags'));
  if (typeof flags === 'string') return flags;

  const notes: string[] = [];
  if (list !== undefined)
    notes.push(
      lines === null
        ? `Its one-time sequences are in ${quoted(list)} on the server: copy that file beside this one and import again, or enter the list afterwards.`
        : `Its one-time sequences are those in the copy of ${quoted(list)} beside this file; the server may have used more of them by now.`,
    );
  if (guess.port === null)
    notes.push(`No port could be read from its start command; ${DRAFT_DEFAULTS.port} is a guess.`);
  const command = value('start_command') ?? value('start_command_6');
  if (command !== undefined && command !== '') notes.push(`The server runs: ${quoted(command)}`);
  if (closing !== null && 'why' in closing) notes.push(`Its close sequence was left out. ${closing.why}`);
  const undone = (value('stop_command') ?? '') !== '';
  const openFor = undone ? leadingNumber(value('cmd_timeout') ?? String(CMD_TIMEOUT)) : OPEN_FOR.usual;
  if (!undone) notes.push('The server does not close this door by itself; the time shown is a guess.');
  const target = value('target') ?? '';
  const host = isIpv4(target) || isIpv6(target) ? target : '';

  const closeSequence =
    closing !== null && 'steps' in closing ? typed(closing.steps) : ({ kind: 'none' } as const);
  const method: ProfileDraft['method'] =
    sequence === null
      ? { kind: 'one-time', tcpFlags: flags, list: lines === null ? { kind: 'keep' } : typed(lines) }
      : { kind: 'static', tcpFlags: flags, sequence: typed(sequence.steps), closeSequence };
  const draft: ProfileDraft = {
    ...DRAFT_DEFAULTS,
    name: usableName(doorName(open, close)),
    host,
    port: guess.port ?? DRAFT_DEFAULTS.port,
    openFor: Math.min(Math.max(openFor, OPEN_FOR.min), OPEN_FOR.max),
    gapMs: gapWithin(sequence?.steps ?? '', value('seq_timeout')),
    method,
  };
  const at = { file, line: open.line };
  const missing: Missing[] = host === '' ? ['host'] : [];
  if (sequence === null && lines === null) missing.push('secret');
  return { draft, favourite: false, at, missing, notes };
}

/** Null for what is no list with an unused line. */
function usableList(text: string | undefined): string | null {
  return text !== undefined && parseOneTimeList(text).ok ? text : null;
}

function typed(value: string): { readonly kind: 'typed'; readonly value: string } {
  return { kind: 'typed', value };
}

function sequenceOf({ directives }: KnockdSection): ReturnType<typeof knockdSequence> {
  const value = directives.get('sequence')?.value;
  return value === undefined
    ? { why: 'It has no sequence; knockd would not start with this file.' }
    : knockdSequence(value);
}

/** The flags that a step must have set; those that must be clear are clear anyway. Words where no packet would do. */
function flagsOf(value: string | undefined): readonly TcpFlag[] | string {
  if (value === undefined) return ['syn'];
  const wanted = value.toLowerCase().split(',');
  const unknown = wanted.find((flag) => !TCP_FLAGS.some((known) => flag.replace(/^!/, '') === known));
  if (unknown !== undefined)
    return `"${quoted(unknown)}" is no TCP flag; knockd would not start with this file.`;
  const set = TCP_FLAGS.filter((flag) => wanted.includes(flag));
  if (set.length > 0) return set;
  return wanted.includes('!syn') ? 'It waits for TCP packets without SYN and names no flag to set.' : ['syn'];
}

/** The usual gap, or what lets the whole sequence arrive with a second to spare. */
function gapWithin(steps: string, timeout: string | undefined): number {
  const gaps = steps.split(',').length - 1;
  const seconds = leadingNumber(timeout ?? String(SEQ_TIMEOUT));
  if (gaps === 0) return DRAFT_DEFAULTS.gapMs;
  return Math.max(0, Math.min(DRAFT_DEFAULTS.gapMs, Math.floor(((seconds - 1) * 1000) / gaps)));
}

/** Of a pair, what both names have in common: openSSH and closeSSH make SSH. */
function doorName(open: KnockdSection, close: KnockdSection | null): string {
  if (close === null) return open.name;
  const bare = open.name.replace(/^(?:open|unlock|start)[-_ ]?|[-_ ]?(?:open|unlock|start)$/i, '');
  return bare === '' ? open.name : bare;
}
