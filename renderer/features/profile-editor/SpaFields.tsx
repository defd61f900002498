import { NativeSelect, PasswordInput, TextInput } from '@mantine/core';
import type { EditorForm } from './editor-form';
import type { EditorField } from './editor-values';
import { StoredSecret } from './StoredSecret';
import classes from './Editor.module.css';

/** The two keys as fwknop writes them, and what the packet asks for. */
export function SpaFields({ form }: { readonly form: EditorForm }) {
  const { allow, nat, keepKey, keepHmacKey } = form.values;
  return (
    <>
      <KeyField
        form={form}
        label="Key, base64"
        name="KEY_BASE64"
        field="key"
        keep={keepKey}
        keepField="keepKey"
      />
      <KeyField
        form={form}
        label="HMAC key, base64"
        name="HMAC_KEY_BASE64"
        field="hmacKey"
        keep={keepHmacKey}
        keepField="keepHmacKey"
      />
      <NativeSelect
        label="HMAC digest"
        data={['sha256', 'sha384', 'sha512']}
        {...form.getInputProps('hmacDigest')}
      />
      <TextInput label="UDP port of the packet" inputMode="numeric" {...form.getInputProps('serverPort')} />
      <TextInput
        label="Ask for, seconds"
        placeholder="as the server decides"
        inputMode="numeric"
        {...form.getInputProps('timeout')}
      />
      <NativeSelect
        label="Let in"
        data={[
          { value: 'source', label: 'the address it comes from' },
          { value: 'fixed', label: 'a fixed address' },
          { value: 'echo', label: 'what an echo says' },
        ]}
        {...form.getInputProps('allow')}
      />
      {allow === 'fixed' && <TextInput label="Address to let in" {...form.getInputProps('allowAddress')} />}
      {allow === 'echo' && (
        <TextInput
          className={classes.most ?? ''}
          label="Echo service"
          description="Asked before each knock. Its answer is the address to let in."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          placeholder="https://ip.example.org/"
          spellCheck={false}
          {...form.getInputProps('echoUrl')}
        />
      )}
      <TextInput label="User name in the packet" {...form.getInputProps('username')} />
      <TextInput
        label="Open too"
        placeholder="like udp/53,tcp/443"
        spellCheck={false}
        {...form.getInputProps('morePorts')}
      />
      <NativeSelect
        label="Forward the port (NAT)"
        data={[
          { value: 'none', label: 'no' },
          { value: 'nat', label: 'to another host' },
          { value: 'local-nat', label: 'to another port' },
        ]}
        {...form.getInputProps('nat')}
      />
      {nat === 'nat' && <TextInput label="Host behind it" {...form.getInputProps('natHost')} />}
      {nat !== 'none' && (
        <TextInput label="Port there" inputMode="numeric" {...form.getInputProps('natPort')} />
      )}
    </>
  );
}

interface KeyFieldProps {
  readonly form: EditorForm;
  readonly label: string;
  /** What fwknop calls it. */
  readonly name: string;
  readonly field: Extract<EditorField, 'key' | 'hmacKey'>;
  readonly keep: boolean;
  readonly keepField: Extract<EditorField, 'keepKey' | 'keepHmacKey'>;
}

function KeyField({ form, label, name, field, keep, keepField }: KeyFieldProps) {
  if (keep) return <StoredSecret label={label} onReplace={() => form.setFieldValue(keepField, false)} />;
  return (
    <PasswordInput
      className={classes.wide ?? ''}
      label={label}
      placeholder={`${name} of the server’s stanza`}
      autoComplete="off"
      spellCheck={false}
      visibilityToggleButtonProps={{ 'aria-label': `Show ${name}` }}
      {...form.getInputProps(field)}
    />
  );
}
