import { IconClipboardText, IconFileImport, IconPlus, IconTerminal2 } from '@tabler/icons-react';
import { DoorMark } from '../../components/DoorMark';
import { useApp } from '../../stores/app';
import { WayIn } from './WayIn';
import classes from './Welcome.module.css';

/** The first screen, with no hosts: the ways in, one below the other. */
export function Welcome() {
  const { navigation, actions } = useApp();
  return (
    <section className={classes.welcome} aria-label="Welcome">
      <DoorMark size={48} />
      <h1>Knock, and see that the door opened</h1>
      <p className={classes.lead}>
        Sallyport sends a knock sequence to your server, looks at the port before and after, and says what
        changed. Then it starts ssh.
      </p>
      <ul className={classes.doors}>
        <WayIn
          icon={<IconPlus size={20} aria-hidden="true" />}
          name="Add a host"
          what="Its address, and the rotating secret or the fixed sequence that it waits for"
          onChoose={() => navigation.add()}
        />
        <WayIn
          icon={<IconTerminal2 size={20} aria-hidden="true" />}
          name="Import ~/.ssh/config"
          what="A profile for each host that ssh knows"
          onChoose={() => void actions.importSshConfig()}
        />
        <WayIn
          icon={<IconFileImport size={20} aria-hidden="true" />}
          name="Import a file…"
          what="A server’s knockd.conf, a .fwknoprc, or an export from another machine"
          onChoose={() => void actions.importFile()}
        />
        <WayIn
          icon={<IconClipboardText size={20} aria-hidden="true" />}
          name="Paste a profile"
          what="A sallyport://profile/ link, or a screenshot of its QR code"
          onChoose={() => navigation.importing()}
        />
      </ul>
    </section>
  );
}
