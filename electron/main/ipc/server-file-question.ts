/** What a person is asked before a server's setup leaves the app: the page chose its options, and cannot agree to them. */
import type { ExportOptions } from '../../../shared/installer/options';
import type { Question } from './question';

/** Null when the file holds no secret and lets nobody in without a knock. */
export function serverFileQuestion(
  name: string,
  { allow }: Pick<ExportOptions, 'allow'>,
  holdsSecrets: boolean,
  goal: 'save' | 'install',
): Question | null {
  if (!holdsSecrets && allow.length === 0) return null;
  const words = [
    ...(holdsSecrets ? ['The file holds the secret: whoever reads it can open this door.'] : []),
    ...(allow.length > 0 ? [`These get in without a knock: ${allow.join(', ')}`] : []),
  ];
  return {
    message:
      goal === 'save'
        ? `Write the server’s setup of "${name}" to a file?`
        : `Install on the server of "${name}" over SSH?`,
    detail: words.join('\n'),
    yes: goal === 'save' ? 'Write it' : 'Install',
  };
}
