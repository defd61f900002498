import { Button } from '@mantine/core';
import { useId, useState } from 'react';
import { ActButton } from '../../components/ActButton';
import { useApp, useCache } from '../../stores/app';
import { assertNever } from '../../../shared/contract/result';
import type { ProfileView, RunView } from '../../../shared/contract/views';
import { serverCheck } from '../../../shared/text/next-action';
import classes from './Run.module.css';

interface Props {
  readonly profile: ProfileView;
  /** One that has ended. */
  readonly run: RunView;
}

type Act = 'connect' | 'copy-ssh' | 'again' | 'diagnostics' | 'clock' | 'settings';

const LABELS: Readonly<Record<Act, string>> = {
  connect: 'Connect',
  'copy-ssh': 'Copy ssh command',
  again: 'Knock again',
  diagnostics: 'Copy diagnostics',
  clock: 'Choose a time server',
  settings: 'Open settings',
};

/** What to do with a verdict: one row of buttons, and what to run on the server where only the server knows more. */
export function NextActions({ profile, run }: Props) {
  const { actions, navigation } = useApp();
  const clockOff = useCache(({ settings }) => settings.clockServer.kind === 'off');
  const [open, setOpen] = useState(false);
  const commandsId = useId();
  const { id, method } = profile;
  const check =
    run.verdict === null ? null : serverCheck({ verdict: run.verdict, method: method.kind, port: run.port });
  const acts = actsOf(run, profile, clockOff);
  if (acts.length === 0 && check === null) return null;
  const act = (which: Act): void => {
    switch (which) {
      case 'connect':
        return void actions.connect(id);
      case 'copy-ssh':
        return void actions.copySshCommand(id);
      case 'again':
        return void actions.knock(id, run.action);
      case 'diagnostics':
        return void actions.copyDiagnostics(id);
      case 'clock':
      case 'settings':
        return navigation.settings();
      default:
        return assertNever(which);
    }
  };
  return (
    <div className={classes.next}>
      <div className={classes.nextButtons}>
        {check !== null && (
          <Button
            size="xs"
            variant="default"
            aria-expanded={open}
            aria-controls={commandsId}
            onClick={() => setOpen(!open)}
          >
            {check.label}
          </Button>
        )}
        {acts.map((which) => (
          <ActButton key={which} size="xs" variant="default" busy={false} onAct={() => act(which)}>
            {LABELS[which]}
          </ActButton>
        ))}
      </div>
      {check !== null && (
        <div id={commandsId} hidden={!open}>
          <p>{check.words}</p>
          <pre className={`mono ${classes.commands}`}>{check.commands.join('\n')}</pre>
        </div>
      )}
    </div>
  );
}

function actsOf(
  { verdict, problem, advice }: RunView,
  { after, method }: ProfileView,
  clockOff: boolean,
): Act[] {
  const connect: Act[] = after.kind === 'terminal' ? ['connect', 'copy-ssh'] : [];
  switch (verdict) {
    case 'opened':
      return connect;
    case 'reachable-not-proven':
      return connect;
    case 'nothing-listening':
      return ['again'];
    case 'no-effect': {
      const timed = method.kind === 'rotating' || method.kind === 'spa';
      const unknown = advice.causes.some(({ kind }) => kind === 'clock');
      return ['again', 'diagnostics', ...(timed && clockOff && unknown ? (['clock'] as const) : [])];
    }
    case 'error':
      if (problem?.code === 'cancelled') return [];
      return isSetting(problem?.code) ? ['again', 'settings'] : ['again', 'diagnostics'];
    case 'closed':
    case 'sent':
    case null:
      return [];
    default:
      return assertNever(verdict);
  }
}

/** Whether Settings tells more of it: where secrets live, and what can be sent. */
function isSetting(code: string | undefined): boolean {
  return code === 'no-capability' || code?.startsWith('keychain-') === true;
}
