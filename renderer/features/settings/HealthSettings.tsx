import { Button } from '@mantine/core';
import { useState } from 'react';
import { nativeWords, secretsWords, storeName } from '../../../shared/text/health';
import { useApp, useCache } from '../../stores/app';
import classes from './Settings.module.css';

/** Where secrets live and what can be sent, with what to do when that falls short. */
export function HealthSettings() {
  const { actions } = useApp();
  const secrets = useCache((cache) => cache.secrets);
  const native = useCache((cache) => cache.native);
  const [told, setTold] = useState('');
  const check = async () => {
    setTold('Checking…');
    setTold((await actions.recheckHealth()) === null ? '' : 'Checked.');
  };
  return (
    <section className={classes.section} aria-label="Secrets and sockets">
      <h2>Secrets and sockets</h2>
      <dl className="facts">
        <dt>Secrets</dt>
        <dd>
          <p>
            {secrets.state !== 'ok' && secrets.store !== 'session' && `${secretsWords(secrets)}. `}
            Secrets are kept in {storeName(secrets.store)}.
          </p>
          {secrets.detail !== null && <p className={classes.quiet}>{secrets.detail}</p>}
          {secrets.hint !== null && <p>{secrets.hint}</p>}
        </dd>
        <dt>Sockets</dt>
        <dd>
          <p>
            {nativeWords(native)}.{' '}
            {native.icmp && native.rawTcp
              ? 'Every kind of step can be sent.'
              : `TCP SYN and UDP steps always work; ICMP steps ${worksOrNot(native.icmp)}, other TCP flags ${worksOrNot(native.rawTcp)}.`}
          </p>
          {native.hint !== null && <p>{native.hint}</p>}
        </dd>
      </dl>
      <div className={classes.buttons}>
        <Button variant="default" onClick={() => void check()}>
          Check again
        </Button>
        <output className={classes.quiet}>{told}</output>
      </div>
    </section>
  );
}

function worksOrNot(works: boolean): string {
  return works ? 'work' : 'do not';
}
