/** What a run is given, what it tells on its way, and what it ends with. */
import type { Advice } from '../../../shared/advice/finding';
import type { LastOpened } from '../../../shared/advice/network';
import type { Problem } from '../../../shared/contract/result';
import type { AddressView, PortState, Verdict } from '../../../shared/contract/views';
import type { Action } from '../../../shared/sequence/rks1';
import type { Step } from '../../../shared/sequence/step';
import type { EchoServices, Randomness, Resolver, Routes } from '../ports';
import type { Diagnosis } from './diagnosis';
import type { Wire } from './knock-attempt';
import type { KnockTarget } from './knock-plan';
import type { UsedCounters } from './used-counters';
import type { UsedLines } from './used-lines';

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
  /** Each of both families' addresses with what became of it; empty in a run over one. */
  readonly addresses: readonly AddressView[];
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
  readonly routes: Routes;
  readonly echo: EchoServices;
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
