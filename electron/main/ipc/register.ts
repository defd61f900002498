/**
 * The way from the renderer into main. Every call goes through the same gate: the sender must be the main frame of our
 * own window on our own origin, the payload must parse, and what comes back is a {@link Result}, never an exception.
 */
import type { IpcMain, IpcMainInvokeEvent, WebContents } from 'electron';
import { APP_ORIGIN, CALL_CHANNEL_PREFIX } from '../../../shared/contract/channels';
import { calls, type CallName, type Handlers } from '../../../shared/contract/ipc';
import { fail, toProblem, type Result } from '../../../shared/contract/result';
import { fieldProblems } from '../../../shared/profile/draft';
import type { Log } from '../ports';

export interface SenderCheck {
  /** The contents of the one window that may call; null while there is none. */
  readonly window: () => WebContents | null;
}

export function registerCalls(
  ipcMain: Pick<IpcMain, 'handle'>,
  handlers: Handlers,
  check: SenderCheck,
  log: Log,
): void {
  for (const name of Object.keys(calls) as CallName[]) {
    ipcMain.handle(`${CALL_CHANNEL_PREFIX}${name}`, async (event, payload: unknown) => {
      if (!trusted(event, check)) {
        log.warn('call refused', { call: name, origin: originOf(event) });
        return fail('refused', 'This page may not call Sallyport.');
      }
      // A call without a payload may arrive as null, depending on what carried it.
      return answer(name, handlers, payload ?? undefined, log);
    });
  }
}

async function answer(
  name: CallName,
  handlers: Handlers,
  payload: unknown,
  log: Log,
): Promise<Result<unknown>> {
  const parsed = calls[name].payload.safeParse(payload);
  if (!parsed.success) {
    const fields = fieldProblems(parsed.error);
    const words = Object.values(fields)[0] ?? 'It is not of the expected shape.';
    return fail('bad-input', words, { fields });
  }
  try {
    const handler = handlers[name] as (payload: unknown) => Promise<Result<unknown>>;
    return await handler(parsed.data);
  } catch (error) {
    const problem = toProblem(error);
    if (problem.code === 'internal') log.error('call failed', { call: name, detail: problem.detail ?? null });
    return { ok: false, error: problem };
  }
}

/** Our own window, its main frame, our own origin: all three. */
function trusted(event: IpcMainInvokeEvent, { window }: SenderCheck): boolean {
  const contents = window();
  return (
    contents !== null &&
    event.sender.id === contents.id &&
    event.senderFrame !== null &&
    event.senderFrame.parent === null &&
    originOf(event) === APP_ORIGIN
  );
}

function originOf(event: IpcMainInvokeEvent): string {
  try {
    const { protocol, host } = new URL(event.senderFrame?.url ?? '');
    return `${protocol}//${host}`;
  } catch {
    return 'none';
  }
}
