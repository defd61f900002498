import { Button, NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ArgumentFields } from '../../components/ArgumentFields';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp, useCache } from '../../stores/app';
import type { Problem } from '../../../shared/contract/result';
import type { FoundTerminal } from '../../../shared/terminal/choice';
import type { TerminalChoice } from '../../../shared/terminal/setting';
import {
  choiceOf,
  optionOf,
  pathOf,
  sameTerminal,
  terminalOptions,
  terminalProblems,
} from './terminal-values';
import classes from './Settings.module.css';

/** Which terminal ssh is started in: one of those found, or a command whose arguments are kept apart from each other. */
export function TerminalSettings() {
  const { actions, client } = useApp();
  const settings = useCache((cache) => cache.settings);
  const [found, setFound] = useState<readonly FoundTerminal[] | null>(null);
  const [terminal, setTerminal] = useState<TerminalChoice>(settings.terminal);
  const [problems, setProblems] = useState<Readonly<Record<number, string>>>({});
  const [failed, setFailed] = useState<Problem | null>(null);
  const [told, setTold] = useState<string | null>(null);
  const [testing, setTesting] = useState(false);
  const changed = !sameTerminal(terminal, settings.terminal);

  useEffect(() => {
    let gone = false;
    void client.findTerminals().then((result) => {
      if (!gone) setFound(result.ok ? result.value : []);
    });
    return () => {
      gone = true;
    };
  }, [client]);

  const change = (next: TerminalChoice) => {
    setTerminal(next);
    setProblems({});
    setTold(null);
    setFailed(null);
  };
  const save = async (): Promise<boolean> => {
    const wrong = terminalProblems(terminal);
    setProblems(wrong);
    setTold(null);
    setFailed(null);
    if (Object.keys(wrong).length > 0) return false;
    const problem = await actions.saveSettings({ ...settings, terminal });
    setFailed(problem);
    if (problem === null) setTold('Saved.');
    return problem === null;
  };
  const test = async () => {
    if (testing || (changed && !(await save()))) return;
    setTesting(true);
    setFailed(null);
    setTold('Opening a terminal and waiting for it to report…');
    const result = await client.testTerminal();
    setTesting(false);
    setTold(result.ok ? `It works: ${result.value.program} ran the command and reported back.` : null);
    if (!result.ok) setFailed(result.error);
  };

  const custom = settings.terminal.kind === 'custom' ? settings.terminal.argv : [''];
  return (
    <section className={classes.section} aria-label="Terminal">
      <h2>Terminal</h2>
      <NativeSelect
        label="Start ssh in"
        data={[...terminalOptions(found ?? [], terminal)]}
        value={optionOf(terminal)}
        description={pathOf(found ?? [], terminal)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        onChange={(event) => change(choiceOf(event.currentTarget.value, custom))}
      />
      {found?.length === 0 && terminal.kind === 'auto' && (
        <p>
          No terminal was found. Install one, or name yours as a custom command. Until then Knock & Connect
          offers the ssh command to copy.
        </p>
      )}
      {terminal.kind === 'custom' && (
        <ArgumentFields
          argv={terminal.argv}
          problems={problems}
          placeholder="/usr/bin/foot"
          onChange={(argv) => change({ kind: 'custom', argv: [...argv] })}
        >
          The command that connects takes the place of a field that holds <code>{'{command}'}</code>, or is
          added at the end. Each argument goes in a field of its own and is passed on as it stands.
        </ArgumentFields>
      )}
      <div className={classes.buttons}>
        {changed && (
          <Button variant="default" onClick={() => void save()}>
            Save terminal
          </Button>
        )}
        <Button variant="default" aria-disabled={testing} onClick={() => void test()}>
          {changed ? 'Save and test' : 'Test terminal'}
        </Button>
        <output className={classes.quiet}>{told}</output>
      </div>
      {failed !== null && <ProblemPanel problem={failed} />}
    </section>
  );
}
