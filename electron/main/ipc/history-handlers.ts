/** What the window can ask about the runs of a profile. */
import type { Handlers } from '../../../shared/contract/ipc';
import { ok } from '../../../shared/contract/result';
import { diagnostics } from '../../../shared/history/diagnostics';
import type { Services } from '../compose';
import { profileView } from '../services/profile-views';
import type { WindowActions } from './handlers';

type HistoryCalls = Pick<
  Handlers,
  'runHistory' | 'clearHistory' | 'restoreHistory' | 'exportHistory' | 'copyDiagnostics'
>;

export function historyHandlers(
  { profiles, ports, history, runViews, clock }: Services,
  { save, copy, version, platform }: WindowActions,
): HistoryCalls {
  return {
    runHistory: async ({ id }) => ok(await history.of(profiles.get(id).id)),
    clearHistory: async ({ id }) => {
      await history.clear(profiles.get(id).id);
      return ok(null);
    },
    restoreHistory: async ({ id }) => {
      await history.restore(profiles.get(id).id);
      return ok(null);
    },
    exportHistory: async ({ id }) => {
      const { name, host, port } = profiles.get(id);
      const exportedAt = new Date(clock.now()).toISOString();
      const runs = await history.of(id);
      const text = `${JSON.stringify({ profile: { name, host, port }, exportedAt, runs }, null, 2)}\n`;
      const path = await save(
        historyFileName(name, exportedAt),
        new TextEncoder().encode(text),
        'Save the history',
      );
      return ok({ path });
    },
    copyDiagnostics: async ({ id }) => {
      const profile = profileView(profiles.get(id), ports.lists);
      const facts = { version, platform, profile, run: runViews.get(id), history: await history.of(id) };
      await copy(diagnostics(facts));
      return ok(null);
    },
  };
}

/** A name may hold what a file name may not. */
function historyFileName(name: string, exportedAt: string): string {
  const plain = name.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[.-]+/, '');
  return `sallyport-history-${plain === '' ? 'profile' : plain}-${exportedAt.slice(0, 10)}.json`;
}
