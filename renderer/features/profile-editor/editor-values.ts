/**
 * What an editor's fields hold, as text the way it was typed, and the draft that it stands for. A stored secret is never
 * here: a field either keeps what is stored or holds what a person types now.
 */
import { assertNever } from '../../../shared/contract/result';
import type { ProfileView } from '../../../shared/contract/views';
import { draftProblems, type ProfileDraft } from '../../../shared/profile/draft';
import { GAP_MS, OPEN_FOR, type Family, type TcpFlag } from '../../../shared/profile/profile';
import { SPA_DEFAULTS, type SpaSettings } from '../../../shared/profile/spa';
import { spaTexts, toSpaSettings } from './editor-spa';
import { wholeNumber } from './whole-number';
import {
  checkParameters,
  formatRange,
  parseRange,
  RKS1_DEFAULTS,
  type Rks1Parameters,
} from '../../../shared/sequence/parameters';
import type { Protocol } from '../../../shared/sequence/step';
import { afterTexts, NO_AFTER, toAfter, type AfterValues } from './after-values';

export interface EditorValues extends AfterValues {
  name: string;
  host: string;
  port: string;
  user: string;
  group: string;
  family: Family;
  openFor: string;
  gapMs: string;
  kind: 'rotating' | 'static' | 'one-time' | 'spa';
  /** Whether the field keeps what is stored; false where nothing is. */
  keepSequence: boolean;
  sequence: string;
  keepCloseSequence: boolean;
  closeSequence: string;
  tcpFlags: TcpFlag[];
  keepList: boolean;
  /** As in knockd's file. */
  list: string;
  keepSecret: boolean;
  secretFrom: 'generate' | 'typed';
  secret: string;
  period: string;
  steps: string;
  /** In order, which counts: `tcp,udp`. */
  protocols: string;
  range: string;
  keepKey: boolean;
  key: string;
  keepHmacKey: boolean;
  hmacKey: string;
  hmacDigest: SpaSettings['hmacDigest'];
  serverPort: string;
  allow: SpaSettings['allow']['kind'];
  allowAddress: string;
  echoUrl: string;
  nat: 'none' | 'nat' | 'local-nat';
  natHost: string;
  natPort: string;
  /** `udp/53,tcp/443`. */
  morePorts: string;
  /** Empty leaves it to the server. */
  timeout: string;
  username: string;
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
  keepList: false,
  list: '',
  keepSecret: false,
  secretFrom: 'generate',
  secret: '',
  ...parameterTexts(RKS1_DEFAULTS),
  keepKey: false,
  key: '',
  keepHmacKey: false,
  hmacKey: '',
  ...spaTexts(SPA_DEFAULTS),
  ...NO_AFTER,
};

/** The fields of a profile's editor; those of a new one for null. */
export function editorValues(profile: ProfileView | null): EditorValues {
  if (profile === null) return { ...EMPTY };
  const { name, host, port, user, group, family, openFor, gapMs, after, method } = profile;
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
    ...afterTexts(after),
  };
  switch (method.kind) {
    case 'rotating':
      return { ...common, keepSecret: true, ...parameterTexts(method) };
    case 'static':
      return {
        ...common,
        keepSequence: true,
        keepCloseSequence: method.hasClose,
        tcpFlags: [...method.tcpFlags],
      };
    case 'one-time':
      return { ...common, keepList: true, tcpFlags: [...method.tcpFlags] };
    case 'spa':
      return { ...common, keepKey: true, keepHmacKey: true, ...spaTexts(method) };
    default:
      return assertNever(method);
  }
}

/** The draft that the fields stand for; it may not hold, which {@link editorProblems} tells. */
export function toDraft(values: EditorValues): ProfileDraft {
  const { name, host, user, group, family } = values;
  return {
    name: name.trim(),
    host: host.trim(),
    port: wholeNumber(values.port),
    user: user.trim() === '' ? null : user.trim(),
    group: group.trim() === '' ? null : group.trim(),
    family,
    openFor: wholeNumber(values.openFor),
    gapMs: wholeNumber(values.gapMs),
    after: toAfter(values),
    method: toMethod(values),
  };
}

function toMethod(values: EditorValues): ProfileDraft['method'] {
  const { kind } = values;
  switch (kind) {
    case 'static':
      return {
        kind,
        tcpFlags: values.tcpFlags,
        sequence: typedUnless(values.keepSequence, values.sequence),
        closeSequence:
          !values.keepCloseSequence && values.closeSequence.trim() === ''
            ? { kind: 'none' }
            : typedUnless(values.keepCloseSequence, values.closeSequence.trim()),
      };
    case 'one-time':
      return { kind, tcpFlags: values.tcpFlags, list: typedUnless(values.keepList, values.list) };
    case 'rotating':
      return {
        kind,
        parameters: toParameters(values),
        secret:
          !values.keepSecret && values.secretFrom === 'generate'
            ? { kind: 'generate' }
            : typedUnless(values.keepSecret, values.secret),
      };
    case 'spa':
      return {
        kind,
        settings: toSpaSettings(values),
        key: typedUnless(values.keepKey, values.key),
        hmacKey: typedUnless(values.keepHmacKey, values.hmacKey),
      };
    default:
      return assertNever(kind);
  }
}

type KeptOrTyped = { readonly kind: 'keep' } | { readonly kind: 'typed'; readonly value: string };

function typedUnless(keep: boolean, value: string): KeptOrTyped {
  return keep ? { kind: 'keep' } : { kind: 'typed', value };
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
  ['after.url', 'afterUrl'],
  ['after.argv', 'afterArgv'],
  ['method.tcpFlags', 'tcpFlags'],
  ['method.sequence', 'sequence'],
  ['method.closeSequence', 'closeSequence'],
  ['method.list', 'list'],
  ['method.secret', 'secret'],
  ['method.parameters.period', 'period'],
  ['method.parameters.steps', 'steps'],
  ['method.parameters.protocols', 'protocols'],
  ['method.parameters.range', 'range'],
  ['method.key', 'key'],
  ['method.hmacKey', 'hmacKey'],
  ['method.settings.hmacDigest', 'hmacDigest'],
  ['method.settings.serverPort', 'serverPort'],
  ['method.settings.allow.url', 'echoUrl'],
  ['method.settings.allow', 'allowAddress'],
  ['method.settings.nat.host', 'natHost'],
  ['method.settings.nat.port', 'natPort'],
  ['method.settings.morePorts', 'morePorts'],
  ['method.settings.timeout', 'timeout'],
  ['method.settings.username', 'username'],
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
