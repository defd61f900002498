import {
  IconClipboardText,
  IconFileImport,
  IconPlus,
  IconServerCog,
  IconTerminal2,
} from '@tabler/icons-react';
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
          what="Its address, and the secret or sequence that it waits for"
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
          what="A knockd.conf, a .fwknoprc, or another machine’s export"
          onChoose={() => void actions.importFile()}
        />
        <WayIn
          icon={<IconClipboardText size={20} aria-hidden="true" />}
          name="Paste a profile"
          what="A sallyport://profile/ link, or a screenshot of its QR code"
          onChoose={() => navigation.importing()}
        />
        <WayIn
          icon={<IconServerCog size={20} aria-hidden="true" />}
          name="Set up my server"
          what="Add it here, then put the daemon on it over your own ssh"
          onChoose={() => navigation.add('server')}
        />
      </ul>
    </section>
  );
}
