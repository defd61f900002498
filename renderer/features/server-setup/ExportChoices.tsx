import { Checkbox, Radio, TextInput } from '@mantine/core';
import type { ExportFormat } from '../../../shared/installer/export-format';
import { ARCHES, type Arch } from '../../../shared/installer/options';
import type { ChoiceProblem, Choices } from './choices';
import classes from './ServerSetup.module.css';

interface Props {
  readonly choices: Choices;
  readonly problem: ChoiceProblem | null;
  /** Whether the format brings the daemon. */
  readonly daemons: boolean;
  readonly secret: ExportFormat['secret'];
  /** Whether the server can fetch the daemon. */
  readonly fetches: boolean;
  readonly onChange: (choices: Choices) => void;
}

const PROCESSORS: Readonly<Record<Arch, string>> = {
  amd64: 'x86-64 (amd64)',
  arm64: 'ARM, 64 bit (arm64)',
  armv7: 'ARM, 32 bit (armv7)',
};

export function ExportChoices({ choices, problem, secret, daemons, fetches, onChange }: Props) {
  return (
    <>
      {secret === 'in' && (
        <p className={classes.quiet}>
          The profile’s secret is in the file: nothing on the server could ask for it.
        </p>
      )}
      {secret === 'chosen' && (
        <Radio.Group
          label="The profile’s secret"
          value={choices.secrets}
          onChange={(value) => onChange({ ...choices, secrets: value === 'ask' ? 'ask' : 'include' })}
        >
          <div className={classes.choices}>
            <Radio value="include" label="In the file, which only you can read" />
            <Radio value="ask" label="Left out: the server asks for it, or makes one" />
          </div>
        </Radio.Group>
      )}
      <TextInput
        label="Networks that need no knock"
        placeholder="203.0.113.0/24"
        description="Usually none. Your own address is not let in by itself, so that your knock proves the gate."
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        spellCheck={false}
        value={choices.networks}
        error={problem?.field === 'networks' ? problem.message : null}
        onChange={({ currentTarget: { value } }) => onChange({ ...choices, networks: value })}
      />
      {daemons && (
        <Checkbox.Group
          label="The server’s processor"
          value={[...choices.arches]}
          error={problem?.field === 'arches' ? problem.message : null}
          onChange={(values) =>
            onChange({ ...choices, arches: ARCHES.filter((arch) => values.includes(arch)) })
          }
        >
          <div className={classes.choices}>
            {ARCHES.map((arch) => (
              <Checkbox key={arch} value={arch} label={PROCESSORS[arch]} />
            ))}
          </div>
        </Checkbox.Group>
      )}
      {fetches && (
        <TextInput
          label="Where the server fetches the daemon"
          placeholder="https://files.example.org/sallyportd-{arch}"
          description="A place of your own; its SHA-256 is checked. Empty: it is carried in the file, which is then too long for most clouds."
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          spellCheck={false}
          value={choices.daemonUrl}
          error={problem?.field === 'daemonUrl' ? problem.message : null}
          onChange={({ currentTarget: { value } }) => onChange({ ...choices, daemonUrl: value })}
        />
      )}
    </>
  );
}
