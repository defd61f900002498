import { TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActButton } from '../../components/ActButton';
import { useApp } from '../../stores/app';
import { serverNameProblem } from '../../../shared/people/server-name';
import type { Ask } from './PeoplePane';
import classes from './People.module.css';

interface Props {
  readonly id: string;
  readonly busy: boolean;
  readonly ask: Ask;
}

export function RevokePerson({ id, busy, ask }: Props) {
  const { client, actions } = useApp();
  const [user, setUser] = useState('');
  const [tried, setTried] = useState(false);
  const [started, setStarted] = useState<'revoke' | 'list' | null>(null);
  const problem = serverNameProblem(user);

  const named = (act: () => Promise<void>) => {
    setTried(true);
    if (problem === null) void act();
  };
  const revoke = async () => {
    setStarted(null);
    if (await ask(client.revokePerson({ id, user }))) setStarted('revoke');
  };
  const copy = async () => {
    if (await ask(client.copyRevocation({ id, user }))) actions.tell('The command is on the clipboard.');
  };
  const list = async () => {
    setStarted(null);
    if (await ask(client.listPeople({ id }))) setStarted('list');
  };

  return (
    <section className={classes.section} aria-label="Take a key back">
      <h2>Take a key back</h2>
      <TextInput
        label="Whose key"
        description="Taken from all doors; what it has opened ends at once. Connections that are established stay."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        spellCheck={false}
        value={user}
        error={tried || user !== '' ? problem : null}
        onChange={({ currentTarget: { value } }) => setUser(value)}
      />
      <div className={classes.buttons}>
        <ActButton variant="default" busy={busy} onAct={() => named(revoke)}>
          Revoke over SSH…
        </ActButton>
        <ActButton variant="default" busy={busy} onAct={() => named(copy)}>
          Copy command
        </ActButton>
        <ActButton variant="subtle" busy={busy} onAct={() => void list()}>
          Who has a key?
        </ActButton>
      </div>
      {started !== null && (
        <p role="status" className={classes.quiet}>
          {started === 'revoke'
            ? 'Your terminal has it now, and says what the server did.'
            : 'Your terminal shows the list.'}
        </p>
      )}
    </section>
  );
}
