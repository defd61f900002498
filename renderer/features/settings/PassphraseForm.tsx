import { Button, PasswordInput } from '@mantine/core';
import { useState, type SyntheticEvent, type ReactNode } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import type { Problem } from '../../../shared/contract/result';
import { passphraseProblem } from '../../../shared/text/passphrase';
import classes from './Settings.module.css';

interface Props {
  /** Which passphrases are asked for: that of the vault that is there, and a new one (twice). */
  readonly asks: { readonly current: boolean; readonly next: boolean };
  readonly label: string;
  readonly disabled?: boolean;
  /** What stands beside the button. */
  readonly children?: ReactNode;
  /** Null when it went well; the fields are empty then. */
  readonly onSubmit: (typed: { readonly current: string; readonly next: string }) => Promise<Problem | null>;
}

const EMPTY = { current: '', next: '', again: '' };

/** Passphrases are kept for as long as they are being typed, and sent to main alone. */
export function PassphraseForm({ asks, label, disabled = false, children, onSubmit }: Props) {
  const [typed, setTyped] = useState(EMPTY);
  const [wrong, setWrong] = useState<Partial<typeof EMPTY>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);

  const check = (): Partial<typeof EMPTY> => ({
    ...(asks.current && typed.current === '' && { current: 'Enter the passphrase.' }),
    ...(asks.next && { ...newProblems(typed) }),
  });
  const submit = async (event: SyntheticEvent) => {
    event.preventDefault();
    const found = check();
    setWrong(found);
    setProblem(null);
    if (Object.keys(found).length > 0) return;
    setBusy(true);
    const failed = await onSubmit(typed);
    setBusy(false);
    setProblem(failed?.code === 'cancelled' ? null : failed);
    if (failed === null) setTyped(EMPTY);
  };
  const field = (name: keyof typeof EMPTY, words: string, autoComplete: string) => (
    <PasswordInput
      label={words}
      value={typed[name]}
      error={wrong[name]}
      autoComplete={autoComplete}
      disabled={busy}
      visibilityToggleButtonProps={{ 'aria-label': 'Show what was typed' }}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setTyped((before) => ({ ...before, [name]: value }));
        setWrong({});
      }}
    />
  );
  return (
    <form className={classes.form} noValidate onSubmit={(event) => void submit(event)}>
      {asks.current && field('current', 'Passphrase of the vault', 'current-password')}
      {asks.next && field('next', 'New passphrase', 'new-password')}
      {asks.next && field('again', 'New passphrase again', 'new-password')}
      <div className={classes.buttons}>
        <Button type="submit" variant="default" disabled={disabled || busy}>
          {busy ? 'Working…' : label}
        </Button>
        {children}
      </div>
      {problem !== null && <ProblemPanel problem={problem} />}
    </form>
  );
}

function newProblems({ next, again }: typeof EMPTY): Partial<typeof EMPTY> {
  const weak = passphraseProblem(next);
  if (weak !== null) return { next: weak };
  return next === again ? {} : { again: 'The two are not the same.' };
}
