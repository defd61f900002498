/** How a knock goes and how it ended, as the control socket tells it (docs/control-socket.md). */
import type { Certainty, Finding } from '../advice/finding';
import type { ProblemCode } from './result';
import type { AddressView, PortState, Verdict } from './views';

export type ControlCheck = Pick<Finding, 'kind' | 'text'> & { readonly result: Certainty };

/** What should be known of a method that came with a request. */
export interface MethodAdvice {
  /** Whole bits that guessing it costs (docs/advice.md); missing where it has a key and no sequence. */
  readonly strengthBits?: number;
  /** Sentences, the most serious first; missing when there is none. */
  readonly warnings?: readonly string[];
}

/** What `sallyport knock --json` prints. */
export interface KnockReport extends MethodAdvice {
  readonly verdict: Verdict;
  readonly address: string | null;
  readonly before: PortState | null;
  readonly after: PortState | null;
  readonly steps: readonly { readonly step: string; readonly sentMs: number }[];
  readonly elapsedMs: number;
  readonly message: string;
  /** Sentences, the likeliest first. */
  readonly causes?: readonly string[];
  /** What was measured for them. */
  readonly checks?: readonly ControlCheck[];
  /** Of a knock over both families. */
  readonly addresses?: readonly AddressView[];
  readonly notes?: readonly string[];
  /** With the verdict `error`: what an error answer has. */
  readonly code?: ProblemCode;
  readonly exit?: number;
  /** The one next step, where there is one. */
  readonly hint?: string;
}

export type ControlEvent =
  | { readonly kind: 'resolved'; readonly address: string }
  | { readonly kind: 'waiting'; readonly ms: number; readonly why: string }
  | {
      readonly kind: 'step';
      readonly index: number;
      readonly of: number;
      readonly step: string;
      readonly sentMs: number;
    }
  | { readonly kind: 'before' | 'after'; readonly state: PortState }
  | { readonly kind: 'checking' }
  | { readonly kind: 'moved'; readonly done: number; readonly of: number }
  | { readonly kind: 'retry'; readonly attempt: number; readonly of: number }
  /** The next bytes of a file. */
  | { readonly kind: 'part'; readonly base64: string }
  | { readonly kind: 'note'; readonly text: string };
