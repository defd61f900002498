/**
 * Looks for the cause of a knock without effect: everything that can be measured from here, all at once and for two
 * seconds at most. A check that takes longer says nothing, except the comparison of clocks, which a person asked for.
 */
import { CLOCK_OFF, clockServerName, type ClockServer } from '../../../shared/advice/clock-server';
import { clockFindings, clockUnknown, SPA_TOLERANCE_MS } from '../../../shared/advice/clock';
import { rankCauses, type Advice, type Finding, type Guess } from '../../../shared/advice/finding';
import {
  familyFinding,
  familyName,
  interfaceFinding,
  sinceLastOpened,
  type LastOpened,
  type LocalEnd,
} from '../../../shared/advice/network';
import { blockedStepFinding, liveStepFinding } from '../../../shared/advice/steps';
import { toProblem, type Problem } from '../../../shared/contract/result';
import type { PortState } from '../../../shared/contract/views';
import { isIpv4, isIpv6 } from '../../../shared/profile/address';
import type { TcpFlag } from '../../../shared/profile/profile';
import type { Action } from '../../../shared/sequence/rks1';
import type { Step } from '../../../shared/sequence/step';
import { noEffectCauses } from '../../../shared/text/no-effect-causes';
import type { Clock, KnockSockets, NativeSender, Resolver, Routes, TimeServers } from '../ports';
import { isPlainSyn, type KnockTarget } from './knock-plan';

const CHECKS_MS = 2000;
/** How long the port may take to answer in the other family, and a time server at all. */
const OTHER_FAMILY_MS = 1000;
const TIME_SERVER_MS = 1700;

export interface DiagnosisPorts {
  readonly clock: Clock;
  readonly sockets: KnockSockets;
  readonly native: NativeSender;
  readonly resolver: Resolver;
  readonly routes: Routes;
  readonly times: TimeServers;
}

export interface RunFacts {
  readonly target: KnockTarget;
  readonly action: Action;
  /** Null when the name led nowhere. */
  readonly address: string | null;
  readonly steps: readonly Step[];
  /** The steps, by index, on which a service accepted a connection. */
  readonly answered: readonly number[];
  readonly before: PortState | null;
  readonly after: PortState | null;
  /** What ended the run early; null for a run that came to its end. */
  readonly problem: Problem | null;
  readonly lastOpened: LastOpened | null;
}

type Findings = Promise<readonly Finding[]>;

export class Diagnosis {
  readonly #ports: DiagnosisPorts;
  readonly #clockServer: () => ClockServer;

  /** @param clockServer the one chosen in Settings. */
  constructor(ports: DiagnosisPorts, clockServer: () => ClockServer = () => CLOCK_OFF) {
    this.#ports = ports;
    this.#clockServer = clockServer;
  }

  /** The causes of a run without effect or that was stopped. Rejects with the signal's own reason only. */
  async advise(facts: RunFacts, signal: AbortSignal): Promise<Advice> {
    const findings = await this.#look(facts, signal);
    // What stopped a run is known already; there is nothing left to guess at.
    return rankCauses(facts.problem === null ? this.#guesses(facts) : [], findings);
  }

  #guesses({ target, action, before, after, steps }: RunFacts): readonly Guess[] {
    const { method, port } = target;
    return noEffectCauses({
      method: method.kind,
      action,
      before,
      after,
      port,
      period: method.kind === 'rotating' ? method.parameters.period : null,
      protocols: steps.map(({ kind }) => kind),
      clockChosen: this.#clockServer().kind !== 'off',
    });
  }

