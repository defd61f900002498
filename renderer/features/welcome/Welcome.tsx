import { UnstyledButton } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { DoorMark } from '../../components/DoorMark';
import { useApp } from '../../stores/app';
import classes from './Welcome.module.css';

/** The first screen, with no hosts: the ways in, one below the other. */
export function Welcome() {
  const { navigation } = useApp();
  return (
    <section className={classes.welcome} aria-label="Welcome">
      <DoorMark size={48} />
      <h1>Knock, and see that the door opened</h1>
      <p className={classes.lead}>
        Sallyport sends a knock sequence to your server, looks at the port before and after, and says what
        changed. Then it starts ssh.
      </p>
      <ul className={classes.doors}>
        <li className={classes.door}>
          <IconPlus size={20} aria-hidden="true" />
          <div>
            <UnstyledButton className={classes.open} onClick={() => navigation.add()}>
              Add a host
            </UnstyledButton>
            <p className={classes.what}>
              Its address, and the rotating secret or the fixed sequence that it waits for
            </p>
          </div>
        </li>
      </ul>
    </section>
  );
}
