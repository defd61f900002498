import { NativeSelect, TextInput } from '@mantine/core';
import { useCache } from '../../stores/app';
import { checkParameters, parameterWarnings, strengthBits } from '../../../shared/sequence/parameters';
import type { EditorForm } from './editor-form';
import { toParameters } from './editor-values';
import { SecretField } from './SecretField';
import { Warnings } from './Warnings';
import classes from './Editor.module.css';

/** Every ordered choice; the order is part of how steps are derived, so it has to be the server's. */
const PROTOCOL_LISTS = (
  'tcp,udp udp,tcp tcp udp icmp tcp,icmp icmp,tcp udp,icmp icmp,udp ' +
  'tcp,udp,icmp tcp,icmp,udp udp,tcp,icmp udp,icmp,tcp icmp,tcp,udp icmp,udp,tcp'
)
  .split(' ')
  .map((value) => ({ value, label: value.replaceAll(',', ', ') }));

export function RotatingFields({ form }: { readonly form: EditorForm }) {
  const native = useCache((cache) => cache.native);
  const parameters = toParameters(form.values);
  const holds = Object.keys(checkParameters(parameters)).length === 0;
  const warnings = holds ? [...parameterWarnings(parameters)] : [];
  if (parameters.protocols.includes('icmp') && !native.icmp) {
    warnings.push(`ICMP steps cannot be sent from here yet. ${native.hint ?? ''}`.trim());
  }
  return (
    <>
      <SecretField form={form} />
      <TextInput label="Steps" inputMode="numeric" {...form.getInputProps('steps')} />
      <TextInput label="Period, seconds" inputMode="numeric" {...form.getInputProps('period')} />
      <TextInput label="Range of ports" {...form.getInputProps('range')} />
      <NativeSelect
        className={classes.half ?? ''}
        label="Protocols, in this order"
        data={PROTOCOL_LISTS}
        {...form.getInputProps('protocols')}
      />
      <div className={classes.wide}>
        {holds && (
          <p className={classes.explain}>
            Guessing one code costs {Math.floor(strengthBits(parameters))} bits. The server needs the same
            settings.
          </p>
        )}
        <Warnings words={warnings} />
      </div>
    </>
  );
}
