import { Checkbox, TextInput } from '@mantine/core';
import { useCache } from '../../stores/app';
import { TCP_FLAGS } from '../../../shared/profile/profile';
import type { EditorForm } from './editor-form';
import { SequencePreview } from './SequencePreview';
import { StoredSecret } from './StoredSecret';
import { Warnings } from './Warnings';
import classes from './Editor.module.css';

interface Props {
  readonly form: EditorForm;
  /** Whether a close sequence is stored. */
  readonly hasClose: boolean;
}

export function StaticFields({ form, hasClose }: Props) {
  const { keepSequence, keepCloseSequence, sequence, closeSequence, tcpFlags, port } = form.values;
  const native = useCache((cache) => cache.native);
  const plainSyn = tcpFlags.length === 1 && tcpFlags[0] === 'syn';
  return (
    <>
      {keepSequence ? (
        <StoredSecret label="Sequence" onReplace={() => form.setFieldValue('keepSequence', false)} />
      ) : (
        <div className={classes.wide}>
          <TextInput
            label="Sequence"
            placeholder="41873:tcp,12951:udp,30244:tcp"
            classNames={{ input: 'mono' }}
            spellCheck={false}
            autoComplete="off"
            {...form.getInputProps('sequence')}
          />
          <SequencePreview text={sequence} port={port} />
        </div>
      )}
      {keepCloseSequence ? (
        <StoredSecret
          label="Close sequence"
          onReplace={() => form.setFieldValue('keepCloseSequence', false)}
        />
      ) : (
        <div className={classes.wide}>
          <TextInput
            label="Close sequence"
            placeholder="none"
            description={hasClose ? 'Left empty, the stored one is deleted.' : undefined}
            classNames={{ input: 'mono' }}
            spellCheck={false}
            autoComplete="off"
            {...form.getInputProps('closeSequence')}
          />
          <SequencePreview text={closeSequence} port={port} opens={sequence} />
        </div>
      )}
      <Checkbox.Group
        className={classes.wide ?? ''}
        label="TCP flags"
        value={tcpFlags}
        error={form.errors['tcpFlags']}
        onChange={(flags) => form.setFieldValue('tcpFlags', flags)}
      >
        <div className={classes.checks}>
          {TCP_FLAGS.map((flag, index) => (
            <Checkbox
              key={flag}
              value={flag}
              label={flag}
              {...(index === 0 && { 'data-path': 'tcpFlags' })}
            />
          ))}
        </div>
      </Checkbox.Group>
      {!plainSyn && !native.rawTcp && (
        <Warnings words={[`Flags other than syn alone need raw TCP. ${native.hint ?? ''}`.trim()]} />
      )}
    </>
  );
}
