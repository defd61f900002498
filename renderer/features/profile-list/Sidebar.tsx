import { ActionIcon } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useRef } from 'react';
import { useApp, useCache } from '../../stores/app';
import { useKeyNames } from '../../components/Shortcut';
import { HealthFooter } from '../health-footer/HealthFooter';
import { ProfileList } from './ProfileList';
import { SearchField } from './SearchField';
import { SidebarMenu } from './SidebarMenu';
import classes from './Sidebar.module.css';

export function Sidebar() {
  const { navigation } = useApp();
  const any = useCache(({ profiles }) => profiles.length > 0);
  const addKeys = useKeyNames('Mod+N');
  const list = useRef<HTMLDivElement>(null);
  return (
    <aside className={classes.sidebar} aria-label="Profiles">
      <div className={classes.top}>
        <SearchField disabled={!any} onLeave={() => list.current?.focus()} />
        <ActionIcon
          variant="default"
          size={32}
          title={`Add a host (${addKeys})`}
          aria-label="Add a host"
          aria-keyshortcuts="Control+N Meta+N"
          onClick={() => navigation.add()}
        >
          <IconPlus size={16} />
        </ActionIcon>
        <SidebarMenu />
      </div>
      <ProfileList ref={list} />
      <HealthFooter />
    </aside>
  );
}
