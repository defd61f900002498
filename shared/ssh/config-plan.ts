/** What `sallyport ssh-config … --json` says about ssh's configuration, and what a window shows of it. */
import { z } from 'zod';

/** helper/cmd/sallyport/ssh_config_install.go, sshConfigAnswer. */
export const sshConfigPlanSchema = z.object({
  changed: z.boolean(),
  hosts: z.array(z.string()),
  skipped: z.array(z.object({ name: z.string(), reason: z.string() })),
  notes: z.array(z.string()),
  files: z.array(
    z.object({ path: z.string(), action: z.enum(['create', 'change', 'remove', 'keep']), diff: z.string() }),
  ),
});

export type SshConfigPlan = Readonly<z.infer<typeof sshConfigPlanSchema>>;

export interface SshConfigView {
  /** Not there, as the profiles are now, or from before they changed. */
  readonly state: 'absent' | 'current' | 'outdated';
  /** The names that ssh knows, or would. */
  readonly hosts: readonly string[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
  readonly notes: readonly string[];
}

/** @param plan what `show` answered. */
export function sshConfigView({ changed, hosts, skipped, notes, files }: SshConfigPlan): SshConfigView {
  const made = files.some(({ action }) => action === 'create');
  return { state: changed ? (made ? 'absent' : 'outdated') : 'current', hosts, skipped, notes };
}

const MOST_LINES = 30;

/** What would change, short enough for a dialog: each file, and the lines of the person's own one. */
export function planInWords({ hosts, files }: SshConfigPlan): string {
  const names =
    hosts.length > 8 ? `${hosts.slice(0, 8).join(', ')} and ${hosts.length - 8} more` : hosts.join(', ');
  const changes = files.filter(({ action }) => action !== 'keep');
  const parts = changes.map(({ path, action, diff }) =>
    path.endsWith('config') ? `${path}\n${firstLines(diff)}` : `${path}: ${DONE[action]}`,
  );
  return [`For ssh: ${names === '' ? 'no host' : names}.`, ...parts].join('\n\n');
}

const DONE = {
  create: 'will be written',
  change: 'will be written anew',
  remove: 'will be deleted',
  keep: '',
};

function firstLines(text: string): string {
  const lines = text.trimEnd().split('\n');
  return lines.length <= MOST_LINES
    ? lines.join('\n')
    : [...lines.slice(0, MOST_LINES), `… and ${lines.length - MOST_LINES} more lines`].join('\n');
}
