/**
 * A whole run: resolve once and pin the address, wait for a usable code, send, probe, try again within bounds, and judge.
 * The run reports its course as {@link RunProgress} values; who shows them decides how much of a step may be seen.
 */
import { ProblemError, toProblem, type Problem } from '../../../shared/contract/result';
import type { PortState, Verdict } from '../../../shared/contract/views';
import type { Action } from '../../../shared/sequence/rks1';
import { waitBeforeKnock } from '../../../shared/sequence/time';
import type { Step } from '../../../shared/sequence/step';
import { NO_ADVICE, type Advice } from '../../../shared/advice/finding';
import type { LastOpened } from '../../../shared/advice/network';
import { nextHint } from '../../../shared/text/next-action';
import { verdictSentence } from '../../../shared/text/verdict';
import type { Randomness, Resolver } from '../ports';
import { abortable } from './abortable';
import { attemptsFor } from './attempts';
import { isMeasurable, type Diagnosis } from './diagnosis';
import { judge } from './judge';
import { attemptKnock, type AttemptOutcome, type Wire } from './knock-attempt';
import { planKnock, type KnockTarget } from './knock-plan';
import { LOOKING_AHEAD, OneTimeRun } from './one-time-run';
import type { UsedCounters } from './used-counters';
import type { UsedLines } from './used-lines';

/**
 * How often each step of that second rotating knock is sent: the first had no effect, so packets may be getting lost, and
 * an RKS1 server passes over repeats (docs/protocol.md, 6.6). At 5 % loss two knocks of five single packets would open 95 %.
 * knockd and its like take a repeat for a wrong step, so a fixed sequence is only ever sent as it stands.
 */
const COPIES_OF_REPEATED_CODE = 3;

export type RunProgress =
  | { readonly kind: 'resolved'; readonly address: string }
  | { readonly kind: 'waiting'; readonly ms: number; readonly until: number; readonly why: string }
  | {
      readonly kind: 'attempt';
      readonly attempt: number;
      readonly of: number;
      readonly steps: readonly Step[];
    }
  | {
      readonly kind: 'step';
      readonly index: number;
      readonly of: number;
      readonly step: Step;
      readonly sentMs: number;
    }
  | { readonly kind: 'before'; readonly state: PortState }
  | { readonly kind: 'probing' }
  | { readonly kind: 'note'; readonly text: string }
  /** Looking for the cause of a knock without effect. */
  | { readonly kind: 'checking' };

export interface SentStep {
  readonly step: Step;
  readonly sentMs: number;
}

export interface RunOutcome {
  readonly verdict: Verdict;
  readonly address: string | null;
  readonly before: PortState | null;
  readonly after: PortState | null;
  /** Of the last attempt. */
  readonly sent: readonly SentStep[];
  readonly elapsedMs: number;
  readonly message: string;
  /** Why, as far as it could be found out; empty when there is nothing to explain. */
  readonly advice: Advice;
  /** What else was found out, in order. */
  readonly notes: readonly string[];
  /** The one next step, where the verdict needs one; a problem has its own. */
  readonly hint: string | null;
  readonly problem: Problem | null;
  /** When the last step left, milliseconds since the epoch. */
  readonly lastSentAt: number | null;
}

export interface RunPorts extends Wire {
  readonly resolver: Resolver;
  readonly random: Randomness;
  readonly counters: UsedCounters;
  readonly lists: UsedLines;
  readonly diagnosis: Diagnosis;
}

export interface RunInput {
  readonly target: KnockTarget;
  readonly action: Action;
  /** Whether the key outlives this process, so that its used counters must too. */
  readonly saved: boolean;
  /** Whether an earlier knock's grant is still running. */
  readonly renews: boolean;
  /** When and how the door last opened to this client. */
  readonly lastOpened: LastOpened | null;
  readonly signal: AbortSignal;
  readonly progress: (progress: RunProgress) => void;
}

/** Runs to an outcome; only a cancel and a bug reject. */
export async function runKnock(ports: RunPorts, input: RunInput): Promise<RunOutcome> {
  const run = new Run(ports, input);
  try {
    return await run.toVerdict();
  } catch (error) {
    input.signal.throwIfAborted();
    if (error instanceof ProblemError) return await run.failed(toProblem(error));
    throw error;
  }
}

class Run {
  readonly #ports: RunPorts;
  readonly #input: RunInput;
  readonly #start: number;
  #address: string | null = null;
  #sent: SentStep[] = [];
  readonly #answered = new Set<number>();
  #lastSentAt: number | null = null;
  readonly #notes: string[] = [];

  constructor(ports: RunPorts, input: RunInput) {
    this.#ports = ports;
    this.#input = input;
    this.#start = ports.clock.monotonic();
  }

