import { Checkbox, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ActButton } from '../../components/ActButton';
import { useApp } from '../../stores/app';
import { USUAL_DOOR } from '../../../shared/installer/server-setup';
import { RECOVERY, serverNameProblem } from '../../../shared/people/server-name';
import type { Ask } from './PeoplePane';
import classes from './People.module.css';

interface Props {
  readonly id: string;
  readonly busy: boolean;
  readonly ask: Ask;
}

/** Names whom a key is for; main asks, makes it, and shows or saves it. */
export function AddPerson({ id, busy, ask }: Props) {
  const { client } = useApp();
  const [user, setUser] = useState('');
  const [door, setDoor] = useState<string>(USUAL_DOOR);
  const [replace, setReplace] = useState(false);
  const [tried, setTried] = useState(false);
  const [userProblem, doorProblem] = [serverNameProblem(user), serverNameProblem(door)];

  const make = (how: 'show' | 'save') => {
    setTried(true);
    if (userProblem !== null || doorProblem !== null) return;
    void ask(client.makePersonKey({ id, user, door, replace, how }));
  };
  const recover = () => {
    if (doorProblem === null)
      void ask(client.makePersonKey({ id, user: RECOVERY, door, replace, paper: true, how: 'save' }));
  };

  return (
    <>
      <section className={classes.section} aria-label="Give a key">
        <h2>Give a key</h2>
        <div className={classes.fields}>
          <TextInput
            label="Person or phone"
            placeholder="bob, or bobs-phone"
            description="The name under which the server knows the key."
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            spellCheck={false}
            value={user}
            error={tried || user !== '' ? userProblem : null}
            onChange={({ currentTarget: { value } }) => setUser(value)}
          />
          <TextInput
            label="Door"
            spellCheck={false}
            value={door}
            error={doorProblem}
            onChange={({ currentTarget: { value } }) => setDoor(value)}
          />
        </div>
        <Checkbox
          label="Exchange the key, if this name has one already"
          checked={replace}
          onChange={({ currentTarget: { checked } }) => setReplace(checked)}
        />
        <div className={classes.buttons}>
          <ActButton busy={busy} onAct={() => make('show')}>
            Show QR code…
          </ActButton>
          <ActButton variant="default" busy={busy} onAct={() => make('save')}>
            Save page…
          </ActButton>
        </div>
      </section>
      <section className={classes.section} aria-label="Recovery key">
        <h2>Recovery key</h2>
        <p>
          A key on paper, to scan or to type by hand when no other is left. The server knows it as{' '}
          <code>{RECOVERY}</code>.
        </p>
        <div>
          <ActButton variant="default" busy={busy} onAct={recover}>
            Save recovery key…
          </ActButton>
        </div>
      </section>
    </>
  );
}
