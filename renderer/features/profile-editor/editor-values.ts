/**
 * What an editor's fields hold, as text the way it was typed, and the draft that it stands for. A stored secret is never
 * here: a field either keeps what is stored or holds what a person types now.
 */
import type { ProfileView } from '../../../shared/contract/views';
import { draftProblems, type ProfileDraft } from '../../../shared/profile/draft';
import { GAP_MS, OPEN_FOR, type Family, type TcpFlag } from '../../../shared/profile/profile';
import {
  checkParameters,
  formatRange,
  parseRange,
  RKS1_DEFAULTS,
  type Rks1Parameters,
} from '../../../shared/sequence/parameters';
import type { Protocol } from '../../../shared/sequence/step';

export interface EditorValues {
  name: string;
  host: string;
  port: string;
  user: string;
  group: string;
  family: Family;
  openFor: string;
  gapMs: string;
  kind: 'rotating' | 'static';
  /** Whether the field keeps what is stored; false where nothing is. */
  keepSequence: boolean;
  sequence: string;
  keepCloseSequence: boolean;
  closeSequence: string;
  tcpFlags: TcpFlag[];
  keepSecret: boolean;
  secretFrom: 'generate' | 'typed';
  secret: string;
  period: string;
  steps: string;
  /** In order, which counts: `tcp,udp`. */
  protocols: string;
  range: string;
}

export type EditorField = keyof EditorValues;

const EMPTY: EditorValues = {
  name: '',
  host: '',
  port: '22',
  user: '',
  group: '',
  family: 'auto',
  openFor: String(OPEN_FOR.usual),
  gapMs: String(GAP_MS.usual),
  kind: 'rotating',
  keepSequence: false,
  sequence: '',
  keepCloseSequence: false,
  closeSequence: '',
  tcpFlags: ['syn'],
  keepSecret: false,
  secretFrom: 'generate',
  secret: '',
  ...parameterTexts(RKS1_DEFAULTS),
};

/** The fields of a profile's editor; those of a new one for null. */
export function editorValues(profile: ProfileView | null): EditorValues {
  if (profile === null) return { ...EMPTY };
  const { name, host, port, user, group, family, openFor, gapMs, method } = profile;
  const common = {
    ...EMPTY,
    name,
    host,
    port: String(port),
    user: user ?? '',
    group: group ?? '',
    family,
    openFor: String(openFor),
    gapMs: String(gapMs),
    kind: method.kind,
  };
  return method.kind === 'rotating'
    ? { ...common, keepSecret: true, ...parameterTexts(method) }
    : {
        ...common,
        keepSequence: true,
        keepCloseSequence: method.hasClose,
        tcpFlags: [...method.tcpFlags],
      };
}

/** The draft that the fields stand for; it may not hold, which {@link editorProblems} tells. */
export function toDraft(values: EditorValues): ProfileDraft {
  const { name, host, user, group, family, kind } = values;
  const closeText = values.closeSequence.trim();
  return {
    name: name.trim(),
    host: host.trim(),
    port: wholeNumber(values.port),
    user: user.trim() === '' ? null : user.trim(),
    group: group.trim() === '' ? null : group.trim(),
    family,
    openFor: wholeNumber(values.openFor),
    gapMs: wholeNumber(values.gapMs),
    method:
      kind === 'static'
        ? {
            kind,
            tcpFlags: values.tcpFlags,
            sequence: values.keepSequence ? { kind: 'keep' } : { kind: 'typed', value: values.sequence },
            closeSequence: values.keepCloseSequence
              ? { kind: 'keep' }
              : closeText === ''
                ? { kind: 'none' }
                : { kind: 'typed', value: closeText },
          }
        : {
            kind,
            parameters: toParameters(values),
            secret: values.keepSecret
              ? { kind: 'keep' }
              : values.secretFrom === 'generate'
                ? { kind: 'generate' }
                : { kind: 'typed', value: values.secret },
          },
  };
}

export function toParameters({ period, steps, protocols, range }: EditorValues): Rks1Parameters {
  return {
    period: wholeNumber(period),
    steps: wholeNumber(steps),
    protocols: protocols.split(',') as Protocol[],
    range: parseRange(range) ?? { low: Number.NaN, high: Number.NaN },
  };
}

/** Words beside each field that does not hold; empty when the draft can be sent. */
export function editorProblems(values: EditorValues): Partial<Record<EditorField, string>> {
  const problems = byField(draftProblems(toDraft(values)));
  if (values.kind === 'rotating') Object.assign(problems, checkParameters(toParameters(values)));
  return problems;
}

const FIELD_OF: readonly (readonly [path: string, field: EditorField])[] = [
  ['method.tcpFlags', 'tcpFlags'],
  ['method.sequence', 'sequence'],
  ['method.closeSequence', 'closeSequence'],
  ['method.secret', 'secret'],
  ['method.parameters.period', 'period'],
  ['method.parameters.steps', 'steps'],
  ['method.parameters.protocols', 'protocols'],
  ['method.parameters.range', 'range'],
];

/** The contract's field paths (`method.sequence.value`) as the editor's fields. Paths without a field are left out. */
export function byField(fields: Readonly<Record<string, string>>): Partial<Record<EditorField, string>> {
  const found: Partial<Record<EditorField, string>> = {};
  for (const [path, words] of Object.entries(fields)) {
    const deep = FIELD_OF.find(([prefix]) => path === prefix || path.startsWith(`${prefix}.`))?.[1];
    const field = deep ?? (path in EMPTY ? (path as EditorField) : undefined);
    if (field !== undefined) found[field] ??= words;
  }
  return found;
}

function parameterTexts({ period, steps, protocols, range }: Rks1Parameters) {
  return {
    period: String(period),
    steps: String(steps),
    protocols: protocols.join(','),
    range: formatRange(range),
  };
}

function wholeNumber(text: string): number {
  return /^\s*\d{1,9}\s*$/.test(text) ? Number(text) : Number.NaN;
}
