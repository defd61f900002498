import { useRef } from 'react';
import { ActButton } from '../../components/ActButton';
import { StateMark } from '../../components/StateMark';
import { useFocusOnAppearing } from '../../components/use-focus-on-appearing';
import { useApp } from '../../stores/app';
import type { PersonKeyView, ProfileView } from '../../../shared/contract/views';
import type { Ask } from './PeoplePane';
import classes from './People.module.css';

interface Props {
  readonly personKey: PersonKeyView;
  readonly profile: ProfileView;
  readonly busy: boolean;
  readonly ask: Ask;
  readonly onGone: () => void;
}

const MARKS = { waiting: 'idle', started: 'knocking', added: 'open', refused: 'failed' } as const;

/** A key that the person has, and the server perhaps not yet: a key that opens nothing must not go unnoticed. */
export function PersonOnTheWay({ personKey, profile, busy, ask, onGone }: Props) {
  const { client, actions } = useApp();
  const { user, door, paper, saved, server, notes } = personKey;
  const { id } = profile;
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusOnAppearing(heading);
  const whose = paper ? 'The recovery key' : `The key of ${user}`;
  const copy = async () => {
    if (await ask(client.copyPersonCommand({ id })))
      actions.tell('The command is on the clipboard. The key is not in it.');
  };
  const forget = () => void ask(client.dropPersonKey({ id })).then(onGone);
  return (
    <section className={classes.section} aria-label={whose}>
      <h2 ref={heading} tabIndex={-1} className={classes.title}>
        {whose}
      </h2>
      <ol className={classes.steps}>
        <li>
          <p>
            {saved === null ? (
              'Its code was shown. For somebody who is elsewhere there is the page.'
            ) : (
              <>
                Its page is <code>{saved}</code>.{' '}
                {paper
                  ? 'Print it, keep the paper in a safe, and delete the file.'
                  : 'Hand it over by a way that nobody else reads, and delete it here.'}
              </>
            )}
          </p>
          <div className={classes.buttons}>
            {!paper && (
              <ActButton variant="default" busy={busy} onAct={() => void ask(client.showPersonKey({ id }))}>
                Show QR code…
              </ActButton>
            )}
            <ActButton variant="default" busy={busy} onAct={() => void ask(client.savePersonKey({ id }))}>
              Save page…
            </ActButton>
          </div>
        </li>
        <li>
          <p className={classes.state} role="status">
            <StateMark kind={MARKS[server]} size={14} />
            <span>{serverWords(personKey, profile.host)}</span>
          </p>
          {server === 'waiting' && (
            <p className={classes.quiet}>
              The command is{' '}
              <code>
                sallyportd user add {user} --door {door}
              </code>{' '}
              with how the key rotates. It waits for the key itself, which the{' '}
              {paper ? 'page has' : 'window with the code has, too'}.
            </p>
          )}
          {server !== 'added' && (
            <div className={classes.buttons}>
              <ActButton busy={busy} onAct={() => void ask(client.putPersonKeyOnServer({ id }))}>
                Add over SSH
              </ActButton>
              <ActButton variant="default" busy={busy} onAct={() => void copy()}>
                Copy command
              </ActButton>
            </div>
          )}
        </li>
      </ol>
      {notes.map((note) => (
        <p key={note} className={classes.quiet}>
          {note}
        </p>
      ))}
      {server === 'added' ? (
        <div>
          <ActButton busy={busy} onAct={forget}>
            Done
          </ActButton>
        </div>
      ) : (
        <ActButton className={classes.alone ?? ''} variant="subtle" busy={busy} onAct={forget}>
          Forget this key
        </ActButton>
      )}
    </section>
  );
}

function serverWords({ server }: PersonKeyView, host: string): string {
  switch (server) {
    case 'waiting':
      return `${host} does not know it yet: until then it opens nothing.`;
    case 'started':
      return 'Your terminal has it now: it knocks, and gives the server the key with your own ssh. No password is kept here.';
    case 'added':
      return `${host} has taken it.`;
    case 'refused':
      return `${host} did not take it; the terminal says why. The key opens nothing.`;
  }
}
