/**
 * A whole run: resolve once and pin the address, wait for a usable code, send, probe, try again within bounds, and judge.
 * The run reports its course as {@link RunProgress} values; who shows them decides how much of a step may be seen.
 */
import { ProblemError, toProblem, type Problem } from '../../../shared/contract/result';
import type { PortState, Verdict } from '../../../shared/contract/views';
import { waitBeforeKnock } from '../../../shared/sequence/time';
import type { Step } from '../../../shared/sequence/step';
import { NO_ADVICE, type Advice } from '../../../shared/advice/finding';
import { nextHint } from '../../../shared/text/next-action';
import { verdictSentence } from '../../../shared/text/verdict';
import { ANY_SOURCE } from '../../../shared/spa/source';
import type { Family, LookupFamily } from '../../../shared/profile/profile';
import { abortable } from './abortable';
import { attemptsFor } from './attempts';
import { isMeasurable } from './diagnosis';
import { judge } from './judge';
import { attemptKnock, type AttemptOutcome } from './knock-attempt';
import { planKnock } from './knock-plan';
import { LOOKING_AHEAD, OneTimeRun } from './one-time-run';
import type { RunInput, RunOutcome, RunPorts, SentStep } from './run-course';
import { SpaSource } from './spa-source';

/**
 * How often each step of that second rotating knock is sent: the first had no effect, so packets may be getting lost, and
 * an RKS1 server passes over repeats (docs/protocol.md, 6.6). At 5 % loss two knocks of five single packets would open 95 %.
 * knockd and its like take a repeat for a wrong step, so a fixed sequence is only ever sent as it stands.
 */
const COPIES_OF_REPEATED_CODE = 3;

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
  readonly #source: SpaSource;
  readonly #notes: string[] = [];

  constructor(ports: RunPorts, input: RunInput) {
    this.#ports = ports;
    this.#input = input;
    this.#start = ports.clock.monotonic();
    this.#source = new SpaSource(ports, (text) => this.#note(text));
  }

  async toVerdict(): Promise<RunOutcome> {
    const { target, signal, progress } = this.#input;
    const resolving = this.#ports.resolver.resolve(target.host, lookupFamily(target.family));
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
      addresses: [],
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
    const source =
      target.method.kind === 'spa' && action === 'open'
        ? await this.#source.name(target.method.settings, address, attempt, signal)
        : ANY_SOURCE;
    const moment = { now: clock.now(), random: this.#ports.random, address, source };
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
      addresses: [],
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

/** A run over both families is two of these. */
function lookupFamily(family: Family): LookupFamily {
  if (family === 'both') throw new Error('both families in one run');
  return family;
}
