import { ActionIcon, UnstyledButton } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconSettings } from '@tabler/icons-react';
import { useKeyNames } from '../../components/Shortcut';
import { nativeWords, secretsWords, storeName } from '../../../shared/text/health';
import { useApp, useCache } from '../../stores/app';
import classes from './HealthFooter.module.css';

/** The truth about the two things that fail quietly: where secrets live, and which native sockets are there. */
export function HealthFooter() {
  const { navigation } = useApp();
  const secrets = useCache((cache) => cache.secrets);
  const native = useCache((cache) => cache.native);
  const settingsKeys = useKeyNames('Mod+,');
  const secretsFine = secrets.state === 'ok' && secrets.store !== 'session';
  return (
    <footer className={classes.footer}>
      <Health
        good={secretsFine}
        words={secretsWords(secrets)}
        more={[`Secrets are kept in ${storeName(secrets.store)}.`, secrets.detail, secrets.hint]}
      />
      <Health
        good={native.icmp && native.rawTcp}
        words={nativeWords(native)}
        more={['TCP SYN and UDP always work; ICMP and other TCP flags need native sockets.', native.hint]}
      />
      <ActionIcon
        className={classes.gear ?? ''}
        variant="subtle"
        size={32}
        title={`Settings (${settingsKeys})`}
        aria-label="Settings"
        aria-keyshortcuts="Control+, Meta+,"
        onClick={() => navigation.settings()}
      >
        <IconSettings size={16} />
      </ActionIcon>
    </footer>
  );
}

interface HealthProps {
  readonly good: boolean;
  readonly words: string;
  readonly more: readonly (string | null)[];
}

function Health({ good, words, more }: HealthProps) {
  const { navigation } = useApp();
  const title = more.filter((line) => line !== null).join('\n');
  return (
    <UnstyledButton
      className={classes.health}
      data-good={good}
      title={title}
      aria-label={`${words}: ${good ? 'working' : 'needs attention'}`}
      onClick={() => navigation.settings()}
    >
      <span className={classes.words}>{words}</span>
      {good ? <IconCheck size={14} aria-hidden="true" /> : <IconAlertTriangle size={14} aria-hidden="true" />}
    </UnstyledButton>
  );
}
