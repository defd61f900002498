/**
 * The one contract between main and the renderer: every call with the schema of its payload and the type of its answer,
 * and every event. Both sides' types, the channel names and the test fakes derive from it. No call answers a secret.
 */
import { z } from 'zod';
import { FORMAT_IDS } from '../installer/export-format';
import { exportOptionsSchema } from '../installer/options';
import { call, type Call } from './call';
import { peopleCalls } from './ipc-people';
import { CLOCK_OFF, clockServerSchema } from '../advice/clock-server';
import type { RunRecord } from '../history/record';
import type { ImportReview } from '../exchange/review';
import { importWishSchema, passphraseSchema } from '../exchange/wish';
import { draftSchema } from '../profile/draft';
import { PASSPHRASE } from '../text/passphrase';
import type { SshConfigView } from '../ssh/config-plan';
import type { FoundTerminal } from '../terminal/choice';
import { terminalChoiceSchema } from '../terminal/setting';
import type { Result } from './result';
import type {
  ExportView,
  GrantView,
  NativeHealth,
  Notice,
  PersonKeyView,
  ProfileView,
  RunView,
  SecretsHealth,
  SecretsMove,
  SecretsMoved,
  Settings,
  Snapshot,
} from './views';

const none = z.undefined();
/** Characters of base64, of 4 MiB. */
const LONGEST_PICTURE = 5_592_408;
/** Towards main only; what a new one must be is passphraseProblem's to say. */
const passphrase = z.string().min(1, 'Enter the passphrase.').max(PASSPHRASE.longest);
const profileId = z.object({ id: z.uuid() });

export const settingsSchema = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  terminal: terminalChoiceSchema,
  clockServer: clockServerSchema.default(CLOCK_OFF),
});

export const calls = {
  snapshot: call<Snapshot>()(none),
  createProfile: call<ProfileView>()(z.object({ draft: draftSchema })),
  updateProfile: call<ProfileView>()(z.object({ id: z.uuid(), draft: draftSchema })),
  duplicateProfile: call<ProfileView>()(profileId),
  setFavourite: call<ProfileView>()(z.object({ id: z.uuid(), favourite: z.boolean() })),
  /** Removes it; {@link calls.restoreProfile} takes that back until the app quits. */
  removeProfile: call<null>()(profileId),
  restoreProfile: call<ProfileView>()(profileId),
  /** Opens a window of its own after a native confirmation; the answer tells only whether it was shown. */
  revealSecret: call<{ readonly shown: boolean }>()(profileId),
  /** Starts a run and answers when it has ended; `runChanged` tells its course. */
  knock: call<RunView>()(z.object({ id: z.uuid(), action: z.enum(['open', 'close']) })),
  /** Knock, and start the terminal once the port is reachable. */
  connect: call<RunView>()(profileId),
  cancelRun: call<null>()(profileId),
  /** The kept runs of a profile, the newest first. */
  runHistory: call<readonly RunRecord[]>()(profileId),
  /** {@link calls.restoreHistory} takes it back until the app quits. */
  clearHistory: call<null>()(profileId),
  restoreHistory: call<null>()(profileId),
  /** Asks natively where to; the path is null when the person declined. */
  exportHistory: call<{ readonly path: string | null }>()(profileId),
  /** Puts on the clipboard what may be shown to others: no name, no address, no secret. */
  copyDiagnostics: call<null>()(profileId),
  copySshCommand: call<null>()(profileId),
  saveSettings: call<Settings>()(settingsSchema),
  /** Opens the terminal with a command that reports back; fails with the terminal's words when none does in time. */
  testTerminal: call<{ readonly program: string; readonly ms: number }>()(none),
  /** How our hosts stand in ssh's configuration, after they were put in or taken out; both are asked natively first. */
  sshConfig: call<SshConfigView>()(z.object({ action: z.enum(['show', 'install', 'remove']) })),
  /** The known terminals that are installed; the first one is what `auto` starts. */
  findTerminals: call<readonly FoundTerminal[]>()(none),
  /** Moves all secrets to another store after a native confirmation; `secretsMoving` tells its course. */
  moveSecrets: call<SecretsMoved>()(
    z.object({ to: z.enum(['os', 'passphrase', 'session']), passphrase: passphrase.optional() }),
  ),
  unlockVault: call<null>()(z.object({ passphrase })),
  lockVault: call<null>()(none),
  changePassphrase: call<null>()(z.object({ current: passphrase, next: passphrase })),
  /** Makes a new secret and shows it as {@link calls.revealSecret} does; the old one stays in use. */
  prepareRekey: call<{ readonly shown: boolean }>()(profileId),
  /** Puts the new secret in the old one's place, or drops it, after a native confirmation. */
  finishRekey: call<ProfileView>()(z.object({ id: z.uuid(), use: z.boolean() })),
  recheckHealth: call<{ readonly secrets: SecretsHealth; readonly native: NativeHealth }>()(none),
  /** Asks natively whether and where to, and writes the file there for its user alone. The page gets its hash only. */
  exportInstaller: call<ExportView>()(
    z.object({ id: z.uuid(), format: z.enum(FORMAT_IDS), options: exportOptionsSchema }),
  ),
  /** Reads ~/.ssh/config. A review has no secret in it; nothing is saved before {@link calls.importApply}. */
  importSshConfig: call<ImportReview>()(none),
  /** Asks natively for the file; null when the person declined. */
  importFile: call<ImportReview | null>()(none),
  importText: call<ImportReview>()(
    z.object({ text: z.string().min(1, 'Paste a profile link or the text of a file.').max(65_536) }),
  ),
  /** The QR code in a pasted picture. */
  importPicture: call<ImportReview>()(
    z.object({ png: z.base64('The picture is damaged.').max(LONGEST_PICTURE, 'The picture is too large.') }),
  ),
  importUnlock: call<ImportReview>()(z.object({ id: z.string().max(64), passphrase: passphraseSchema })),
  importApply: call<readonly ProfileView[]>()(importWishSchema),
  importDrop: call<null>()(z.object({ id: z.string().max(64) })),
  /** Asks natively where to, and before that whether secrets shall go along; null when the person declined. */
  exportProfiles: call<{
    readonly path: string;
    readonly profiles: number;
    readonly withoutSecret: readonly string[];
  } | null>()(z.object({ ids: z.array(z.uuid()).min(1).max(2000), passphrase: passphraseSchema.nullable() })),
  /** As {@link calls.revealSecret}. */
  showQr: call<{ readonly shown: boolean }>()(profileId),
  /** Asks natively, then starts the person's terminal, where the command line installs and asks before it does. */
  installOverSsh: call<null>()(z.object({ id: z.uuid(), options: exportOptionsSchema })),
  ...peopleCalls,
  dismissNotice: call<null>()(z.object({ id: z.string().max(64) })),
} as const;

