import { ActionIcon, Menu } from '@mantine/core';
import { IconDotsVertical, IconFileExport, IconFileImport } from '@tabler/icons-react';
import { useApp, useCache } from '../../stores/app';

/** What is done with the list as a whole. */
export function SidebarMenu() {
  const { navigation } = useApp();
  const any = useCache(({ profiles }) => profiles.length > 0);
  return (
    <Menu position="bottom-end" width={180} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="default" size={32} title="Import and export" aria-label="Import and export">
          <IconDotsVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          data-autofocus
          leftSection={<IconFileImport size={16} />}
          onClick={() => navigation.importing()}
        >
          Import…
        </Menu.Item>
        <Menu.Item
          leftSection={<IconFileExport size={16} />}
          disabled={!any}
          onClick={() => navigation.exporting()}
        >
          Export…
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
