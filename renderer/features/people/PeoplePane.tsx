import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { useApp, useCache } from '../../stores/app';
import { withPersonKey } from '../../stores/cache';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { Problem, Result } from '../../../shared/contract/result';
import type { ProfileView } from '../../../shared/contract/views';
import { personRefusal } from '../../../shared/people/refusal';
import { AddPerson } from './AddPerson';
import { PersonOnTheWay } from './PersonOnTheWay';
import { RevokePerson } from './RevokePerson';
import classes from './People.module.css';

/** Runs a call and shows what fails; true when it went well. */
export type Ask = (call: Promise<Result<unknown>>) => Promise<boolean>;

/** Keys of others to a profile's server: given, and taken back. */
export function PeoplePane({ profile }: { readonly profile: ProfileView }) {
  const { client, cache, navigation } = useApp();
  const key = useCache(({ personKeys }) => personKeys[profile.id] ?? null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  useFocusWhenLost(title);
  useShortcuts({ Escape: () => navigation.show(profile.id) });
  useEffect(() => {
    void client.personKey({ id: profile.id }).then((result) => {
      if (result.ok) cache.setState((state) => withPersonKey(state, profile.id, result.value));
    });
  }, [client, cache, profile.id]);

  const ask: Ask = async (call) => {
    setFailed(null);
    setBusy(true);
    const result = await call;
    setBusy(false);
    if (!result.ok && result.error.code !== 'cancelled') setFailed(result.error);
    return result.ok;
  };
  const nat = profile.method.kind === 'spa' && profile.method.nat !== null;
  const refusal = personRefusal({ name: profile.name, kind: profile.method.kind, nat });

  return (
    <article className={classes.pane} aria-label="People and phones">
      <h1 ref={title} tabIndex={-1} className={classes.title}>
        People and phones of {profile.name}
      </h1>
      <p>
        Each has a key of its own on <code>{profile.host}</code>, so that one can be taken back without a
        change for the others. This needs sallyportd on the server.
      </p>
      {failed !== null && <ProblemPanel problem={failed} onDismiss={() => setFailed(null)} />}
      {refusal !== null && (
        <section className={classes.section} aria-label="Give a key">
          <h2>Give a key</h2>
          <p>{refusal.error.message}</p>
          <p className={classes.quiet}>{refusal.error.hint}</p>
        </section>
      )}
      {refusal === null && key === null && <AddPerson id={profile.id} busy={busy} ask={ask} />}
      {refusal === null && key !== null && (
        <PersonOnTheWay
          personKey={key}
          profile={profile}
          busy={busy}
          ask={ask}
          onGone={() => title.current?.focus()}
        />
      )}
      <RevokePerson id={profile.id} busy={busy} ask={ask} />
      <Button className={classes.alone ?? ''} variant="subtle" onClick={() => navigation.show(profile.id)}>
        Back
      </Button>
    </article>
  );
}
