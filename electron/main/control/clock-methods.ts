/** The control socket's method about the clock: the same choice as in the app's settings, for who has no window. */
import { clockServerName } from '../../../shared/advice/clock-server';
import { clockWords } from '../../../shared/advice/clock';
import { ProblemError } from '../../../shared/contract/result';
import type { Services } from '../compose';
import type { ControlMethods } from './connection';

/** A person waits for this, so it may take longer than in the middle of a run. */
const PATIENCE_MS = 5000;

export function clockMethods({ settings, times }: Services): Pick<ControlMethods, 'clock'> {
  return {
    clock: async ({ server: wish }, { signal }) => {
      if (wish !== undefined) await settings.save({ ...settings.get(), clockServer: wish });
      const server = settings.get().clockServer;
      if (server.kind === 'off') return { server, reading: null };
      try {
        const { offsetMs, uncertaintyMs } = await times.ask(
          server,
          AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
        );
        const text = clockWords({ offsetMs, uncertaintyMs, against: clockServerName(server) });
        return { server, reading: { offsetMs, uncertaintyMs, text } };
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ProblemError)) throw error;
        const { code, message, hint } = error.problem;
        return { server, reading: null, problem: { code, message, ...(hint === undefined ? {} : { hint }) } };
      }
    },
  };
}
