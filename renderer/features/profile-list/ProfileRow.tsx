import { VisuallyHidden } from '@mantine/core';
import { StateMark } from '../../components/StateMark';
import { grantOf, hostState, type HostState } from '../../stores/host-state';
import { useCache } from '../../stores/app';
import { useNow } from '../../stores/use-now';
import type { ProfileView } from '../../../shared/contract/views';
import { assertNever } from '../../../shared/contract/result';
import { countdown } from '../../../shared/text/duration';
import classes from './ProfileList.module.css';

interface Props {
  readonly id: string;
  readonly profile: ProfileView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

export function ProfileRow({ id, profile, chosen, onChoose }: Props) {
  const run = useCache(({ runs }) => runs[profile.id]);
  const grant = useCache(({ grants }) => grantOf(grants, profile.id));
  const now = useNow(grant !== undefined);
  const state = hostState(run, grant, now);
  return (
    <div
      id={id}
      className={classes.row}
      role="option"
      aria-selected={chosen}
      title={`${profile.name}\n${profile.host}:${profile.port}`}
      onClick={onChoose}
    >
      <StateMark kind={state.kind} />
      <span className={classes.name}>{profile.name}</span>{' '}
      <span className={classes.word} data-kind={state.kind}>
        {state.kind === 'idle' ? (
          <>
            <VisuallyHidden component="span">idle, </VisuallyHidden>
            {profile.method.kind === 'spa' ? 'SPA' : profile.method.kind}
          </>
        ) : (
          stateWord(state)
        )}
        {state.kind === 'open' && ` ${countdown(state.until - now)}`}
      </span>
    </div>
  );
}

function stateWord(state: HostState): string {
  switch (state.kind) {
    case 'idle':
    case 'knocking':
    case 'open':
      return state.kind;
    case 'failed':
      return state.word;
    default:
      return assertNever(state);
  }
}
