/** The window's calls for imports and exports. Files are read and written here, after a native dialog. */
import { join } from 'node:path';
import type { Handlers } from '../../../shared/contract/ipc';
import { fail, ok } from '../../../shared/contract/result';
import type { Services } from '../compose';
import { profileView } from '../services/profile-views';
import type { Question } from './question';

export interface ExchangeActions {
  /** Asks in a native dialog, which the page can neither see nor click. */
  readonly confirm: (question: Question) => Promise<boolean>;
  /** Asks natively where a file shall go and writes it, readable by its user only. The path, or null when declined. */
  readonly save: (suggestedName: string, bytes: Uint8Array, title?: string) => Promise<string | null>;
  /** Asks natively for a file to read; null when declined. */
  readonly open: (title: string) => Promise<string | null>;
  /** Asks natively, then shows the profile's QR code in a window of its own; false when the person declined. */
  readonly showQr: (profileId: string) => Promise<boolean>;
}

type ExchangeCall =
  | 'importSshConfig'
  | 'importFile'
  | 'importText'
  | 'importPicture'
  | 'importUnlock'
  | 'importApply'
  | 'importDrop'
  | 'exportProfiles'
  | 'showQr';

export function exchangeHandlers(
  { imports, exports, profiles, documents, ports }: Services,
  actions: ExchangeActions,
): Pick<Handlers, ExchangeCall> {
  return {
    importSshConfig: async () =>
      ok(await imports.read({ kind: 'file', path: join(documents.home, '.ssh', 'config') }, 'ssh')),
    importFile: async () => {
      const path = await actions.open('Choose a file to import');
      return ok(path === null ? null : await imports.read({ kind: 'file', path }));
    },
    importText: async ({ text }) => ok(await imports.read({ kind: 'text', text, from: 'pasted text' })),
    importPicture: async ({ png }) => {
      const text = await documents.pictured(Buffer.from(png, 'base64'), 'the pasted picture');
      return ok(await imports.read({ kind: 'text', text, from: 'pasted picture' }));
    },
    importUnlock: async ({ id, passphrase }) => ok(await imports.unlock(id, passphrase)),
    importApply: async (wish) =>
      ok((await imports.apply(wish)).map((profile) => profileView(profile, ports.lists))),
    importDrop: async ({ id }) => {
      imports.drop(id);
      return ok(null);
    },
    exportProfiles: async ({ ids, passphrase }) => {
      const chosen = ids.map((id) => profiles.get(id));
      // The page chooses the passphrase, so a person must mean it that secrets go into a file at all.
      if (passphrase !== null) {
        const agreed = await actions.confirm({
          message: `Write the secrets of ${chosen.length === 1 ? `"${chosen[0]?.name}"` : `${chosen.length} profiles`} to a file?`,
          detail:
            'They are sealed under the passphrase that was typed. Whoever has both the file and the passphrase can open these doors.',
          yes: 'Write them',
        });
        if (!agreed) return fail('cancelled', 'Nothing was exported.');
      }
      const { text, withoutSecret } = await exports.file(chosen, passphrase);
      const bytes = new TextEncoder().encode(text);
      const path = await actions.save('sallyport-profiles.json', bytes, 'Export profiles');
      return ok(path === null ? null : { path, profiles: chosen.length, withoutSecret });
    },
    showQr: async ({ id }) => ok({ shown: await actions.showQr(id) }),
  };
}
