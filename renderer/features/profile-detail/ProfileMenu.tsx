import { ActionIcon, Menu } from '@mantine/core';
import {
  IconCopy,
  IconDots,
  IconDoorExit,
  IconEye,
  IconKey,
  IconPencil,
  IconQrcode,
  IconServerCog,
  IconTerminal2,
  IconTrash,
  IconUsers,
} from '@tabler/icons-react';
import { Shortcut } from '../../components/Shortcut';
import { useApp, useCache, useUi } from '../../stores/app';
import { canClose, isRunning } from '../../stores/host-state';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { ProfileView } from '../../../shared/contract/views';
import { arrange, inOrder, neighbour } from '../profile-list/arrange';

export function ProfileMenu({ profile }: { readonly profile: ProfileView }) {
  const { actions, navigation } = useApp();
  const running = useCache(({ runs }) => isRunning(runs[profile.id]));
  const profiles = useCache((cache) => cache.profiles);
  const search = useUi((ui) => ui.search);
  const { id } = profile;
  useShortcuts({ 'Mod+E': () => navigation.edit(id) });
  const remove = () => {
    const next = neighbour(inOrder(arrange(profiles, search)), id);
    void actions.remove(profile, next?.id ?? null);
  };
  return (
    <Menu position="bottom-end" width={220} withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <ActionIcon variant="subtle" size={32} aria-label="More actions">
          <IconDots size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          data-autofocus
          leftSection={<IconPencil size={16} />}
          rightSection={<Shortcut keys="Mod+E" />}
          onClick={() => navigation.edit(id)}
        >
          Edit
        </Menu.Item>
        <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => void actions.duplicate(id)}>
          Duplicate
        </Menu.Item>
        <Menu.Item leftSection={<IconTerminal2 size={16} />} onClick={() => void actions.copySshCommand(id)}>
          Copy ssh command
        </Menu.Item>
        <Menu.Item leftSection={<IconEye size={16} />} onClick={() => void actions.reveal(id)}>
          Reveal secret…
        </Menu.Item>
        {profile.method.kind === 'rotating' && (
          <Menu.Item leftSection={<IconKey size={16} />} onClick={() => void actions.prepareRekey(id)}>
            New secret…
          </Menu.Item>
        )}
        {profile.method.kind !== 'one-time' && (
          <Menu.Item leftSection={<IconQrcode size={16} />} onClick={() => void actions.showQr(id)}>
            Show QR code…
          </Menu.Item>
        )}
        <Menu.Item leftSection={<IconServerCog size={16} />} onClick={() => navigation.server(id)}>
          Set up my server…
        </Menu.Item>
        <Menu.Item leftSection={<IconUsers size={16} />} onClick={() => navigation.people(id)}>
          People and phones…
        </Menu.Item>
        {canClose(profile) && (
          <Menu.Item
            leftSection={<IconDoorExit size={16} />}
            disabled={running}
            onClick={() => void actions.knock(id, 'close')}
          >
            Close door
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconTrash size={16} />} disabled={running} onClick={remove}>
          Remove
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
