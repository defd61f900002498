import { Button, Checkbox, PasswordInput } from '@mantine/core';
import { useRef, useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { StickyEnd } from '../../components/StickyEnd';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { useApp, useCache } from '../../stores/app';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { Problem } from '../../../shared/contract/result';
import { passphraseProblem } from '../../../shared/text/passphrase';
import classes from '../import/Import.module.css';

/** Which hosts go into a file, and whether their secrets do. */
export function ExportPane() {
  const { navigation, actions } = useApp();
  const profiles = useCache((cache) => cache.profiles);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [secrets, setSecrets] = useState(false);
  const [passphrase, setPassphrase] = useState('');
  const [again, setAgain] = useState('');
  const [tried, setTried] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [writing, setWriting] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  const repeated = useRef<HTMLInputElement>(null);
  useFocusWhenLost(title);
  useShortcuts({ Escape: () => navigation.leave() });
  const chosen = profiles.filter(({ id }) => !left.has(id));
  const differs = secrets && again !== passphrase;
  const write = async () => {
    if (writing || chosen.length === 0) return;
    setTried(true);
    setProblem(null);
    if (differs) return repeated.current?.focus();
    const weak = secrets ? passphraseProblem(passphrase) : null;
    if (weak !== null) return setProblem({ code: 'bad-input', message: weak });
    setWriting(true);
    const ids = chosen.map(({ id }) => id);
    setProblem(await actions.exportProfiles(ids, secrets ? passphrase : null));
    setWriting(false);
  };
  return (
    <form
      className={classes.pane}
      aria-label="Export"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void write();
      }}
    >
      <div>
        <h1 ref={title} tabIndex={-1}>
          Export
        </h1>
        <p className={classes.quiet}>One file for another machine. By itself it has no secret in it.</p>
      </div>
      <section aria-label="Hosts">
        <Checkbox
          className={classes.all ?? ''}
          label={`All ${profiles.length} hosts`}
          checked={left.size === 0}
          indeterminate={chosen.length > 0 && left.size > 0}
          onChange={(event) =>
            setLeft(event.currentTarget.checked ? new Set() : new Set(profiles.map(({ id }) => id)))
          }
        />
        <ul className={classes.entries}>
          {profiles.map(({ id, name, host, port }) => (
            <li key={id} className={classes.entry}>
              <Checkbox
                aria-label={`Export ${name}`}
                checked={!left.has(id)}
                onChange={(event) => {
                  const next = new Set(left);
                  if (event.currentTarget.checked) next.delete(id);
                  else next.add(id);
                  setLeft(next);
                }}
              />
              <div className={classes.about}>
                <p className={classes.name}>{name}</p>
                <p className={classes.where}>
                  {host}, port {port}
                </p>
              </div>
            </li>
          ))}
        </ul>
      </section>
      <StickyEnd>
        <Checkbox
          label="With their secrets, under a passphrase"
          checked={secrets}
          onChange={(event) => setSecrets(event.currentTarget.checked)}
        />
        {secrets && (
          <div className={classes.fields}>
            <PasswordInput
              label="Passphrase"
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show what was typed' }}
              value={passphrase}
              onChange={(event) => setPassphrase(event.currentTarget.value)}
            />
            <PasswordInput
              ref={repeated}
              label="Once more"
              autoComplete="new-password"
              visibilityToggleButtonProps={{ 'aria-label': 'Show what was typed again' }}
              value={again}
              error={differs && (tried || again !== '') ? 'The two are not the same.' : null}
              onChange={(event) => setAgain(event.currentTarget.value)}
            />
          </div>
        )}
        {problem !== null && <ProblemPanel problem={problem} />}
        <div className={classes.buttons}>
          <Button
            type="submit"
            aria-disabled={writing || chosen.length === 0}
            {...((writing || chosen.length === 0) && { 'data-disabled': true })}
          >
            {writing ? 'Writing…' : 'Export…'}
          </Button>
          <Button variant="default" onClick={() => navigation.leave()}>
            Cancel
          </Button>
        </div>
      </StickyEnd>
    </form>
  );
}
