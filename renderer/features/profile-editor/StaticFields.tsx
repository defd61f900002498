import { TextInput } from '@mantine/core';
import type { EditorForm } from './editor-form';
import { SequencePreview } from './SequencePreview';
import { StepOptionsHelp } from './StepOptionsHelp';
import { StoredSecret } from './StoredSecret';
import { TcpFlagsField } from './TcpFlagsField';
import classes from './Editor.module.css';

interface Props {
  readonly form: EditorForm;
  /** Whether a close sequence is stored. */
  readonly hasClose: boolean;
}

export function StaticFields({ form, hasClose }: Props) {
  const { keepSequence, keepCloseSequence, sequence, closeSequence, port } = form.values;
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
      <StepOptionsHelp />
      <TcpFlagsField form={form} />
    </>
  );
}