export interface Events {
  readonly profilesChanged: readonly ProfileView[];
  readonly runChanged: RunView;
  readonly historyChanged: { readonly profileId: string; readonly runs: readonly RunRecord[] };
  readonly grantsChanged: readonly GrantView[];
  readonly healthChanged: { readonly secrets: SecretsHealth; readonly native: NativeHealth };
  /** Null when a move has ended. */
  readonly secretsMoving: SecretsMove | null;
  /** Null when it is put away. */
  readonly personKeyChanged: { readonly profileId: string; readonly key: PersonKeyView | null };
  readonly noticesChanged: readonly Notice[];
  readonly settingsChanged: Settings;
  /** Main offers an import for review (from a link). */
  readonly importOffered: ImportReview;
  /** Main asks the window to show a profile, or where its server is set up (from the tray or a link). */
  readonly profileAsked: { readonly id: string; readonly pane?: 'server' };
}

export type Calls = typeof calls;
export type CallName = keyof Calls;
export type Payload<N extends CallName> = z.input<Calls[N]['payload']>;
export type ParsedPayload<N extends CallName> = z.output<Calls[N]['payload']>;
export type Answer<N extends CallName> = Calls[N] extends Call<z.ZodType, infer R> ? R : never;
export type EventName = keyof Events;
export type EventMessage = { [N in EventName]: { readonly name: N; readonly value: Events[N] } }[EventName];

/** Main's side: one handler per call, no more and no fewer. */
export type Handlers = {
  readonly [N in CallName]: (payload: ParsedPayload<N>) => Promise<Result<Answer<N>>>;
};

/** The renderer's side. Calls without a payload take no argument. */
export type Client = {
  readonly [N in CallName]: Payload<N> extends undefined
    ? () => Promise<Result<Answer<N>>>
    : (payload: Payload<N>) => Promise<Result<Answer<N>>>;
};

/** What the preload puts on `window.sallyport`. */
export interface PreloadApi {
  invoke(name: CallName, payload: unknown): Promise<unknown>;
  /** Answers the function that stops listening. */
  on(listener: (message: EventMessage) => void): () => void;
}
