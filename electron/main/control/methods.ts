/** What each method of the control socket does, on the same services that the window uses. */
import type { ControlAnswers, ControlInput, ControlNotice } from '../../../shared/contract/control';
import type { KnockReport } from '../../../shared/contract/control-report';
import { assertNever, fail, unwrap } from '../../../shared/contract/result';
import type { Notice } from '../../../shared/contract/views';
import type { Profile } from '../../../shared/profile/profile';
import { readSecret } from '../../../shared/sequence/parameters';
import { counterAt, deriveSteps } from '../../../shared/sequence/rks1';
import { formatSteps } from '../../../shared/sequence/step';
import { sshArgv } from '../../../shared/ssh/ssh-argv';
import type { Services } from '../compose';
import { codeKey, listKey } from '../../../shared/sequence/code-key';
import { qrSquares } from '../adapters/qr';
import { addressOf, reachable, type Connection } from '../services/connector';
import { runFamilies } from '../services/run-families';
import type { RunOutcome, RunProgress } from '../services/run-course';
import type { KnockMethod } from '../services/knock-plan';
import { removeProfile } from '../services/removal';
import type { Opened } from '../services/run-desk';
import { draftOf, knockMethodOf, methodAdvice } from './asked';
import type { ControlMethods, RequestContext } from './connection';
import { clockMethods } from './clock-methods';
import { controlEvent, controlProfile, knockReport } from './reports';
import { peopleMethods } from './people-methods';
import { secretMethods } from './secret-methods';

/** Characters; what JSON makes of them fits into one answer. */
const LONGEST_EXPORT = 3_000_000;
const AD_HOC_GAP_MS = 150;
/** An answer's line holds 4 MiB, an installer is larger. */
const PART_BYTES = 1024 * 1024;

export interface Identity {
  readonly role: 'app' | 'agent';
  readonly version: string;
  readonly pid: number;
  readonly home: string;
}

/** @param quit ends the process, after the answer has left. */
export function controlMethods(services: Services, identity: Identity, quit: () => void): ControlMethods {
  const { profiles, desk, runs, runViews, history, grants, connector, tickets, health, exporter, clock } =
    services;
  const { role, version, pid, home } = identity;
  const shown = (profile: Profile) =>
    controlProfile(
      profile,
      grants.get(profile.id),
      runViews.get(profile.id),
      services.ports.lists,
      clock.now(),
    );

  return {
    hello: async () => ({ role, version, pid, store: services.secrets.kind }),
    list: async () => ({ profiles: profiles.list().map(shown), ...told(services.notices.list()) }),
    add: async (params) => {
      const { method, port } = params.profile;
      const profile = shown(await desk.create(draftOf(params)));
      return { profile, ...methodAdvice(method, port) };
    },
    remove: async ({ name }) => {
      const profile = profiles.find(name);
      const before = shown(profile);
      const { secretLeft } = await removeProfile(services, profile.id);
      if (secretLeft === null) return { profile: before };
      const { code, message, hint } = secretLeft;
      return { profile: before, secretLeft: { code, message, ...(hint === undefined ? {} : { hint }) } };
    },
    knock: async (params, context) => {
      const outcome =
        params.target.kind === 'profile'
          ? await runs.knock(
              adjusted(profiles.find(params.target.name), params),
              params.action,
              caller(context),
            )
          : await knockHost(services, params, context);
      tellAfter(outcome, context);
      const { target } = params;
      const advice = target.kind === 'host' ? methodAdvice(target.method, target.port ?? null) : {};
      return { ...knockReport(outcome), ...advice };
    },
    connect: async ({ name, family }, context) => {
      const profile = adjusted(profiles.find(name), family === undefined ? {} : { family });
      const connection = await connector.open(profile, caller(context));
      return { report: reportOf(connection.opened, context), ...nextOf(connection) };
    },
    ticket: async ({ ticket }) => {
      const { argv, test, install, user } = tickets.redeem(ticket);
      const order = { ...(install !== undefined && { install }), ...(user !== undefined && { user }) };
      return { argv, ...(test && { test }), ...order };
    },
    proxy: async ({ profile: name }, context) => {
      const profile = profiles.find(name);
      unwrap(sshArgv({ ...profile, address: null }));
      const opened = await runs.open(profile, caller(context));
      const report = reportOf(opened, context);
      const address = addressOf(opened);
      if (address === null || !reachable(opened)) return unwrap(notReached(report));
      return { address, port: profile.port, report };
    },
    derive: async ({ secret, time, action, period, steps, protocols, range }) => {
      const bytes = readSecret(secret);
      if (typeof bytes === 'string') return unwrap(fail('bad-input', bytes));
      const parameters = { period, steps, protocols, range };
      return { sequence: formatSteps(deriveSteps(bytes, counterAt(time, period), action, parameters)) };
    },
    history: async ({ name, clear }) => {
      const profile = profiles.find(name);
      const head = { profile: profile.name };
      if (clear) return { ...head, runs: [], cleared: await history.clear(profile.id) };
      return { ...head, runs: await history.of(profile.id) };
    },
    status: async () => {
      const { secrets, native } = await health.check();
      const live = grants.list().map(({ profileId, address, port, until }) => ({
        profile: profiles.get(profileId).name,
        address,
        port,
        closesInMs: Math.round(until - clock.now()),
      }));
      const { store, state, detail } = secrets;
      const count = profiles.list().length;
      return {
        role,
        version,
        pid,
        home,
        profiles: count,
        secrets: { store, state, detail },
        native,
        grants: live,
        ...told(services.notices.list()),
      };
    },
    installer: async ({ name, format, options }, { event }) => {
      const exported = await exporter.export(profiles.find(name).id, { format, options });
      const { fileName, bytes, sha256, holdsSecrets, nextSteps } = exported;
      for (let at = 0; at < bytes.length; at += PART_BYTES) {
        event({ kind: 'part', base64: Buffer.from(bytes.subarray(at, at + PART_BYTES)).toString('base64') });
      }
      return { fileName, size: bytes.length, sha256, holdsSecrets, nextSteps };
    },
    importRead: async ({ source, from }) =>
      services.imports.read(source.kind === 'file' ? source : { ...source, from: 'standard input' }, from),
    importUnlock: ({ id, passphrase }) => services.imports.unlock(id, passphrase),
    export: async ({ names, passphrase }) => {
      const chosen = names?.map((name) => profiles.find(name)) ?? profiles.list();
      const exported = await services.exports.file(chosen, passphrase ?? null);
      if (exported.text.length <= LONGEST_EXPORT) return exported;
      const hint = 'Name fewer profiles, and export in parts.';
      return unwrap(fail('too-large', 'The export is too long for one answer.', { hint }));
    },
    exportUri: async ({ name }) => {
      const uri = await services.exports.uri(profiles.find(name));
      const qr = qrSquares(uri).map((row) => row.map((dark) => (dark ? '1' : '0')).join(''));
      return { uri, qr };
    },
    importApply: async (wish) => ({ profiles: (await services.imports.apply(wish)).map(shown) }),
    ...secretMethods(services, shown),
    ...peopleMethods(services),
    ...clockMethods(services),
    quit: async (params) => {
      if (params?.for === 'app' && role === 'app') {
        return unwrap(fail('conflict', 'Sallyport is running already for this user.'));
      }
      setImmediate(quit);
      return params?.for === 'app' ? { session: services.sessionSecrets() } : {};
    },
  };
}

