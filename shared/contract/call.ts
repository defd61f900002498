/** One call of the window: the schema of its payload, and the type of its answer. */
import type { z } from 'zod';

export interface Call<P extends z.ZodType, R> {
  readonly payload: P;
  /** Exists in types only. */
  readonly answer?: R;
}

export function call<R>() {
  return <P extends z.ZodType>(payload: P): Call<P, R> => ({ payload });
}
