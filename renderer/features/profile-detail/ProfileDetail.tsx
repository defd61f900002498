import { Button } from '@mantine/core';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp, useCache, useUi } from '../../stores/app';
import type { ProfileView } from '../../../shared/contract/views';
import { HistorySection } from '../history/HistorySection';
import { RunSection } from '../run/RunSection';
import { KnockButtons } from './KnockButtons';
import { MethodLine } from './MethodLine';
import { RekeyLine } from './RekeyLine';
import { TitleBar } from './TitleBar';
import classes from './ProfileDetail.module.css';

export function ProfileDetail({ profile }: { readonly profile: ProfileView }) {
  const { actions, ui } = useApp();
  const run = useCache(({ runs }) => runs[profile.id]);
  const failed = useUi(({ problem }) => (problem?.about === profile.id ? problem.problem : null));
  // A run that failed tells so itself; saying it a second time above would only be noise.
  const told = run?.problem?.message === failed?.message;
  return (
    <article className={classes.detail} aria-label={profile.name}>
      <TitleBar profile={profile} />
      <MethodLine profile={profile} />
      <RekeyLine profile={profile} />
      <KnockButtons profile={profile} run={run} />
      {failed !== null && !told && (
        <div className={classes.failed}>
          <ProblemPanel problem={failed} onDismiss={() => ui.setState({ problem: null })}>
            {failed.code === 'no-terminal' && (
              <Button variant="default" size="xs" onClick={() => void actions.copySshCommand(profile.id)}>
                Copy ssh command
              </Button>
            )}
          </ProblemPanel>
        </div>
      )}
      <RunSection profile={profile} run={run} />
      <HistorySection key={profile.id} profile={profile} />
    </article>
  );
}
