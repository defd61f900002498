import { NativeSelect, TextInput } from '@mantine/core';
import type { EditorForm } from './editor-form';
import classes from './Editor.module.css';

export function TimingFields({ form }: { readonly form: EditorForm }) {
  return (
    <fieldset className={classes.fields}>
      <legend>Door</legend>
      <TextInput label="Open for, seconds" inputMode="numeric" {...form.getInputProps('openFor')} />
      <TextInput label="Gap between steps, ms" inputMode="numeric" {...form.getInputProps('gapMs')} />
      <NativeSelect
        label="Addresses"
        data={[
          { value: 'auto', label: 'IPv6 or IPv4' },
          { value: 'ipv4', label: 'IPv4 only' },
          { value: 'ipv6', label: 'IPv6 only' },
          { value: 'both', label: 'IPv6 and IPv4, both' },
        ]}
        {...form.getInputProps('family')}
      />
    </fieldset>
  );
}
