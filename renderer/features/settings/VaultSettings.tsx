import { Button } from '@mantine/core';
import { useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp, useCache } from '../../stores/app';
import type { Problem, Result } from '../../../shared/contract/result';
import { PassphraseForm } from './PassphraseForm';
import classes from './Settings.module.css';

/** The vault while it is in use: unlocking, locking, and another passphrase. */
export function VaultSettings() {
  const { client, actions } = useApp();
  const { store, vault } = useCache((cache) => cache.secrets);
  const [changing, setChanging] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [told, setTold] = useState('');
  if (store !== 'passphrase' || vault === 'none') return null;

  const ended = (result: Result<null>, words: string): Problem | null => {
    if (!result.ok) return result.error;
    setTold(words);
    actions.say(words);
    return null;
  };
  const lock = async () => setProblem(ended(await client.lockVault(), 'The vault is locked.'));
  if (vault === 'locked') {
    return (
      <PassphraseForm
        asks={{ current: true, next: false }}
        label="Unlock the vault"
        onSubmit={async ({ current }) =>
          ended(await client.unlockVault({ passphrase: current }), 'The vault is unlocked.')
        }
      />
    );
  }
  return (
    <>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => void lock()}>
          Lock the vault
        </Button>
        <Button variant="default" aria-expanded={changing} onClick={() => setChanging(!changing)}>
          Change the passphrase
        </Button>
        <span className={classes.quiet}>{told}</span>
      </div>
      {problem !== null && <ProblemPanel problem={problem} />}
      {changing && (
        <PassphraseForm
          asks={{ current: true, next: true }}
          label="Seal under the new passphrase"
          onSubmit={async ({ current, next }) => {
            const failed = ended(
              await client.changePassphrase({ current, next }),
              'The passphrase was changed.',
            );
            setChanging(failed !== null);
            return failed;
          }}
        />
      )}
    </>
  );
}
