import { useRef } from 'react';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp, useCache, useUi } from '../../stores/app';
import { useShortcuts } from '../../stores/use-shortcuts';
import { ClockSettings } from './ClockSettings';
import { HealthSettings } from './HealthSettings';
import { ShortcutList } from './ShortcutList';
import { StoreSettings } from './StoreSettings';
import { SshSettings } from './SshSettings';
import { TerminalSettings } from './TerminalSettings';
import { ThemeSettings } from './ThemeSettings';
import classes from './Settings.module.css';

export function SettingsPane() {
  const { navigation, ui } = useApp();
  const version = useCache((cache) => cache.version);
  const problem = useUi((state) => (state.problem?.about === null ? state.problem.problem : null));
  const title = useRef<HTMLHeadingElement>(null);
  useFocusWhenLost(title);
  useShortcuts({ Escape: () => navigation.leave() });
  return (
    <article className={classes.settings} aria-label="Settings">
      <h1 ref={title} tabIndex={-1}>
        Settings
      </h1>
      {problem !== null && (
        <ProblemPanel problem={problem} onDismiss={() => ui.setState({ problem: null })} />
      )}
      <ThemeSettings />
      <TerminalSettings />
      <SshSettings />
      <ClockSettings />
      <StoreSettings />
      <HealthSettings />
      <ShortcutList />
      <p className={classes.quiet}>Sallyport {version}</p>
    </article>
  );
}
