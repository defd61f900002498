import { Textarea } from '@mantine/core';
import { lintList, strengthWords } from '../../../shared/sequence/lint';
import { FEW_LINES, parseOneTimeList } from '../../../shared/sequence/one-time';
import { linesLeftWords } from '../../../shared/text/lines-left';
import type { EditorForm } from './editor-form';
import { StepOptionsHelp } from './StepOptionsHelp';
import { StoredSecret } from './StoredSecret';
import { TcpFlagsField } from './TcpFlagsField';
import { Warnings } from './Warnings';
import classes from './Editor.module.css';

interface Props {
  readonly form: EditorForm;
  /** Lines that are not used yet; null for a profile that has no list so far. */
  readonly left: number | null;
}

export function OneTimeFields({ form, left }: Props) {
  const { keepList, list, port } = form.values;
  return (
    <>
      {keepList ? (
        <StoredSecret
          label="List"
          note={left === null ? undefined : linesLeftWords(left)}
          onReplace={() => form.setFieldValue('keepList', false)}
        />
      ) : (
        <div className={classes.wide}>
          <Textarea
            label="List"
            description="One sequence a line, the same list as on the server. Lines that begin with # are left out: they are comments, or used."
            placeholder={'41873:tcp,12951:udp,30244:tcp\n23417:tcp,39340:tcp,18201:udp'}
            classNames={{ input: 'mono' }}
            rows={6}
            spellCheck={false}
            autoComplete="off"
            {...form.getInputProps('list')}
          />
          <ListPreview text={list} port={port} />
        </div>
      )}
      <StepOptionsHelp />
      <TcpFlagsField form={form} />
    </>
  );
}

function ListPreview({ text, port }: { readonly text: string; readonly port: string }) {
  const parsed = text.trim() === '' ? null : parseOneTimeList(text);
  if (parsed === null || !parsed.ok) return null;
  const [next] = parsed.lines;
  const count = parsed.lines.length;
  const lint = lintList(parsed.lines, { port: Number(port) });
  const short = count <= FEW_LINES ? ['A short list is soon used up; then it opens nothing.'] : [];
  return (
    <>
      <p className={classes.explain}>
        {linesLeftWords(count)}
        {next !== undefined && `; line ${next.number} is the next`}
      </p>
      <p className={classes.explain}>Guessing its weakest line costs {strengthWords(lint.bits)}.</p>
      <Warnings words={[...short, ...lint.warnings]} />
    </>
  );
}
