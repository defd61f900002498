/** From runs and profiles to what the command line is told. Its user sees the steps: they are that user's own. */
import type { Finding } from '../../../shared/advice/finding';
import type { ControlProfile } from '../../../shared/contract/control';
import type { ControlCheck, ControlEvent, KnockReport } from '../../../shared/contract/control-report';
import { exitCode } from '../../../shared/contract/exit-code';
import type { GrantView, RunView } from '../../../shared/contract/views';
import type { Profile } from '../../../shared/profile/profile';
import { formatStep } from '../../../shared/sequence/step';
import type { RunOutcome, RunProgress } from '../services/run-course';
import { linesLeft } from '../services/profile-views';
import type { UsedLines } from '../services/used-lines';

export function knockReport(outcome: RunOutcome): KnockReport {
  const {
    verdict,
    address,
    addresses,
    before,
    after,
    sent,
    elapsedMs,
    message,
    advice,
    notes,
    hint,
    problem,
  } = outcome;
  const steps = sent.map(({ step, sentMs }) => ({ step: formatStep(step), sentMs: rounded(sentMs) }));
  const { causes, checks } = advice;
  return {
    verdict,
    address,
    before,
    after,
    steps,
    elapsedMs: rounded(elapsedMs),
    message,
    ...(causes.length > 0 ? { causes: causes.map(({ text }) => text) } : {}),
    ...(checks.length > 0 ? { checks: checks.map(controlCheck) } : {}),
    ...(addresses.length > 0 ? { addresses } : {}),
    ...(notes.length > 0 ? { notes } : {}),
    ...(problem === null ? {} : { code: problem.code, exit: exitCode(problem) }),
    ...(hint === null ? {} : { hint }),
  };
}

function controlCheck({ kind, certainty, text }: Finding): ControlCheck {
  return { kind, result: certainty, text };
}

/** The event that a progress is told as; null for what the answer tells anyway. */
export function controlEvent(progress: RunProgress): ControlEvent | null {
  switch (progress.kind) {
    case 'resolved':
      return { kind: 'resolved', address: progress.address };
    case 'waiting':
      return { kind: 'waiting', ms: Math.round(progress.ms), why: progress.why };
    case 'attempt':
      return progress.attempt > 1 ? { kind: 'retry', attempt: progress.attempt, of: progress.of } : null;
    case 'step':
      return {
        kind: 'step',
        index: progress.index,
        of: progress.of,
        step: formatStep(progress.step),
        sentMs: rounded(progress.sentMs),
      };
    case 'before':
      return { kind: 'before', state: progress.state };
    case 'note':
      return { kind: 'note', text: progress.text };
    case 'probing':
      return null;
    case 'checking':
      return { kind: 'checking' };
  }
}

export function controlProfile(
  profile: Profile,
  grant: GrantView | null,
  run: RunView | null,
  lists: UsedLines,
  now: number,
): ControlProfile {
  const { id, name, host, port, user, group, favourite, openFor, after, method } = profile;
  return {
    id,
    name,
    host,
    port,
    user,
    method: method.kind,
    ...(method.kind === 'one-time' ? { linesLeft: linesLeft(method, lists) } : {}),
    group,
    favourite,
    openFor,
    after: after.kind,
    state: profileState(grant, run),
    closesInMs: grant === null ? null : Math.max(0, Math.round(grant.until - now)),
  };
}

function profileState(grant: GrantView | null, run: RunView | null): ControlProfile['state'] {
  if (run !== null && run.phase !== 'done') return 'knocking';
  if (grant !== null) return 'open';
  if (run?.problem?.code === 'cancelled') return 'idle';
  return run?.verdict === 'error' || run?.verdict === 'no-effect' ? 'failed' : 'idle';
}

function rounded(ms: number): number {
  return Math.round(ms * 100) / 100;
}