  async #look(facts: RunFacts, signal: AbortSignal): Findings {
    const over = new AbortController();
    const stop = AbortSignal.any([over.signal, signal]);
    const checks = [
      this.#clock(facts, stop),
      this.#native(facts),
      this.#family(facts, stop),
      this.#way(facts),
      Promise.resolve(sentFindings(facts)),
    ];
    const timer = this.#ports.clock.sleep(CHECKS_MS, stop).then(
      () => over.abort(),
      () => undefined,
    );
    const late = timer.then((): readonly Finding[] => []);
    try {
      // What a check fails with is no cause by itself; the next one may tell more.
      const found = await Promise.all(
        checks.map((check) => Promise.race([check, late]).catch((): readonly Finding[] => [])),
      );
      signal.throwIfAborted();
      return found.flat();
    } finally {
      over.abort();
      await timer;
    }
  }

  async #clock({ target, problem }: RunFacts, stop: AbortSignal): Findings {
    const server = this.#clockServer();
    const tolerance = toleranceOf(target);
    if (server.kind === 'off' || tolerance === null || problem !== null) return [];
    const against = clockServerName(server);
    const asked = this.#within(TIME_SERVER_MS, stop, (end) => this.#ports.times.ask(server, end));
    return asked.then(
      (reading) => clockFindings({ ...reading, against }, tolerance),
      (error: unknown) => clockUnknown(toProblem(error).message),
    );
  }

  async #native({ target, steps }: RunFacts): Findings {
    const icmp = steps.some(({ kind }) => kind === 'icmp');
    const raw = steps.some((step) => step.kind === 'tcp' && !isPlainSyn(step, flagsOf(target)));
    if (!icmp && !raw) return [];
    const health = await this.#ports.native.health();
    if ((!icmp || health.icmp) && (!raw || health.rawTcp)) {
      return [{ kind: 'capability', certainty: 'ruled-out', text: 'sallyport-send can send every step.' }];
    }
    const what = raw && !health.rawTcp ? 'these TCP steps' : 'ICMP steps';
    const text = `sallyport-send may not send ${what}. ${health.hint ?? ''}`.trim();
    return [{ kind: 'capability', certainty: 'confirmed', text }];
  }

  async #family({ target, address, action }: RunFacts, stop: AbortSignal): Findings {
    const { host, port } = target;
    if (address === null || port === null || action === 'close' || isLiteral(host)) return [];
    const others = await this.#othersOf(host, address);
    if (others === null) return [];
    const [other] = others;
    // Where this computer has no way to it, it is no help either.
    if (other !== undefined && (await this.#ports.routes.to(other).catch(() => null)) === null) return [];
    const answer = other === undefined ? null : await this.#answer(other, port, stop).catch(() => null);
    return [familyFinding(host, address, port, others, answer)];
  }

  /** Null when the name server does not say. */
  async #othersOf(host: string, address: string): Promise<readonly string[] | null> {
    const wanted = familyName(address) === 'IPv4' ? 'ipv6' : 'ipv4';
    const found = await this.#ports.resolver
      .resolve(host, wanted)
      .catch((error: unknown) => (toProblem(error).detail === 'ENOTFOUND' ? [] : null));
    return found === null ? null : found.filter((one) => familyName(one) !== familyName(address));
  }

  #answer(address: string, port: number, stop: AbortSignal): Promise<PortState> {
    return this.#within(OTHER_FAMILY_MS, stop, (end) => this.#ports.sockets.probe(address, port, end));
  }

  /** Works with a signal that ends it after `ms`. */
  async #within<T>(ms: number, stop: AbortSignal, work: (end: AbortSignal) => Promise<T>): Promise<T> {
    const patience = new AbortController();
    const end = AbortSignal.any([patience.signal, stop]);
    const timer = this.#ports.clock.sleep(ms, end).then(
      () => patience.abort(),
      () => undefined,
    );
    try {
      return await work(end);
    } finally {
      patience.abort();
      await timer;
    }
  }

  async #way({ target, address, problem, lastOpened }: RunFacts): Findings {
    if (address === null) return [];
    let end: LocalEnd | null = null;
    const findings: Finding[] = [];
    try {
      end = await this.#ports.routes.to(address);
      findings.push(interfaceFinding(address, end));
    } catch (error) {
      const { code, message, hint = '' } = toProblem(error);
      if (code === 'no-route' && problem?.code !== 'no-route') {
        findings.push({ kind: 'no-route', certainty: 'confirmed', text: `${message} ${hint}`.trim() });
      }
    }
    if (lastOpened === null || isLiteral(target.host)) return findings;
    return [...findings, ...sinceLastOpened(target.host, address, end, lastOpened)];
  }
}

/** Whether it stopped a run on its way, so that more can be found out about it. */
export function isMeasurable({ code }: Problem): boolean {
  return code === 'no-route' || code === 'network' || code === 'no-capability';
}

function sentFindings({ target, steps, answered, problem }: RunFacts): readonly Finding[] {
  if (problem !== null || target.method.kind === 'spa') return [];
  const rotating = target.method.kind === 'rotating';
  // Of packets that sallyport-send sends nobody hears an answer.
  const heard = steps.some((step) => isPlainSyn(step, flagsOf(target)));
  const live = heard ? liveStepFinding(answered, rotating) : null;
  const found = [live, blockedStepFinding(steps)];
  return found.filter((finding) => finding !== null);
}

function flagsOf({ method }: KnockTarget): readonly TcpFlag[] {
  return 'tcpFlags' in method ? method.tcpFlags : ['syn'];
}

/** How far apart the clocks may be; null where the time does not count. */
function toleranceOf({ method }: KnockTarget): number | null {
  if (method.kind === 'rotating') return method.parameters.period * 1000;
  return method.kind === 'spa' ? SPA_TOLERANCE_MS : null;
}

function isLiteral(host: string): boolean {
  return isIpv4(host) || isIpv6(host);
}
