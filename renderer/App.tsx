import { Button } from '@mantine/core';
import { IconChevronLeft } from '@tabler/icons-react';
import { LiveRegion } from './components/LiveRegion';
import { ProblemPanel } from './components/ProblemPanel';
import { ExportPane } from './features/export/ExportPane';
import { ImportPane } from './features/import/ImportPane';
import { ReviewPane } from './features/import/ReviewPane';
import { Notices } from './features/notices/Notices';
import { PeoplePane } from './features/people/PeoplePane';
import { ProfileDetail } from './features/profile-detail/ProfileDetail';
import { ProfileEditor } from './features/profile-editor/ProfileEditor';
import { Sidebar } from './features/profile-list/Sidebar';
import { useShownProfile } from './features/profile-list/use-profile-list';
import { ServerPane } from './features/server-setup/ServerPane';
import { SettingsPane } from './features/settings/SettingsPane';
import { Welcome } from './features/welcome/Welcome';
import { useApp, useCache, useUi } from './stores/app';
import { useShortcuts } from './stores/use-shortcuts';
import type { ImportReview } from '../shared/exchange/review';
import classes from './App.module.css';

export function App() {
  const { navigation, actions, ui } = useApp();
  const detailShown = useUi((state) => state.detailShown);
  const adrift = useUi(({ problem, pane }) =>
    pane.kind !== 'settings' && problem?.about === null ? problem.problem : null,
  );
  useShortcuts({
    'Mod+N': () => navigation.add(),
    'Mod+,': () => navigation.settings(),
    'Mod+Z': () => void actions.restore(),
  });
  return (
    <div className={classes.window} data-detail={detailShown}>
      <Sidebar />
      <main className={classes.main}>
        <Button
          className={classes.back ?? ''}
          variant="subtle"
          leftSection={<IconChevronLeft size={16} />}
          onClick={() => navigation.list()}
        >
          All hosts
        </Button>
        <Notices />
        {adrift !== null && (
          <ProblemPanel problem={adrift} onDismiss={() => ui.setState({ problem: null })} />
        )}
        <PaneShown />
      </main>
      <LiveRegion />
    </div>
  );
}

function PaneShown() {
  const pane = useUi((state) => state.pane);
  const meant = useCache(({ profiles }) =>
    pane.kind === 'edit' || pane.kind === 'server' || pane.kind === 'people'
      ? profiles.find(({ id }) => id === pane.id)
      : undefined,
  );
  const shown = useShownProfile();
  if (pane.kind === 'settings') return <SettingsPane />;
  if (pane.kind === 'import') return <ImportPane />;
  if (pane.kind === 'review') return <ReviewPane key={reviewKey(pane.review)} review={pane.review} />;
  if (pane.kind === 'export') return <ExportPane />;
  if (pane.kind === 'add') return <ProfileEditor key="add" profile={null} />;
  if (meant !== undefined && pane.kind === 'server') return <ServerPane key={meant.id} profile={meant} />;
  if (meant !== undefined && pane.kind === 'people') return <PeoplePane key={meant.id} profile={meant} />;
  if (meant !== undefined) return <ProfileEditor key={meant.id} profile={meant} />;
  return shown === null ? <Welcome /> : <ProfileDetail key={shown.id} profile={shown} />;
}

/** Once its secrets are open a review begins anew. */
function reviewKey({ id, locked }: ImportReview): string {
  return `${id} ${locked}`;
}
