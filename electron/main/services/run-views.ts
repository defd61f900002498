/**
 * The newest run of each profile as the renderer may see it: a static step without its port, a rotating one once it was
 * sent. This is the place that keeps secrets from the screen.
 */
import { NO_ADVICE } from '../../../shared/advice/finding';
import { assertNever } from '../../../shared/contract/result';
import type { RunView, StepView } from '../../../shared/contract/views';
import type { Method } from '../../../shared/profile/profile';
import type { Step } from '../../../shared/sequence/step';
import { Emitter } from './emitter';
import type { RunOutcome } from './run-course';
import type { RunDesk, RunEvent } from './run-desk';

export class RunViews {
  readonly changed = new Emitter<RunView>();
  readonly #views = new Map<string, RunView>();

  constructor(runs: RunDesk) {
    runs.events.on((event) => {
      const view = nextView(this.#views.get(event.profile.id), event);
      this.#views.set(event.profile.id, view);
      this.changed.emit(view);
    });
  }

  list(): readonly RunView[] {
    return [...this.#views.values()];
  }

  get(profileId: string): RunView | null {
    return this.#views.get(profileId) ?? null;
  }

  forget(profileId: string): void {
    this.#views.delete(profileId);
  }
}

function nextView(previous: RunView | undefined, event: RunEvent): RunView {
  const { change, profile } = event;
  const view = previous?.id === event.runId ? previous : startView(event);
  switch (change.kind) {
    case 'started':
      return view;
    case 'resolved':
      // Over both families the second begins anew.
      return { ...view, address: change.address, before: null, steps: [], phase: 'sending' };
    case 'waiting':
      return { ...view, phase: 'waiting', waiting: { why: change.why, until: change.until } };
    case 'attempt': {
      const steps = change.steps.map((step): StepView => ({
        protocol: step.kind,
        label: null,
        sentMs: null,
      }));
      return {
        ...view,
        phase: 'sending',
        waiting: null,
        attempt: change.attempt,
        attempts: change.of,
        steps,
      };
    }
    case 'step': {
      const label = isSecret(profile.method) ? null : stepLabel(change.step);
      const sent: StepView = { protocol: change.step.kind, label, sentMs: change.sentMs };
      return { ...view, steps: view.steps.map((step, index) => (index === change.index ? sent : step)) };
    }
    case 'before':
      return { ...view, before: change.state };
    case 'note':
      return { ...view, notes: [...view.notes, change.text] };
    case 'probing':
    case 'checking':
      return { ...view, phase: change.kind };
    case 'ended':
      return endedView(view, change.outcome);
    case 'cancelled':
      return {
        ...view,
        phase: 'done',
        waiting: null,
        verdict: 'error',
        message: 'The knock was cancelled.',
        problem: { code: 'cancelled', message: 'The knock was cancelled.' },
      };
    default:
      return assertNever(change);
  }
}

function startView({ runId, profile, action, startedAt }: RunEvent): RunView {
  return {
    id: runId,
    profileId: profile.id,
    action,
    phase: 'resolving',
    address: null,
    addresses: [],
    port: profile.port,
    before: null,
    after: null,
    steps: [],
    attempt: 1,
    attempts: 1,
    waiting: null,
    verdict: null,
    message: null,
    advice: NO_ADVICE,
    notes: [],
    problem: null,
    startedAt,
    elapsedMs: null,
  };
}

function endedView(view: RunView, outcome: RunOutcome): RunView {
  const { address, addresses, before, after, verdict, message, advice, notes, problem, elapsedMs } = outcome;
  return {
    ...view,
    phase: 'done',
    waiting: null,
    address,
    addresses,
    before,
    after,
    verdict,
    message,
    advice,
    notes,
    problem,
    elapsedMs,
  };
}

/** A step of a sequence that works again; a line of a one-time list does until the server has used it. */
function isSecret({ kind }: Method): boolean {
  return kind === 'static' || kind === 'one-time';
}

function stepLabel(step: Step): string {
  return step.kind === 'icmp' ? `${step.payload} B icmp` : `${step.port} ${step.kind}`;
}
