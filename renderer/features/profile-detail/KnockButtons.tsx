import { Button } from '@mantine/core';
import { ActButton } from '../../components/ActButton';
import { Shortcut } from '../../components/Shortcut';
import { useApp } from '../../stores/app';
import { isRunning } from '../../stores/host-state';
import { useShortcuts } from '../../stores/use-shortcuts';
import type { ProfileView, RunView } from '../../../shared/contract/views';
import { knockLabel } from '../../../shared/text/after';
import classes from './ProfileDetail.module.css';

interface Props {
  readonly profile: ProfileView;
  readonly run: RunView | undefined;
}

/**
 * While a run goes on the buttons stay where they are, told to be off rather than taken away, so that the focus of
 * whoever pressed one with the keyboard is not lost.
 */
export function KnockButtons({ profile, run }: Props) {
  const { actions } = useApp();
  const running = isRunning(run);
  const { id, after } = profile;
  const cancel = () => {
    if (running) void actions.cancel(id);
  };
  useShortcuts(running ? { Escape: cancel } : {});
  return (
    <div className={classes.buttons}>
      <ActButton
        busy={running}
        aria-keyshortcuts="Enter"
        rightSection={<Shortcut keys="Enter" />}
        onAct={() => void actions.connect(id)}
      >
        {knockLabel(after)}
      </ActButton>
      {after.kind !== 'nothing' && (
        <ActButton
          busy={running}
          variant="default"
          aria-keyshortcuts="Shift+Enter"
          onAct={() => void actions.knock(id, 'open')}
        >
          Knock
        </ActButton>
      )}
      {running && (
        <Button
          variant="subtle"
          aria-keyshortcuts="Escape"
          rightSection={<Shortcut keys="Esc" />}
          onClick={cancel}
        >
          Cancel
        </Button>
      )}
    </div>
  );
}
