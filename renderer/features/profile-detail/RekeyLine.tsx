import { Button } from '@mantine/core';
import { useApp } from '../../stores/app';
import type { ProfileView } from '../../../shared/contract/views';
import classes from './ProfileDetail.module.css';

/** A new secret that waits: nothing of it is used here until the person says that the server has it. */
export function RekeyLine({ profile: { id, method } }: { readonly profile: ProfileView }) {
  const { actions } = useApp();
  if (method.kind !== 'rotating' || method.rekeying !== true) return null;
  return (
    <section className={classes.rekey} aria-label="New secret">
      <p>A new secret waits until it is on the server. Knocks use the old one until then.</p>
      <div className={classes.rekeyButtons}>
        <Button variant="default" size="xs" onClick={() => void actions.prepareRekey(id)}>
          Show it…
        </Button>
        <Button variant="default" size="xs" onClick={() => void actions.finishRekey(id, true)}>
          The server has it…
        </Button>
        <Button variant="default" size="xs" onClick={() => void actions.finishRekey(id, false)}>
          Drop it…
        </Button>
      </div>
    </section>
  );
}
