import { Button, PasswordInput } from '@mantine/core';
import { useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp } from '../../stores/app';
import type { Problem } from '../../../shared/contract/result';
import classes from './Import.module.css';

/** The passphrase of an export's secrets. Without it the hosts are imported, and their secrets entered by hand. */
export function UnlockSecrets({ id }: { readonly id: string }) {
  const { actions } = useApp();
  const [passphrase, setPassphrase] = useState('');
  const [opening, setOpening] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const unlock = async () => {
    if (opening) return;
    if (passphrase === '') return setProblem(EMPTY);
    setOpening(true);
    setProblem(await actions.importUnlock(id, passphrase));
    setOpening(false);
  };
  return (
    <form
      className={classes.paste}
      aria-label="Open the secrets"
      onSubmit={(event) => {
        event.preventDefault();
        void unlock();
      }}
    >
      <div className={classes.unlock}>
        <PasswordInput
          label="Passphrase of the secrets"
          description="Without it the hosts are imported, and you enter their secrets yourself"
          autoComplete="off"
          visibilityToggleButtonProps={{ 'aria-label': 'Show what was typed' }}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
        <Button
          type="submit"
          variant="default"
          aria-disabled={opening}
          {...(opening && { 'data-disabled': true })}
        >
          {opening ? 'Opening…' : 'Open'}
        </Button>
      </div>
      {problem !== null && <ProblemPanel problem={problem} />}
    </form>
  );
}

const EMPTY: Problem = {
  code: 'bad-input',
  message: 'There is no passphrase yet.',
  hint: 'Enter the one that the export was made with, or import the hosts without their secrets.',
};
