/** What follows a knock, as the editor's fields hold it: each kind keeps what was typed while another one is chosen. */
import { assertNever } from '../../../shared/contract/result';
import { afterSchema, type AfterKnock } from '../../../shared/profile/after';

export interface AfterValues {
  after: AfterKnock['kind'];
  afterUrl: string;
  afterArgv: string[];
}

export const NO_AFTER: AfterValues = { after: 'terminal', afterUrl: '', afterArgv: [''] };

export function afterTexts(after: AfterKnock): AfterValues {
  return {
    after: after.kind,
    afterUrl: after.kind === 'url' ? after.url : '',
    afterArgv: after.kind === 'program' ? [...after.argv] : [''],
  };
}

export function toAfter({ after, afterUrl, afterArgv }: AfterValues): AfterKnock {
  switch (after) {
    case 'url':
      return { kind: after, url: afterUrl.trim() };
    case 'program':
      return { kind: after, argv: afterArgv };
    case 'terminal':
    case 'nothing':
      return { kind: after };
    default:
      return assertNever(after);
  }
}

/** Words by argument index; empty when each argument holds by itself. */
export function argumentProblems(argv: readonly string[]): Readonly<Record<number, string>> {
  const problems: Record<number, string> = {};
  const parsed = afterSchema.safeParse({ kind: 'program', argv });
  for (const { path, message } of parsed.error?.issues ?? []) problems[Number(path[1] ?? 0)] ??= message;
  return problems;
}
