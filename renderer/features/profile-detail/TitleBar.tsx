import { ActionIcon } from '@mantine/core';
import { IconStar, IconStarFilled } from '@tabler/icons-react';
import { useRef } from 'react';
import { useFocusWhenLost } from '../../components/use-focus-when-lost';
import { useApp } from '../../stores/app';
import type { ProfileView } from '../../../shared/contract/views';
import { ProfileMenu } from './ProfileMenu';
import classes from './ProfileDetail.module.css';

export function TitleBar({ profile }: { readonly profile: ProfileView }) {
  const { actions } = useApp();
  const { id, name, favourite } = profile;
  const address = sshAddress(profile);
  const heading = useRef<HTMLHeadingElement>(null);
  useFocusWhenLost(heading);
  return (
    <header className={classes.title}>
      <div className={classes.names}>
        <h1 ref={heading} tabIndex={-1} className={classes.name} title={name}>
          {name}
        </h1>
        <span className={classes.address} title={address}>
          {address}
        </span>
      </div>
      <span className={classes.tools}>
        <ProfileMenu profile={profile} />
        <ActionIcon
          variant="subtle"
          size={32}
          aria-label="Favourite"
          aria-pressed={favourite}
          onClick={() => void actions.setFavourite(id, !favourite)}
        >
          {favourite ? <IconStarFilled className={classes.star} size={16} /> : <IconStar size={16} />}
        </ActionIcon>
      </span>
    </header>
  );
}

/** `ops@web1.example.org:22`, an IPv6 literal in brackets. */
function sshAddress({ user, host, port }: ProfileView): string {
  const bracketed = host.includes(':') ? `[${host}]` : host;
  return `${user === null ? '' : `${user}@`}${bracketed}:${port}`;
}
