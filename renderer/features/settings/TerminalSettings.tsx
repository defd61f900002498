import { Button, SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { ArgumentFields } from '../../components/ArgumentFields';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp, useCache } from '../../stores/app';
import type { Problem } from '../../../shared/contract/result';
import { sameTerminal, terminalProblems, type Terminal } from './terminal-values';
import classes from './Settings.module.css';

/** Which terminal Knock & Connect opens: the one found, or a command whose arguments are kept apart from each other. */
export function TerminalSettings() {
  const { actions, client } = useApp();
  const settings = useCache((cache) => cache.settings);
  const [terminal, setTerminal] = useState<Terminal>(settings.terminal);
  const [problems, setProblems] = useState<Readonly<Record<number, string>>>({});
  const [failed, setFailed] = useState<Problem | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const changed = !sameTerminal(terminal, settings.terminal);

  const change = (next: Terminal) => {
    setTerminal(next);
    setProblems({});
    setTold(null);
  };
  const save = async (): Promise<boolean> => {
    const found = terminalProblems(terminal);
    setProblems(found);
    setTold(null);
    setFailed(null);
    if (Object.keys(found).length > 0) return false;
    const problem = await actions.saveSettings({ ...settings, terminal });
    setFailed(problem);
    if (problem === null) setTold('Saved.');
    return problem === null;
  };
  const test = async () => {
    if (changed && !(await save())) return;
    setFailed(null);
    setTold('Opening a terminal…');
    const result = await client.testTerminal();
    setTold(result.ok ? 'A terminal was started. It prints a line when the setting works.' : null);
    if (!result.ok) setFailed(result.error);
  };

  return (
    <section className={classes.section} aria-label="Terminal">
      <h2>Terminal</h2>
      <SegmentedControl
        className={classes.segments ?? ''}
        aria-label="Terminal"
        data={[
          { value: 'auto', label: 'Find one' },
          { value: 'custom', label: 'Custom command' },
        ]}
        value={terminal.kind}
        onChange={(kind) =>
          change(kind === 'auto' ? { kind } : { kind: 'custom', argv: savedArgv(settings.terminal) })
        }
      />
      {terminal.kind === 'custom' && (
        <ArgumentFields
          argv={terminal.argv}
          problems={problems}
          placeholder="/usr/bin/foot"
          onChange={(argv) => change({ kind: 'custom', argv: [...argv] })}
        >
          The command that connects is added at the end. Each argument goes in a field of its own and is
          passed on as it stands.
        </ArgumentFields>
      )}
      <div className={classes.buttons}>
        {changed && (
          <Button variant="default" onClick={() => void save()}>
            Save terminal
          </Button>
        )}
        <Button variant="default" onClick={() => void test()}>
          {changed ? 'Save and test' : 'Test terminal'}
        </Button>
        <output className={classes.quiet}>{told}</output>
      </div>
      {failed !== null && <ProblemPanel problem={failed} />}
    </section>
  );
}

function savedArgv(saved: Terminal): string[] {
  return saved.kind === 'custom' ? [...saved.argv] : [''];
}
