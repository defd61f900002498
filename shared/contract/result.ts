/**
 * What every boundary of the app answers: a value, or a problem in words a person can act on. Expected failures travel
 * as data; only bugs throw.
 */

/** The codes a problem may carry. They are part of docs/control-socket.md. */
export type ProblemCode =
  | 'bad-input'
  | 'not-found'
  | 'conflict'
  | 'too-large'
  | 'bad-line'
  | 'unknown-method'
  | 'keychain-locked'
  | 'keychain-missing'
  | 'keychain-failed'
  | 'unresolvable'
  | 'no-route'
  | 'network'
  | 'no-capability'
  | 'no-terminal'
  | 'cancelled'
  | 'storage'
  | 'refused'
  | 'internal';

export interface Problem {
  readonly code: ProblemCode;
  /** What happened and what is known, as a sentence. */
  readonly message: string;
  /** The one next step. */
  readonly hint?: string;
  /** Raw text for the disclosure: an errno, a library's own words. Never a secret. */
  readonly detail?: string;
  /** Words to show beside a field, by the field's path in the draft (`host`, `method.sequence`). */
  readonly fields?: Readonly<Record<string, string>>;
}

export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Problem };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail(
  code: ProblemCode,
  message: string,
  more: Omit<Problem, 'code' | 'message'> = {},
): { readonly ok: false; readonly error: Problem } {
  return { ok: false, error: { code, message, ...more } };
}

/** A problem on its way through code that throws; {@link toProblem} takes it out again at the boundary. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** Throws `error` as a {@link ProblemError}, or returns the value. */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new ProblemError(result.error);
}

/** The problem that an exception stands for. A bug becomes `internal`, with its text as detail. */
export function toProblem(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    code: 'internal',
    message: 'Sallyport ran into a fault of its own.',
    hint: 'Try again; if it happens twice, report it with the details below.',
    detail: error instanceof Error ? error.message : String(error),
  };
}

/** Proves at compile time that a union was handled to its last member. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
