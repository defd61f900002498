import { Button, type ButtonProps } from '@mantine/core';
import type { ComponentPropsWithoutRef } from 'react';

type Props = ButtonProps &
  Omit<ComponentPropsWithoutRef<'button'>, keyof ButtonProps> & {
    /** Off for now. It keeps the focus, unlike a disabled button, so whoever pressed it with a key is not lost. */
    readonly busy: boolean;
    readonly onAct: () => void;
  };

export function ActButton({ busy, onAct, ...rest }: Props) {
  return (
    <Button
      {...rest}
      type="button"
      aria-disabled={busy}
      {...(busy && { 'data-disabled': true })}
      onClick={() => {
        if (!busy) onAct();
      }}
    />
  );
}
