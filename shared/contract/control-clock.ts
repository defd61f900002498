/** The control socket's message about the clock that this computer's is compared with (control.ts has the rest). */
import { z } from 'zod';
import { clockServerSchema, type ClockServer } from '../advice/clock-server';
import type { Problem } from './result';

export const clockParams = {
  /** Chooses a server, where one is named; then asks the one that is chosen. */
  clock: z.object({ server: clockServerSchema.optional() }),
} as const;

export interface ClockAnswers {
  readonly clock: {
    readonly server: ClockServer;
    /** Null where no server is chosen, or it did not answer. */
    readonly reading: {
      /** How far that clock is ahead of the one here, milliseconds; negative when it is behind. */
      readonly offsetMs: number;
      readonly uncertaintyMs: number;
      readonly text: string;
    } | null;
    /** Why there is no reading of the server that is chosen. */
    readonly problem?: Pick<Problem, 'code' | 'message' | 'hint'>;
  };
}
