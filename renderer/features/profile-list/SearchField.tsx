import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useRef, type KeyboardEvent } from 'react';
import { flushSync } from 'react-dom';
import { Shortcut } from '../../components/Shortcut';
import { useApp, useUi } from '../../stores/app';
import { useShortcuts } from '../../stores/use-shortcuts';
import { useSections } from './use-profile-list';
import { inOrder } from './arrange';
import classes from './Sidebar.module.css';

interface Props {
  readonly disabled: boolean;
  /** Moves the focus into the list. */
  readonly onLeave: () => void;
}

export function SearchField({ disabled, onLeave }: Props) {
  const { ui, navigation } = useApp();
  const search = useUi((state) => state.search);
  const selected = useUi((state) => state.selected);
  const order = inOrder(useSections());
  const input = useRef<HTMLInputElement>(null);
  const reach = () => {
    // In a narrow window the list may be hidden, and what is hidden takes no focus.
    flushSync(() => navigation.list());
    input.current?.focus();
    input.current?.select();
  };
  useShortcuts({ 'Mod+K': reach });

  const onKeyDown = (event: KeyboardEvent) => {
    const first = order.find(({ id }) => id === selected) ?? order[0];
    if ((event.key === 'ArrowDown' || event.key === 'Enter') && first !== undefined) {
      event.preventDefault();
      if (first.id !== selected) ui.setState({ selected: first.id });
      onLeave();
    } else if (event.key === 'Escape' && search !== '') {
      event.preventDefault();
      ui.setState({ search: '' });
    }
  };

  return (
    <TextInput
      ref={input}
      className={classes.search ?? ''}
      type="search"
      aria-label="Search profiles"
      aria-keyshortcuts="Control+K Meta+K"
      placeholder="Search"
      value={search}
      disabled={disabled}
      leftSection={<IconSearch size={14} />}
      rightSection={search === '' ? <Shortcut keys="Mod+K" /> : null}
      rightSectionWidth={52}
      rightSectionPointerEvents="none"
      onChange={(event) => ui.setState({ search: event.currentTarget.value })}
      onKeyDown={onKeyDown}
    />
  );
}