/** A knock without a profile: nothing of it is kept but the counter that it used, for as long as this process lives. */
function knockHost(
  { ports }: Services,
  params: ControlInput<'knock'>,
  { signal, event }: RequestContext,
): Promise<RunOutcome> {
  const { target, action } = params;
  if (target.kind !== 'host') throw new Error('not a host');
  const method = knockMethodOf(target.method, target.tcpFlags);
  const key = keyOf(method);
  return runFamilies(ports, {
    target: {
      key,
      host: target.host,
      port: target.port ?? null,
      family: params.family ?? 'auto',
      gapMs: params.gapMs ?? AD_HOC_GAP_MS,
      openFor: 0,
      method,
    },
    action,
    saved: false,
    renews: false,
    lastOpened: null,
    signal,
    progress: teller(event),
  });
}

/** What a knock without a profile is remembered by, so that a code or a line is not sent twice. */
function keyOf(method: KnockMethod): string {
  switch (method.kind) {
    case 'rotating':
      return codeKey(method.secret, method.parameters.period);
    case 'one-time':
      return listKey(method.list);
    case 'static':
    case 'spa':
      return method.kind;
    default:
      return assertNever(method);
  }
}

/** The profile with what this one knock asks for differently. */
function adjusted(
  profile: Profile,
  wish: { gapMs?: number | undefined; family?: Profile['family'] | undefined },
): Profile {
  return { ...profile, gapMs: wish.gapMs ?? profile.gapMs, family: wish.family ?? profile.family };
}

function caller({ signal, event }: RequestContext): {
  signal: AbortSignal;
  progress: (progress: RunProgress) => void;
} {
  return { signal, progress: teller(event) };
}

function teller(event: RequestContext['event']): (progress: RunProgress) => void {
  return (progress) => {
    const told = controlEvent(progress);
    if (told !== null) event(told);
  };
}

function tellAfter({ after }: RunOutcome, { event }: RequestContext): void {
  if (after !== null) event({ kind: 'after', state: after });
}

function reportOf(opened: Opened, context: RequestContext): KnockReport | null {
  if (opened.kind === 'shared') return null;
  tellAfter(opened.outcome, context);
  return knockReport(opened.outcome);
}

/** An empty list and no `next` tell the command line that there is nothing to start; the report says why. */
function nextOf({ next }: Connection): Pick<ControlAnswers['connect'], 'argv' | 'next'> {
  if (next?.kind === 'ssh') return { argv: next.argv };
  return next === null ? { argv: [] } : { argv: [], next };
}

function notReached(report: KnockReport | null): ReturnType<typeof fail> {
  const [cause] = report?.causes ?? [];
  const hint = (report?.verdict === 'error' ? undefined : cause) ?? report?.hint;
  return fail(
    report?.code ?? 'refused',
    report?.message ?? 'The port could not be reached.',
    hint === undefined ? {} : { hint },
  );
}

/** What a person must know without having asked, such as a damaged file that was kept aside. */
function told(notices: readonly Notice[]): { readonly notices?: readonly ControlNotice[] } {
  return notices.length === 0 ? {} : { notices: notices.map(({ message, hint }) => ({ message, hint })) };
}
