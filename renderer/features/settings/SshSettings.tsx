import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { useApp } from '../../stores/app';
import type { Problem } from '../../../shared/contract/result';
import type { SshConfigView } from '../../../shared/ssh/config-plan';
import classes from './Settings.module.css';

type Action = 'show' | 'install' | 'remove';

const BUSY: Readonly<Record<Action, string>> = {
  show: 'Looking at ssh’s configuration…',
  install: 'Asking…',
  remove: 'Asking…',
};
const DONE: Readonly<Record<Action, string>> = { show: '', install: 'Written.', remove: 'Taken out.' };

/** Plain `ssh NAME` by one Include line in the person's own configuration, put in and taken out after a native question. */
export function SshSettings() {
  const { client } = useApp();
  const [view, setView] = useState<SshConfigView | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState('');

  const ask = async (action: Action) => {
    setBusy(true);
    setTold(BUSY[action]);
    setFailed(null);
    const result = await client.sshConfig({ action });
    setBusy(false);
    setTold(result.ok ? DONE[action] : '');
    if (result.ok) setView(result.value);
    else if (result.error.code !== 'cancelled') setFailed(result.error);
  };
  useEffect(() => {
    let gone = false;
    void client.sshConfig({ action: 'show' }).then((result) => {
      if (gone) return;
      if (result.ok) setView(result.value);
      else setFailed(result.error);
    });
    return () => {
      gone = true;
    };
  }, [client]);

  return (
    <section className={classes.section} aria-label="Plain ssh">
      <h2>Plain ssh</h2>
      <p>
        ssh, scp, sftp, rsync and git knock by themselves once your hosts are in ssh’s configuration: a file
        of Sallyport’s own, and one <code>Include</code> line at the top of <code>~/.ssh/config</code>.
      </p>
      {view !== null && <p>{stateWords(view)}</p>}
      {view !== null && (view.skipped.length > 0 || view.notes.length > 0) && (
        <ul className={classes.notes}>
          {view.skipped.map(({ name, reason }) => (
            <li key={name}>
              {name} is left out: {reason}.
            </li>
          ))}
          {view.notes.map((note) => (
            <li key={note}>{note}.</li>
          ))}
        </ul>
      )}
      <div className={classes.buttons}>
        {view?.state !== 'current' && (
          <Button variant="default" aria-disabled={busy} onClick={() => void (busy || ask('install'))}>
            {view?.state === 'outdated' ? 'Write it anew…' : 'Install…'}
          </Button>
        )}
        {view !== null && view.state !== 'absent' && (
          <Button variant="default" aria-disabled={busy} onClick={() => void (busy || ask('remove'))}>
            Take out…
          </Button>
        )}
        <output className={classes.quiet}>{told}</output>
      </div>
      {failed !== null && <ProblemPanel problem={failed} />}
      <p className={classes.quiet}>
        Jump hosts: in the block of a host behind a door, <code>ProxyJump web1</code> knocks at web1 and goes
        on from there. A ProxyJump for web1 itself has no effect: ssh takes the first way it reads, and that
        is the knock. The same from a terminal: <code>sallyport ssh-config install</code>, <code>show</code>{' '}
        and <code>remove</code>.
      </p>
    </section>
  );
}

function stateWords({ state, hosts }: SshConfigView): string {
  const count = hosts.length === 1 ? 'One host' : `${hosts.length} hosts`;
  const first = hosts[0];
  switch (state) {
    case 'absent':
      return `Not installed. ${count} would be there.`;
    case 'outdated':
      return `Installed, and your profiles have changed since: ${count.toLowerCase()} would be there.`;
    case 'current':
      return first === undefined
        ? 'Installed, with no host yet.'
        : `Installed: ${count.toLowerCase()}. Try ssh ${first}`;
  }
}
