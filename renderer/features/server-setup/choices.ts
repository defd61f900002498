/** What is chosen in the pane, as the fields hold it, and as the export takes it. */
import { ARCHES, networkProblem, type Arch, type ExportOptions } from '../../../shared/installer/options';

export interface Choices {
  readonly secrets: 'include' | 'ask';
  /** As typed: networks with commas or spaces between. */
  readonly networks: string;
  readonly arches: readonly Arch[];
}

export const STARTING_CHOICES: Choices = { secrets: 'include', networks: '', arches: ['amd64', 'arm64'] };

export interface ChoiceProblem {
  readonly field: 'networks' | 'arches';
  readonly message: string;
}

/** The payload's mutable lists. */
interface Options extends Omit<ExportOptions, 'allow' | 'arches'> {
  readonly allow: string[];
  readonly arches: Arch[];
}

export function optionsOf({ secrets, networks, arches }: Choices): {
  readonly options: Options | null;
  readonly problem: ChoiceProblem | null;
} {
  const allow = networks.split(/[\s,]+/).filter((network) => network !== '');
  const wrong = allow.find((network) => networkProblem(network) !== null);
  if (wrong !== undefined) {
    return {
      options: null,
      problem: { field: 'networks', message: `${wrong}: ${networkProblem(wrong) ?? ''}` },
    };
  }
  if (arches.length === 0) {
    return { options: null, problem: { field: 'arches', message: 'Choose at least one processor.' } };
  }
  return {
    options: { secrets, allow, arches: ARCHES.filter((arch) => arches.includes(arch)) },
    problem: null,
  };
}
