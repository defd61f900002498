import { ActionIcon } from '@mantine/core';
import { IconInfoCircle, IconX } from '@tabler/icons-react';
import { useApp, useCache } from '../../stores/app';
import classes from './Notices.module.css';

/** What main has to tell that no button asked for, until it is dismissed. */
export function Notices() {
  const { actions } = useApp();
  const notices = useCache((cache) => cache.notices);
  if (notices.length === 0) return null;
  return (
    <ul className={classes.notices} aria-label="Notices">
      {notices.map(({ id, message, hint }) => (
        <li key={id} className={classes.notice}>
          <IconInfoCircle size={16} aria-hidden="true" />
          <div className={classes.words}>
            <p className={classes.message}>{message}</p>
            {hint !== null && <p>{hint}</p>}
          </div>
          <ActionIcon
            variant="subtle"
            size="sm"
            aria-label="Dismiss notice"
            onClick={() => void actions.dismissNotice(id)}
          >
            <IconX size={14} />
          </ActionIcon>
        </li>
      ))}
    </ul>
  );
}
