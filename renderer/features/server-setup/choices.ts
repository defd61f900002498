/** What is chosen in the pane, as the fields hold it, and as the export takes it. */
import {
  ARCHES,
  daemonUrlProblem,
  networkProblem,
  type Arch,
  type ExportOptions,
} from '../../../shared/installer/options';

export interface Choices {
  readonly secrets: 'include' | 'ask';
  /** As typed: networks with commas or spaces between. */
  readonly networks: string;
  readonly arches: readonly Arch[];
  /** As typed; empty: the daemon is carried in the file. */
  readonly daemonUrl: string;
}

export const STARTING_CHOICES: Choices = {
  secrets: 'include',
  networks: '',
  arches: ['amd64', 'arm64'],
  daemonUrl: '',
};

export interface ChoiceProblem {
  readonly field: 'networks' | 'arches' | 'daemonUrl';
  readonly message: string;
}

/** The payload's mutable lists. */
interface Options extends Omit<ExportOptions, 'allow' | 'arches' | 'daemonUrl'> {
  readonly allow: string[];
  readonly arches: Arch[];
  readonly daemonUrl?: string;
}

export function optionsOf({ secrets, networks, arches, daemonUrl }: Choices): {
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
  const url = daemonUrl.trim();
  const urlProblem = url === '' ? null : daemonUrlProblem(url);
  if (urlProblem !== null) return { options: null, problem: { field: 'daemonUrl', message: urlProblem } };
  const chosen = { secrets, allow, arches: ARCHES.filter((arch) => arches.includes(arch)) };
  return {
    options: url === '' ? chosen : { ...chosen, daemonUrl: url },
    problem: null,
  };
}
