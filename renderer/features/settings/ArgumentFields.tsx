import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import classes from './Settings.module.css';

interface Props {
  /** The program, then its arguments. */
  readonly argv: readonly string[];
  readonly problems: Readonly<Record<number, string>>;
  readonly onChange: (argv: readonly string[]) => void;
}

/** One field an argument: nothing is split at spaces, so nothing has to be quoted. */
export function ArgumentFields({ argv, problems, onChange }: Props) {
  const [program = '', ...more] = argv;
  return (
    <div className={classes.argv}>
      <TextInput
        label="Program"
        placeholder="/usr/bin/foot"
        spellCheck={false}
        value={program}
        error={problems[0]}
        onChange={(event) => onChange([event.currentTarget.value, ...more])}
      />
      {more.map((argument, index) => (
        <div key={index} className={classes.argument}>
          <TextInput
            aria-label={`Argument ${index + 1}`}
            spellCheck={false}
            value={argument}
            error={problems[index + 1]}
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
      <p className={classes.quiet}>
        The command that connects is added at the end. Each argument goes in a field of its own and is passed
        on as it stands.
      </p>
    </div>
  );
}
