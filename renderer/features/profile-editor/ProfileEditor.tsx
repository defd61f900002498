import { Button } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState, type MouseEvent } from 'react';
import { ProblemPanel } from '../../components/ProblemPanel';
import { StickyEnd } from '../../components/StickyEnd';
import { Shortcut } from '../../components/Shortcut';
import { useApp, useUi } from '../../stores/app';
import { withProfile } from '../../stores/cache';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { Problem } from '../../../shared/contract/result';
import type { ProfileView } from '../../../shared/contract/views';
import { byField, editorProblems, editorValues, toDraft, type EditorValues } from './editor-values';
import { firstField } from './field-order';
import { AfterFields } from './AfterFields';
import { KnockFields } from './KnockFields';
import { LeaveQuestion } from './LeaveQuestion';
import { ServerFields } from './ServerFields';
import { TimingFields } from './TimingFields';
import classes from './Editor.module.css';

/** Makes a profile, or changes the one given. */
export function ProfileEditor({ profile }: { readonly profile: ProfileView | null }) {
  const { client, cache, navigation, actions } = useApp();
  const leaving = useUi(({ leavingFor }) => leavingFor !== null);
  const goesOn = useUi(({ pane }) => pane.kind === 'add' && pane.next === 'server');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [saving, setSaving] = useState(false);
  const form = useForm<EditorValues>({
    initialValues: editorValues(profile),
    validate: editorProblems,
    validateInputOnBlur: true,
  });
  const dirty = form.isDirty();
  useEffect(() => navigation.setUnsaved(dirty), [navigation, dirty]);
  useEffect(() => () => navigation.setUnsaved(false), [navigation]);

  const focusFirst = (errors: Readonly<Record<string, unknown>>) => {
    const field = firstField(errors);
    if (field === undefined) return;
    const input = document.querySelector<HTMLElement>(`[data-path="${field}"]`);
    input?.focus();
    // A field that has the focus already is not brought into sight by it.
    input?.scrollIntoView({ block: 'nearest' });
  };
  const save = async (values: EditorValues) => {
    if (saving) return;
    setSaving(true);
    setProblem(null);
    const draft = toDraft(values);
    const result = await (profile === null
      ? client.createProfile({ draft })
      : client.updateProfile({ id: profile.id, draft }));
    setSaving(false);
    if (result.ok) {
      cache.setState((state) => withProfile(state, result.value));
      navigation.leave(result.value.id);
      if (goesOn) navigation.server(result.value.id);
      actions.say(`${result.value.name} was saved.`);
      return;
    }
    const fields = byField(result.error.fields ?? {});
    form.setErrors(fields);
    setProblem(result.error);
    focusFirst(fields);
  };
  const title = profile === null ? 'Add a host' : `Edit ${profile.name}`;
  const leave = () => navigation.leave();
  useShortcuts({
    Escape: () => (leaving ? navigation.stay() : navigation.back()),
    'Mod+S': () => submit(),
  });
  const submit = form.onSubmit((values) => void save(values), focusFirst);

  return (
    <form className={classes.editor} aria-label={title} noValidate onSubmit={submit} onMouseDown={keepFocus}>
      <h1 className={classes.title} title={title}>
        {title}
      </h1>
      {problem !== null && <ProblemPanel problem={problem} />}
      <ServerFields form={form} />
      <KnockFields form={form} profile={profile} />
      <TimingFields form={form} />
      <AfterFields form={form} />
      <StickyEnd>
        {leaving && <LeaveQuestion />}
        <div className={classes.buttons}>
          <Button
            type="submit"
            rightSection={<Shortcut keys="Mod+S" />}
            aria-keyshortcuts="Control+S Meta+S"
            aria-disabled={saving}
            {...(saving && { 'data-disabled': true })}
          >
            {/* Saving waits for whoever has to unlock the keychain. */}
            {saving ? 'Saving…' : 'Save'}
          </Button>
          <Button variant="default" onClick={leave}>
            Cancel
          </Button>
        </div>
      </StickyEnd>
    </form>
  );
}

/** Leaving a field may put words under it, which would move what is being clicked away from under the pointer. */
function keepFocus(event: MouseEvent): void {
  if (event.target instanceof Element && event.target.closest('button, label') !== null)
    event.preventDefault();
}
