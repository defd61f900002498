import { SegmentedControl, TextInput } from '@mantine/core';
import { ArgumentFields } from '../../components/ArgumentFields';
import type { AfterKnock } from '../../../shared/profile/after';
import { argumentProblems } from './after-values';
import type { EditorForm } from './editor-form';
import classes from './Editor.module.css';

const EXPLAINED: Readonly<Record<AfterKnock['kind'], string>> = {
  terminal: 'Starts ssh in your terminal, at the very address that was knocked at.',
  url: 'Opens a page with the program that your desktop has for it. It looks the name up by itself.',
  program: 'Starts a program of yours. No shell reads what is filled in.',
  nothing: 'Shows what the knock did, and leaves the rest to you.',
};

/** What follows once the port is reachable. */
export function AfterFields({ form }: { readonly form: EditorForm }) {
  const { after, afterArgv } = form.values;
  const error = form.errors['afterArgv'];
  const found = argumentProblems(afterArgv);
  const problems = error === undefined ? {} : found;
  const [first = 0] = Object.keys(found).map(Number);
  const choose = (kind: string) => {
    form.clearFieldError('afterUrl');
    form.clearFieldError('afterArgv');
    form.setFieldValue('after', kind as AfterKnock['kind']);
  };
  return (
    <fieldset className={classes.fields}>
      <legend>After the knock</legend>
      <div className={classes.wide}>
        <SegmentedControl
          aria-label="After the knock"
          data={[
            { value: 'terminal', label: 'Connect by ssh' },
            { value: 'url', label: 'Open a page' },
            { value: 'program', label: 'Run a program' },
            { value: 'nothing', label: 'Nothing' },
          ]}
          value={after}
          onChange={choose}
        />
        <p className={classes.explain}>{EXPLAINED[after]}</p>
      </div>
      {after === 'url' && (
        <TextInput
          className={classes.wide ?? ''}
          label="Page"
          placeholder="https://web1.example.org/"
          spellCheck={false}
          {...form.getInputProps('afterUrl')}
        />
      )}
      {after === 'program' && (
        <div className={classes.wide}>
          <ArgumentFields
            argv={afterArgv}
            problems={problems}
            problem={Object.keys(problems).length === 0 ? error : undefined}
            placeholder="/usr/bin/remmina"
            target={{ path: 'afterArgv', index: first }}
            onChange={(argv) => form.setFieldValue('afterArgv', [...argv])}
          >
            <code>{'{host}'}</code>, <code>{'{address}'}</code> (the one that was knocked at),{' '}
            <code>{'{port}'}</code> and <code>{'{user}'}</code> are filled in wherever they stand in an
            argument. Each argument goes in a field of its own and is passed on as it stands.
          </ArgumentFields>
        </div>
      )}
    </fieldset>
  );
}
