import { Button } from '@mantine/core';
import { useRef } from 'react';
import { useFocusOnAppearing } from '../../components/use-focus-on-appearing';
import { useApp } from '../../stores/app';
import classes from './Editor.module.css';

/** Asked when a person goes elsewhere while the editor holds changes. Afterwards the focus is where it was. */
export function LeaveQuestion() {
  const { navigation } = useApp();
  const stay = useRef<HTMLButtonElement>(null);
  useFocusOnAppearing(stay, 'goes back');
  return (
    <div className={classes.leave} role="alertdialog" aria-label="Unsaved changes">
      <span>Your changes are not saved.</span>
      <Button size="xs" variant="default" ref={stay} onClick={() => navigation.stay()}>
        Keep editing
      </Button>
      <Button size="xs" variant="default" onClick={() => navigation.discard()}>
        Discard changes
      </Button>
    </div>
  );
}
