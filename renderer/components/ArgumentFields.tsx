import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './ArgumentFields.module.css';

interface Props {
  /** The program, then its arguments. */
  readonly argv: readonly string[];
  /** Words by index. */
  readonly problems: Readonly<Record<number, string>>;
  /** Words about all of them, where no single one is at fault. */
  readonly problem?: ReactNode;
  readonly placeholder: string;
  readonly onChange: (argv: readonly string[]) => void;
  /** What is told below the fields. */
  readonly children: ReactNode;
  /** What a form calls these fields, and the one of them to go to when they do not hold. */
  readonly target?: { readonly path: string; readonly index: number };
}

/** One field an argument: nothing is split at spaces, so nothing has to be quoted. */
export function ArgumentFields({ argv, problems, problem, placeholder, onChange, children, target }: Props) {
  const [program = '', ...more] = argv;
  const pathAt = (index: number) => (target?.index === index ? target.path : undefined);
  return (
    <div className={classes.argv}>
      <TextInput
        label="Program"
        placeholder={placeholder}
        spellCheck={false}
        value={program}
        error={problems[0] ?? problem}
        data-path={pathAt(0)}
        onChange={(event) => onChange([event.currentTarget.value, ...more])}
      />
      {more.map((argument, index) => (
        <div key={index} className={classes.argument}>
          <TextInput
            aria-label={`Argument ${index + 1}`}
            spellCheck={false}
            value={argument}
            error={problems[index + 1]}
            data-path={pathAt(index + 1)}
            onChange={(event) => onChange(argv.with(index + 1, event.currentTarget.value))}
          />
          <ActionIcon
            variant="subtle"
            size={32}
            aria-label={`Remove argument ${index + 1}`}
            onClick={() => onChange(argv.toSpliced(index + 1, 1))}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      <Button
        className={classes.add ?? ''}
        variant="default"
        size="xs"
        onClick={() => onChange([...argv, ''])}
      >
        Add argument
      </Button>
      <p className={classes.note}>{children}</p>
    </div>
  );
}
