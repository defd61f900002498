import { RuledSection } from '../../components/RuledSection';
import { useCache } from '../../stores/app';
import { grantOf, isRunning } from '../../stores/host-state';
import type { ProfileView, RunView } from '../../../shared/contract/views';
import { GrantLine } from './GrantLine';
import { NextActions } from './NextActions';
import { RunFacts } from './RunFacts';
import { RunOutcome } from './RunOutcome';
import { RunProgress } from './RunProgress';
import classes from './Run.module.css';

interface Props {
  readonly profile: ProfileView;
  readonly run: RunView | undefined;
}

/** The newest run as it goes: what is being done, what was seen, what was sent, and what that proves. */
export function RunSection({ profile, run }: Props) {
  const grant = useCache(({ grants }) => grantOf(grants, profile.id));
  return (
    <RuledSection title="Run">
      {run === undefined ? (
        <p className={classes.quiet}>
          Nothing was sent yet. A knock looks at port {profile.port} before and after, and says what changed.
        </p>
      ) : (
        <>
          {isRunning(run) && <RunProgress run={run} host={profile.host} />}
          <RunFacts run={run} />
          {run.phase === 'done' && <RunOutcome run={run} />}
        </>
      )}
      {grant !== undefined && (
        <GrantLine
          profile={profile}
          grant={grant}
          running={isRunning(run)}
          told={run?.verdict === 'opened' && run.address === grant.address}
        />
      )}
      {run?.phase === 'done' && <NextActions key={run.id} profile={profile} run={run} />}
    </RuledSection>
  );
}
