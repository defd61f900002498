/**
 * What a person is asked before a stored secret is used for something else. The page never sees the secret, so it could
 * not have made such knocks by itself; without this question it could have us make them.
 */
import type { ProfileDraft } from '../../../shared/profile/draft';
import type { Profile } from '../../../shared/profile/profile';
import type { SpaSettings } from '../../../shared/profile/spa';
import { keepsSecret } from '../services/profile-desk';
import type { Question } from './question';

/** Null when nothing of the secret is kept, or it is used as before. @param before the saved profile. */
export function keptSecretQuestion(draft: ProfileDraft, before: Profile): Question | null {
  if (!keepsSecret(draft)) return null;
  const changes = packetChanges(draft, before);
  if (draft.host !== before.host) {
    const moved = `So far it was for ${before.host}. Whoever owns the new host, or watches its network, sees the steps.`;
    return {
      message: `Knock at ${draft.host} with the stored secret of "${before.name}"?`,
      detail: [moved, ...changes].join('\n'),
      yes: 'Change the host',
    };
  }
  if (changes.length === 0) return null;
  return {
    message: `Ask for something else with the stored keys of "${before.name}"?`,
    detail: [...changes, '', 'The server obeys whoever has the keys.'].join('\n'),
    yes: 'Change it',
  };
}

/** What an SPA packet would ask the server for that it did not before, a line each. */
function packetChanges({ method, port }: ProfileDraft, before: Profile): readonly string[] {
  if (method.kind !== 'spa' || before.method.kind !== 'spa') return [];
  const [now, old] = [method.settings, before.method.settings];
  const changes: string[] = [];
  const compare = (what: string, is: string, was: string): void => {
    if (is !== was) changes.push(`${what}: ${is} (so far ${was})`);
  };
  // An echo service has a question of its own, which says what it means.
  if (now.allow.kind !== 'echo') compare('Let in', allowWords(now.allow), allowWords(old.allow));
  compare('Open port', String(port), String(before.port));
  compare('Open too', now.morePorts || 'nothing', old.morePorts || 'nothing');
  compare('Forward to', natWords(now.nat), natWords(old.nat));
  return changes;
}

function allowWords(allow: SpaSettings['allow']): string {
  if (allow.kind === 'fixed') return allow.address;
  return allow.kind === 'echo' ? `whom ${allow.url} sees` : 'the address that the packet comes from';
}

function natWords(nat: SpaSettings['nat']): string {
  if (nat === null) return 'nowhere';
  return nat.kind === 'nat' ? `${nat.host} port ${nat.port}` : `port ${nat.port} of the server`;
}
