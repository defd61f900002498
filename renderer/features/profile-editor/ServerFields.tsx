import { Autocomplete, TextInput } from '@mantine/core';
import { useMemo, useRef } from 'react';
import { useFocusOnAppearing } from '../../components/use-focus-on-appearing';
import { useCache } from '../../stores/app';
import type { EditorForm } from './editor-form';
import classes from './Editor.module.css';

export function ServerFields({ form }: { readonly form: EditorForm }) {
  const profiles = useCache((cache) => cache.profiles);
  const groups = useMemo(
    () => [...new Set(profiles.map(({ group }) => group).filter((group) => group !== null))].toSorted(),
    [profiles],
  );
  const name = useRef<HTMLInputElement>(null);
  useFocusOnAppearing(name);
  return (
    <fieldset className={classes.fields}>
      <legend>Server</legend>
      <TextInput className={classes.wide ?? ''} label="Name" ref={name} {...form.getInputProps('name')} />
      <TextInput
        className={classes.most ?? ''}
        label="Host"
        placeholder="web1.example.org"
        spellCheck={false}
        {...form.getInputProps('host')}
      />
      <TextInput label="Port" inputMode="numeric" {...form.getInputProps('port')} />
      <TextInput
        className={classes.half ?? ''}
        label="User"
        placeholder="as ssh decides"
        spellCheck={false}
        {...form.getInputProps('user')}
      />
      <Autocomplete
        className={classes.half ?? ''}
        label="Group"
        placeholder="none"
        data={groups}
        {...form.getInputProps('group')}
      />
    </fieldset>
  );
}
