import { Button, NativeSelect } from '@mantine/core';
import { useRef, useState } from 'react';
import { ActButton } from '../../components/ActButton';
import { ProblemPanel } from '../../components/ProblemPanel';
import { StickyEnd } from '../../components/StickyEnd';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { useApp } from '../../stores/app';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { Problem } from '../../../shared/contract/result';
import type { ExportView, ProfileView } from '../../../shared/contract/views';
import { exportFormats } from '../../../shared/installer/formats/registry';
import { ExportChoices } from './ExportChoices';
import { SavedExport } from './SavedExport';
import { optionsOf, STARTING_CHOICES, type Choices } from './choices';
import classes from './ServerSetup.module.css';

type Saved = Extract<ExportView, { kind: 'saved' }>;
type Told = { readonly kind: 'saved'; readonly saved: Saved } | { readonly kind: 'started' };

/** Set up my server: what a profile's server needs, saved as a file or installed over ssh in the person's terminal. */
export function ServerPane({ profile }: { readonly profile: ProfileView }) {
  const { client, navigation, actions } = useApp();
  const [format, setFormat] = useState(exportFormats[0]);
  const [choices, setChoices] = useState<Choices>(STARTING_CHOICES);
  const [busy, setBusy] = useState<'saving' | 'starting' | null>(null);
  const [failed, setFailed] = useState<Problem | null>(null);
  const [told, setTold] = useState<Told | null>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useFocusWhenLost(title);
  const back = () => navigation.show(profile.id);
  useShortcuts({ Escape: back });
  const fetches = format?.id === 'cloud-init';
  const secret = format?.secret ?? 'chosen';
  const { options, problem } = optionsOf({
    ...choices,
    ...(!fetches && { daemonUrl: '' }),
    ...(secret === 'in' && { secrets: 'include' }),
  });
  const change = () => {
    setTold(null);
    setFailed(null);
  };

  const begin = (what: 'saving' | 'starting') => {
    change();
    setBusy(what);
  };
  const save = async () => {
    if (options === null || format === undefined) return;
    begin('saving');
    const result = await client.exportInstaller({ id: profile.id, format: format.id, options });
    setBusy(null);
    if (!result.ok) setFailed(result.error);
    else if (result.value.kind === 'saved') {
      setTold({ kind: 'saved', saved: result.value });
      actions.say('The file is saved.');
    }
  };
  const install = async () => {
    if (options === null) return;
    begin('starting');
    const result = await client.installOverSsh({ id: profile.id, options });
    setBusy(null);
    if (result.ok) setTold({ kind: 'started' });
    else setFailed(result.error);
  };

  return (
    <article className={classes.pane} aria-label="Set up my server">
      <h1 ref={title} tabIndex={-1} className={classes.title}>
        Set up the server of {profile.name}
      </h1>
      <p>
        Port {profile.port} of <code>{profile.host}</code> will be closed until this profile’s knock.
        {format?.id === 'sh' &&
          ' The gate comes up on trial: unless a knock from a new connection proves it, the server puts everything back by itself. Sessions that are open stay open.'}
      </p>
      <section className={classes.section} aria-label="What is written">
        <h2>What is written</h2>
        <NativeSelect
          label="Format"
          value={format?.id}
          data={exportFormats.map(({ id, title: label }) => ({ value: id, label }))}
          description={format?.about}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          onChange={({ currentTarget: { value } }) => {
            change();
            setFormat(exportFormats.find(({ id }) => id === value));
          }}
        />
        <ExportChoices
          choices={choices}
          problem={problem}
          daemons={format?.wantsDaemons ?? false}
          secret={secret}
          fetches={fetches}
          onChange={(next) => {
            change();
            setChoices(next);
          }}
        />
      </section>
      {failed !== null && <ProblemPanel problem={failed} onDismiss={() => setFailed(null)} />}
      <StickyEnd>
        <div className={classes.buttons}>
          {format?.id === 'sh' && (
            <ActButton busy={busy !== null || options === null} onAct={() => void install()}>
              Install over SSH
            </ActButton>
          )}
          <ActButton
            variant={format?.id === 'sh' ? 'default' : 'filled'}
            busy={busy !== null || options === null}
            onAct={() => void save()}
          >
            Save file…
          </ActButton>
          <Button variant="subtle" onClick={() => navigation.people(profile.id)}>
            People and phones
          </Button>
          <Button variant="subtle" onClick={back}>
            Back
          </Button>
          <output className={classes.quiet}>
            {busy === 'saving' && 'Writing…'}
            {busy === 'starting' && 'Starting your terminal…'}
          </output>
        </div>
      </StickyEnd>
      {told?.kind === 'saved' && <SavedExport saved={told.saved} />}
      {told?.kind === 'started' && (
        <p role="status">
          Your terminal has it now: it copies the installer with your own ssh, asks before it changes
          anything, knocks, and confirms. No password is kept here.
        </p>
      )}
    </article>
  );
}
