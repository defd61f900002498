import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp, useCache } from '../../stores/app';
import type { Problem } from '../../../shared/contract/result';
import type { Settings } from '../../../shared/contract/views';
import classes from './Settings.module.css';

export function ThemeSettings() {
  const { actions } = useApp();
  const settings = useCache((cache) => cache.settings);
  const [problem, setProblem] = useState<Problem | null>(null);
  const choose = async (theme: string) =>
    setProblem(await actions.saveSettings({ ...settings, theme: theme as Settings['theme'] }));
  return (
    <section className={classes.section} aria-label="Appearance">
      <h2>Appearance</h2>
      <SegmentedControl
        className={classes.segments ?? ''}
        aria-label="Theme"
        data={[
          { value: 'system', label: 'System' },
          { value: 'light', label: 'Light' },
          { value: 'dark', label: 'Dark' },
        ]}
        value={settings.theme}
        onChange={(theme) => void choose(theme)}
      />
      {problem !== null && <ProblemPanel problem={problem} />}
    </section>
  );
}
