/** What a person is told when the vault cannot do what was asked. */
import { ProblemError } from '../../../shared/contract/result';
import { passphraseProblem } from '../../../shared/text/passphrase';

export function refuseWeak(passphrase: string): void {
  const problem = passphraseProblem(passphrase);
  if (problem !== null) throw new ProblemError({ code: 'bad-input', message: problem });
}

export function locked(): ProblemError {
  return new ProblemError({
    code: 'keychain-locked',
    message: 'The vault is locked.',
    hint: 'Unlock it in the settings, or with: sallyport secrets unlock',
  });
}

export function changedElsewhere(): ProblemError {
  return new ProblemError({
    code: 'keychain-locked',
    message: 'The vault is locked, because another process gave it another passphrase.',
    hint: 'Unlock it with its new passphrase in the settings, or with: sallyport secrets unlock',
  });
}

export function overtaken(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'Another process wrote the vault at the same moment.',
    hint: 'Try again; nothing was changed.',
  });
}

export function noVault(): ProblemError {
  return new ProblemError({
    code: 'not-found',
    message: 'There is no vault yet.',
    hint: 'Choose the passphrase vault in the settings, or with: sallyport secrets move --to passphrase',
  });
}

export function thereIsOne(): ProblemError {
  return new ProblemError({
    code: 'conflict',
    message: 'There is a vault already.',
    hint: 'Unlock it with its passphrase.',
  });
}
