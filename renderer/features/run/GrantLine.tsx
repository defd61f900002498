import { ActButton } from '../../components/ActButton';
import { StateMark } from '../../components/StateMark';
import { useApp } from '../../stores/app';
import { canClose } from '../../stores/host-state';
import { useNow } from '../../stores/use-now';
import type { GrantView, ProfileView } from '../../../shared/contract/views';
import { countdown } from '../../../shared/text/duration';
import classes from './Run.module.css';

interface Props {
  readonly profile: ProfileView;
  readonly grant: GrantView;
  readonly running: boolean;
  /** Whether the verdict above says already which door is open. */
  readonly told: boolean;
}

/** The door as it stands open, and the time until it closes by itself. */
export function GrantLine({ profile, grant, running, told }: Props) {
  const { actions } = useApp();
  const left = grant.until - useNow();
  if (left <= 0) return null;
  return (
    <div className={classes.grant}>
      {!told && <StateMark kind="open" />}
      <span>
        {told ? (
          'Closes in '
        ) : (
          <>
            The door to <span className="mono">{endpoint(grant)}</span> closes in{' '}
          </>
        )}
        <strong className={classes.clock} role="timer" aria-label="Door closes in">
          {countdown(left)}
        </strong>
      </span>
      <span className={classes.grantButtons}>
        <ActButton
          size="xs"
          variant="default"
          busy={running}
          onAct={() => void actions.knock(profile.id, 'open')}
        >
          Extend
        </ActButton>
        {canClose(profile) && (
          <ActButton
            size="xs"
            variant="default"
            busy={running}
            onAct={() => void actions.knock(profile.id, 'close')}
          >
            Close now
          </ActButton>
        )}
      </span>
    </div>
  );
}

function endpoint({ address, port }: GrantView): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
