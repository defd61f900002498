import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp, useCache } from '../../stores/app';
import { clockServerSchema, type ClockServer } from '../../../shared/advice/clock-server';
import type { Problem } from '../../../shared/contract/result';
import classes from './Settings.module.css';

type Kind = ClockServer['kind'];

/** Whom this computer's clock is compared with when a knock changed nothing. Nobody, unless a person says whom. */
export function ClockSettings() {
  const { actions } = useApp();
  const settings = useCache((cache) => cache.settings);
  const { clockServer } = settings;
  const [kind, setKind] = useState<Kind>(clockServer.kind);
  const [text, setText] = useState(nameOf(clockServer));
  const [wrong, setWrong] = useState<string | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState('');
  const changed = kind !== clockServer.kind || (kind !== 'off' && text.trim() !== nameOf(clockServer));

  const save = async (wish: unknown) => {
    setTold('');
    setProblem(null);
    const parsed = clockServerSchema.safeParse(wish);
    setWrong(parsed.success ? null : (parsed.error.issues[0]?.message ?? 'This is no server.'));
    if (!parsed.success) return;
    const failed = await actions.saveSettings({ ...settings, clockServer: parsed.data });
    setProblem(failed);
    if (failed === null) setTold('Saved.');
  };
  const choose = (chosen: Kind) => {
    setKind(chosen);
    setText(chosen === clockServer.kind ? nameOf(clockServer) : '');
    setWrong(null);
    if (chosen === 'off' && clockServer.kind !== 'off') void save({ kind: 'off' });
  };

  return (
    <section className={classes.section} aria-label="Clock">
      <h2>Clock</h2>
      <p className={classes.quiet}>
        Rotating codes and single packets need a clock that is right. After a knock without effect, this
        computer’s clock can be compared with a server that you choose; no one is asked otherwise.
      </p>
      <SegmentedControl
        className={classes.segments ?? ''}
        aria-label="Compare the clock with"
        data={[
          { value: 'off', label: 'No one' },
          { value: 'ntp', label: 'Time server' },
          { value: 'http', label: 'Web server' },
        ]}
        value={kind}
        onChange={choose}
      />
      {kind !== 'off' && (
        <TextInput
          label={kind === 'ntp' ? 'Time server' : 'Web server'}
          description={
            kind === 'ntp' ? 'Asked by NTP, UDP port 123.' : 'Its Date header is exact to a second.'
          }
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder={kind === 'ntp' ? 'ntp.example.org' : 'https://example.org'}
          spellCheck={false}
          autoComplete="off"
          value={text}
          error={wrong}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setWrong(null);
            setTold('');
          }}
        />
      )}
      <div className={classes.buttons}>
        {changed && kind !== 'off' && (
          <Button variant="default" onClick={() => void save(serverOf(kind, text.trim()))}>
            Save clock
          </Button>
        )}
        <output className={classes.quiet}>{told}</output>
      </div>
      {problem !== null && <ProblemPanel problem={problem} />}
    </section>
  );
}

function nameOf(server: ClockServer): string {
  if (server.kind === 'off') return '';
  return server.kind === 'ntp' ? server.host : server.url;
}

function serverOf(kind: 'ntp' | 'http', text: string): unknown {
  return kind === 'ntp' ? { kind, host: text } : { kind, url: text };
}
