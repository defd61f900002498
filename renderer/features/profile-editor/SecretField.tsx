import { PasswordInput, Radio } from '@mantine/core';
import { RKS1_BOUNDS } from '../../../shared/sequence/parameters';
import type { EditorForm } from './editor-form';
import { StoredSecret } from './StoredSecret';
import classes from './Editor.module.css';

/** A rotating key's secret: made by main on saving, or pasted from a server that has one already. */
export function SecretField({ form }: { readonly form: EditorForm }) {
  const { keepSecret, secretFrom } = form.values;
  if (keepSecret) {
    return <StoredSecret label="Secret" onReplace={() => form.setFieldValue('keepSecret', false)} />;
  }
  return (
    <div className={classes.wide}>
      <Radio.Group
        label="Secret"
        value={secretFrom}
        onChange={(chosen) => {
          form.clearFieldError('secret');
          form.setFieldValue('secretFrom', chosen);
        }}
      >
        <div className={classes.checks}>
          <Radio value="generate" label="Generate a secret" />
          <Radio value="typed" label="Paste a secret" />
        </div>
      </Radio.Group>
      {secretFrom === 'generate' ? (
        <p className={classes.explain}>
          {RKS1_BOUNDS.secretBytes.generated} random bytes are made on saving. Reveal them afterwards to put
          them on the server.
        </p>
      ) : (
        <PasswordInput
          className={classes.pasted ?? ''}
          aria-label="Pasted secret"
          placeholder="base32, as the server shows it"
          autoComplete="off"
          spellCheck={false}
          visibilityToggleButtonProps={{ 'aria-label': 'Show what was pasted' }}
          {...form.getInputProps('secret')}
        />
      )}
    </div>
  );
}
