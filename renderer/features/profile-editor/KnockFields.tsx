import { SegmentedControl } from '@mantine/core';
import type { ProfileView } from '../../../shared/contract/views';
import type { EditorForm } from './editor-form';
import type { EditorValues } from './editor-values';
import { OneTimeFields } from './OneTimeFields';
import { RotatingFields } from './RotatingFields';
import { SpaFields } from './SpaFields';
import { StaticFields } from './StaticFields';
import classes from './Editor.module.css';

interface Props {
  readonly form: EditorForm;
  readonly profile: ProfileView | null;
}

const EXPLAINED: Readonly<Record<EditorValues['kind'], string>> = {
  rotating:
    'A new sequence every period, from a secret that the server shares and the clock. Needs sallyportd.',
  static:
    'The same sequence every time, as knockd and firewall rules take it. Whoever watches it can repeat it.',
  'one-time':
    'A list of sequences that each work once, in order, as knockd and sallyportd take them. A watched one is worthless afterwards.',
  spa: 'One encrypted and signed packet, as fwknopd and sallyportd take it. The server accepts it once.',
};

export function KnockFields({ form, profile }: Props) {
  const { kind } = form.values;
  const choose = (chosen: string) => {
    form.clearErrors();
    form.setFieldValue('kind', chosen as EditorValues['kind']);
  };
  return (
    <fieldset className={classes.fields}>
      <legend>Knock</legend>
      <div className={classes.wide}>
        <SegmentedControl
          aria-label="Method"
          data={[
            { value: 'rotating', label: 'Rotating' },
            { value: 'static', label: 'Static sequence' },
            { value: 'one-time', label: 'One-time list' },
            { value: 'spa', label: 'fwknop SPA' },
          ]}
          value={kind}
          onChange={choose}
        />
        <p className={classes.explain}>{EXPLAINED[kind]}</p>
      </div>
      {kind === 'rotating' && <RotatingFields form={form} />}
      {kind === 'static' && (
        <StaticFields form={form} hasClose={profile?.method.kind === 'static' && profile.method.hasClose} />
      )}
      {kind === 'one-time' && (
        <OneTimeFields form={form} left={profile?.method.kind === 'one-time' ? profile.method.left : null} />
      )}
      {kind === 'spa' && <SpaFields form={form} />}
    </fieldset>
  );
}