  async toVerdict(): Promise<RunOutcome> {
    const { target, signal, progress } = this.#input;
    const resolving = this.#ports.resolver.resolve(target.host, target.family);
    const [address] = await abortable(resolving, signal);
    if (address === undefined) throw new Error('a resolver answered with nothing');
    this.#address = address;
    progress({ kind: 'resolved', address });
    const oneTime = this.#oneTime();
    const lines = oneTime?.candidates ?? [undefined];
    const perLine = attemptsFor(target, this.#input.action);
    const attempts = perLine * lines.length;
    let verdict: Verdict = 'no-effect';
    let tried = 0;
    let outcome: AttemptOutcome = { before: null, after: null };
    let firstBefore: PortState | null = null;
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      tried = Math.floor((attempt - 1) / perLine);
      if (tried > 0 && attempt % perLine === 1 % perLine) this.#note(LOOKING_AHEAD);
      outcome = await this.#attempt(address, attempt, attempts, lines[tried], firstBefore);
      firstBefore ??= outcome.before;
      verdict = judge(this.#input.action, target.port, { ...outcome, before: firstBefore });
      if (verdict !== 'no-effect') break;
      // Where no path leads to, or nothing was open to close, a second try is a wait for nothing.
      if (
        (outcome.after === 'unreachable' && outcome.before !== 'unreachable') ||
        (this.#input.action === 'close' && firstBefore !== 'open')
      )
        break;
    }
    for (const note of (await oneTime?.settle(verdict, tried, this.#input.saved)) ?? []) this.#note(note);
    return this.#outcome(verdict, firstBefore, outcome.after);
  }

  #oneTime(): OneTimeRun | null {
    const { key, method } = this.#input.target;
    // A close is refused when it is planned.
    if (method.kind !== 'one-time' || this.#input.action === 'close') return null;
    return new OneTimeRun(this.#ports.lists, key, method.list);
  }

  #note(text: string): void {
    this.#notes.push(text);
    this.#input.progress({ kind: 'note', text });
  }

  async failed(problem: Problem): Promise<RunOutcome> {
    const elapsedMs = this.#elapsed();
    const advice = isMeasurable(problem) ? await this.#advice(problem, null, null) : NO_ADVICE;
    return {
      verdict: 'error',
      address: this.#address,
      before: null,
      after: null,
      sent: this.#sent,
      elapsedMs,
      message: problem.message,
      advice,
      notes: this.#notes,
      hint: problem.hint ?? null,
      problem,
      lastSentAt: this.#lastSentAt,
    };
  }

  async #attempt(
    address: string,
    attempt: number,
    attempts: number,
    line: readonly Step[] | undefined,
    known: PortState | null,
  ): Promise<AttemptOutcome> {
    const { target, action, signal, progress, saved } = this.#input;
    const { clock, counters } = this.#ports;
    await this.#waitForCode();
    const moment = { now: clock.now(), random: this.#ports.random };
    const plan = planKnock(target, action, line === undefined ? moment : { ...moment, line });
    if (plan.counter !== null) counters.mark(target.key, action, plan.counter, saved);
    this.#sent = [];
    this.#answered.clear();
    progress({ kind: 'attempt', attempt, of: attempts, steps: plan.steps });
    const { port, gapMs } = target;
    const copies = attempt > 1 && target.method.kind === 'rotating' ? COPIES_OF_REPEATED_CODE : 1;
    return attemptKnock(
      this.#ports,
      { plan, action, address, port, known, gapMs, copies, signal },
      {
        step: (index, sentMs) => {
          const step = plan.steps[index];
          if (step === undefined) return;
          this.#sent.push({ step, sentMs });
          this.#lastSentAt = clock.now();
          progress({ kind: 'step', index, of: plan.steps.length, step, sentMs });
        },
        answered: (index) => void this.#answered.add(index),
        before: (state) => progress({ kind: 'before', state }),
        probing: () => progress({ kind: 'probing' }),
      },
    );
  }

  async #waitForCode(): Promise<void> {
    const { target, action, signal, progress } = this.#input;
    const { clock, counters } = this.#ports;
    if (target.method.kind !== 'rotating') return;
    const { period } = target.method.parameters;
    const last = counters.last(target.key, action);
    let told = false;
    // A timer may wake a little early, and the code of that moment is still the old one.
    for (;;) {
      const ms = waitBeforeKnock(clock.now(), period, last);
      // A record far ahead was made when this clock was wrong: whether the server's was, only a knock can tell.
      if (ms <= 0 || ms > 2 * period * 1000) return;
      const used = last !== null && last >= Math.floor(clock.now() / 1000 / period);
      const why = used
        ? 'The code of this period was used already; waiting for the next.'
        : 'This period is almost over; waiting for the next code.';
      if (!told) progress({ kind: 'waiting', ms, until: clock.now() + ms, why });
      told = true;
      await clock.sleep(ms, signal);
    }
  }

  async #outcome(verdict: Verdict, before: PortState | null, after: PortState | null): Promise<RunOutcome> {
    const { target, action, renews: renewed } = this.#input;
    const elapsedMs = this.#elapsed();
    const advice = verdict === 'no-effect' ? await this.#advice(null, before, after) : NO_ADVICE;
    const found = advice.causes.some(({ certainty }) => certainty === 'confirmed');
    const { port, method } = target;
    const address = this.#address;
    const steps = this.#sent.length;
    return {
      verdict,
      address,
      before,
      after,
      sent: this.#sent,
      elapsedMs,
      message: verdictSentence({
        verdict,
        action,
        port,
        before,
        after,
        address,
        steps,
        renewed,
      }),
      advice,
      notes: this.#notes,
      hint: nextHint({ verdict, method: method.kind, port, before, renewed, found }),
      problem: null,
      lastSentAt: this.#lastSentAt,
    };
  }

  #advice(problem: Problem | null, before: PortState | null, after: PortState | null): Promise<Advice> {
    const { target, action, signal, progress, lastOpened } = this.#input;
    progress({ kind: 'checking' });
    const steps = this.#sent.map(({ step }) => step);
    const answered = [...this.#answered].toSorted((a, b) => a - b);
    const seen = { address: this.#address, steps, answered, before, after, problem };
    return this.#ports.diagnosis.advise({ target, action, lastOpened, ...seen }, signal);
  }

  #elapsed(): number {
    return this.#ports.clock.monotonic() - this.#start;
  }
}
