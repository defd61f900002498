/** The one state that a host is in, from its newest run and its grants: a shape, a word and a colour follow from it. */
import type { GrantView, ProfileView, RunView, Verdict } from '../../shared/contract/views';
import { verdictTitle } from '../../shared/text/verdict';

export type HostState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'knocking' }
  | { readonly kind: 'open'; readonly until: number }
  | { readonly kind: 'failed'; readonly word: string };

const FAILED: ReadonlySet<Verdict> = new Set<Verdict>(['no-effect', 'nothing-listening', 'error']);

/** @param now milliseconds since the epoch; a grant that has run out by then no longer counts. */
export function hostState(run: RunView | undefined, grant: GrantView | undefined, now: number): HostState {
  if (isRunning(run)) return { kind: 'knocking' };
  if (grant !== undefined && grant.until > now) return { kind: 'open', until: grant.until };
  if (run?.problem?.code === 'cancelled') return { kind: 'idle' };
  const verdict = run?.verdict ?? null;
  return verdict !== null && FAILED.has(verdict)
    ? { kind: 'failed', word: verdictTitle(verdict).toLowerCase() }
    : { kind: 'idle' };
}

export function isRunning(run: RunView | undefined): boolean {
  return run !== undefined && run.phase !== 'done';
}

/** The grant of a profile that lasts longest. */
export function grantOf(grants: readonly GrantView[], profileId: string): GrantView | undefined {
  return grants
    .filter((grant) => grant.profileId === profileId)
    .reduce<GrantView | undefined>((best, one) => (best && best.until >= one.until ? best : one), undefined);
}

/** Whether the profile can send a close knock. A rotating key derives one, a static profile needs it stored, SPA has none. */
export function canClose({ method }: ProfileView): boolean {
  return method.kind === 'rotating' || (method.kind === 'static' && method.hasClose);
}
