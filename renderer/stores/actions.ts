/**
 * What a person can ask for, each as one function: it calls main, and puts what failed where it will be seen. The state
 * itself comes back through events.
 */
import type { Client, Payload } from '../../shared/contract/ipc';
import type { Problem, Result } from '../../shared/contract/result';
import type { ProfileView, Settings } from '../../shared/contract/views';
import type { Action } from '../../shared/sequence/rks1';
import { withProfile, withRun, type CacheStore } from './cache';
import type { Navigation } from './navigation';
import type { UiStore } from './ui';

export interface Toast {
  readonly message: string;
  /** Takes back what was done; null when there is nothing to take back. */
  readonly undo: (() => void) | null;
}

export interface ActionPorts {
  readonly client: Client;
  readonly cache: CacheStore;
  readonly ui: UiStore;
  readonly navigation: Navigation;
  readonly toast: (toast: Toast) => void;
}

export type Actions = ReturnType<typeof createActions>;

export function createActions({ client, cache, ui, navigation, toast }: ActionPorts) {
  /** What was removed and can still be brought back, the newest last. */
  let removed: readonly ProfileView[] = [];

  const say = (said: string) => ui.setState({ said });
  const report = (about: string | null, problem: Problem) => {
    if (problem.code !== 'cancelled') ui.setState({ problem: { about, problem } });
  };
  /** Runs a call; answers its value, or null after reporting what failed. */
  const asked = async <T>(about: string | null, call: Promise<Result<T>>): Promise<T | null> => {
    ui.setState({ problem: null });
    const result = await call;
    if (result.ok) return result.value;
    report(about, result.error);
    return null;
  };
  const keep = (profile: ProfileView) => cache.setState((state) => withProfile(state, profile));

  const restore = async (id = removed.at(-1)?.id) => {
    if (id === undefined || !removed.some((one) => one.id === id)) return;
    const profile = await asked(null, client.restoreProfile({ id }));
    if (profile === null) return;
    removed = removed.filter((one) => one.id !== id);
    keep(profile);
    navigation.show(id);
    say(`${profile.name} is back.`);
  };

  return {
    say,
    /** Tells what is done and cannot be seen. */
    tell: (message: string) => toast({ message, undo: null }),
    async knock(id: string, action: Action) {
      const run = await asked(id, client.knock({ id, action }));
      if (run !== null) cache.setState((state) => withRun(state, run));
    },
    async connect(id: string) {
      const run = await asked(id, client.connect({ id }));
      if (run !== null) cache.setState((state) => withRun(state, run));
    },
    async cancel(id: string) {
      await asked(id, client.cancelRun({ id }));
    },
    async setFavourite(id: string, favourite: boolean) {
      const profile = await asked(id, client.setFavourite({ id, favourite }));
      if (profile !== null) keep(profile);
    },
    async duplicate(id: string) {
      const copy = await asked(id, client.duplicateProfile({ id }));
      if (copy === null) return;
      keep(copy);
      navigation.edit(copy.id);
      say(`${copy.name} was made.`);
    },
    async copySshCommand(id: string) {
      ui.setState({ problem: null });
      const answer = await client.copySshCommand({ id });
      if (answer.ok) toast({ message: 'The ssh command is on the clipboard.', undo: null });
      else report(id, answer.error);
    },
    async copyDiagnostics(id: string) {
      ui.setState({ problem: null });
      const answer = await client.copyDiagnostics({ id });
      if (!answer.ok) return report(id, answer.error);
      toast({
        message: 'Diagnostics are on the clipboard, without names, addresses or secrets.',
        undo: null,
      });
    },
    async exportHistory(id: string) {
      const saved = await asked(id, client.exportHistory({ id }));
      if (saved?.path != null) toast({ message: `The history was saved as ${saved.path}.`, undo: null });
    },
    async clearHistory({ id, name }: ProfileView) {
      ui.setState({ problem: null });
      const answer = await client.clearHistory({ id });
      if (!answer.ok) return report(id, answer.error);
      const undo = () => void asked(id, client.restoreHistory({ id }));
      toast({ message: `The history of ${name} was cleared.`, undo });
      say(`The history of ${name} was cleared.`);
    },
    async prepareRekey(id: string) {
      await asked(id, client.prepareRekey({ id }));
    },
    async finishRekey(id: string, use: boolean) {
      const profile = await asked(id, client.finishRekey({ id, use }));
      if (profile === null) return;
      keep(profile);
      say(use ? 'The new secret is in use.' : 'The new secret was dropped.');
    },
    async showQr(id: string) {
      await asked(id, client.showQr({ id }));
    },
    /** Reads, and shows what it would become. */
    async importSshConfig() {
      const review = await asked(null, client.importSshConfig());
      if (review !== null) navigation.review(review);
    },
    async importFile() {
      const review = await asked(null, client.importFile());
      if (review !== null) navigation.review(review);
    },
    async importText(text: string): Promise<Problem | null> {
      const result = await client.importText({ text });
      if (!result.ok) return result.error;
      navigation.review(result.value);
      return null;
    },
    /** @param png base64. */
    async importPicture(png: string): Promise<Problem | null> {
      const result = await client.importPicture({ png });
      if (!result.ok) return result.error;
      navigation.review(result.value);
      return null;
    },
    async importUnlock(id: string, passphrase: string): Promise<Problem | null> {
      const result = await client.importUnlock({ id, passphrase });
      if (!result.ok) return result.error;
      navigation.review(result.value);
      return null;
    },
    async importApply(wish: Payload<'importApply'>): Promise<Problem | null> {
      const result = await client.importApply(wish);
      if (!result.ok) return result.error;
      for (const profile of result.value) keep(profile);
      const words = count(result.value.length, 'host was', 'hosts were');
      toast({ message: `${words} imported.`, undo: null });
      say(`${words} imported.`);
      navigation.leave(result.value[0]?.id);
      return null;
    },
    /** Leaves a review; main forgets what it had read. */
    async importDrop(id: string) {
      navigation.leave();
      await asked(null, client.importDrop({ id }));
    },
    /** Null when it is written, or the person declined. */
    async exportProfiles(ids: readonly string[], passphrase: string | null): Promise<Problem | null> {
      const result = await client.exportProfiles({ ids: [...ids], passphrase });
      if (!result.ok) return result.error.code === 'cancelled' ? null : result.error;
      if (result.value === null) return null;
      const { path, profiles, withoutSecret } = result.value;
      const lacking =
        withoutSecret.length === 0 ? '' : ` No secret is stored for ${withoutSecret.join(', ')}.`;
      const message = `${count(profiles, 'host was', 'hosts were')} written to ${path}.${lacking}`;
      toast({ message, undo: null });
      say(message);
      navigation.leave();
      return null;
    },
    async reveal(id: string) {
      await asked(id, client.revealSecret({ id }));
    },
    /** @param next the profile to show in its place. */
    async remove(profile: ProfileView, next: string | null) {
      ui.setState({ problem: null });
      const answer = await client.removeProfile({ id: profile.id });
      if (!answer.ok) {
        report(profile.id, answer.error);
        return;
      }
      removed = [...removed, profile];
      cache.setState((state) => ({ profiles: state.profiles.filter(({ id }) => id !== profile.id) }));
      navigation.leave(next);
      toast({ message: `${profile.name} was removed.`, undo: () => void restore(profile.id) });
      say(`${profile.name} was removed. Undo brings it back.`);
    },
    /** Brings back one removed profile, the newest unless told. */
    restore,
    async saveSettings(settings: Settings): Promise<Problem | null> {
      const { theme, terminal, clockServer } = settings;
      const result = await client.saveSettings({
        theme,
        terminal: terminal.kind === 'custom' ? { ...terminal, argv: [...terminal.argv] } : terminal,
        clockServer,
      });
      if (!result.ok) return result.error;
      cache.setState({ settings: result.value });
      return null;
    },
    async recheckHealth() {
      const health = await asked(null, client.recheckHealth());
      if (health !== null) cache.setState(health);
      return health;
    },
    async dismissNotice(id: string) {
      await asked(null, client.dismissNotice({ id }));
    },
  };
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
