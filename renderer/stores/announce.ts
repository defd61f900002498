/** What the live region says as a run goes on: its turns, not each of its steps. */
import type { RunView } from '../../shared/contract/views';
import { verdictTitle } from '../../shared/text/verdict';

/** Words for the change from `before` to `run`; null when nothing is worth interrupting for. */
export function announcement(before: RunView | undefined, run: RunView, name: string): string | null {
  const started = before?.id !== run.id;
  if (run.phase === 'done') {
    if (!started && before.phase === 'done') return null;
    const title = run.verdict === null ? 'Ended' : verdictTitle(run.verdict);
    return run.problem?.code === 'cancelled'
      ? `${name}: cancelled.`
      : `${name}: ${title}. ${run.message ?? ''}`.trim();
  }
  if (started) return run.action === 'open' ? `Knocking on ${name}.` : `Closing the door of ${name}.`;
  if (run.attempt > before.attempt) return `Try ${run.attempt} of ${run.attempts}.`;
  if (run.phase === before.phase) return null;
  if (run.phase === 'waiting') return run.waiting?.why ?? null;
  if (run.phase === 'probing' && run.port !== null) {
    const sent = run.steps.filter(({ sentMs }) => sentMs !== null).length;
    return `${sent} ${sent === 1 ? 'step' : 'steps'} sent. Looking at port ${run.port}.`;
  }
  return null;
}
