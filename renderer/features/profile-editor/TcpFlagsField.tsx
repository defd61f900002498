import { Checkbox } from '@mantine/core';
import { useCache } from '../../stores/app';
import { TCP_FLAGS } from '../../../shared/profile/profile';
import type { EditorForm } from './editor-form';
import { Warnings } from './Warnings';
import classes from './Editor.module.css';

/** The flags of the TCP steps that name none of their own. */
export function TcpFlagsField({ form }: { readonly form: EditorForm }) {
  const { tcpFlags } = form.values;
  const native = useCache((cache) => cache.native);
  const plainSyn = tcpFlags.length === 1 && tcpFlags[0] === 'syn';
  return (
    <>
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
