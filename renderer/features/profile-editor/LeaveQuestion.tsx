import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { useApp } from '../../stores/app';
import classes from './Editor.module.css';

/** Asked when a person goes elsewhere while the editor holds changes. Afterwards the focus is where it was. */
export function LeaveQuestion() {
  const { navigation } = useApp();
  const stay = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    stay.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
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
