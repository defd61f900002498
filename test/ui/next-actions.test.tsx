// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { nextHint, serverCheck, type NextFacts } from '../../shared/text/next-action';
import type { RunView, Verdict } from '../../shared/contract/views';
import { openApp } from './open-app';
import { fixed, idOf, rotating } from './scenes/profiles';
import { ended, failedRun, FOUND, grant, noEffect, opened, run } from './scenes/runs';

const section = () => screen.getByRole('region', { name: 'Run' });
const buttons = () =>
  within(section())
    .queryAllByRole('button')
    .map((button) => button.textContent);

async function shown(newest: RunView, profile = rotating(1)): Promise<readonly (string | null)[]> {
  await openApp({
    profiles: [profile],
    runs: [newest],
    grants: newest.verdict === 'opened' ? [grant(1, { until: Date.now() + 60_000 })] : [],
  });
  return buttons();
}

describe('the verdict table', () => {
  it.each<[string, RunView, readonly string[]]>([
    ['opened', opened(1), ['Extend', 'Close now', 'Connect', 'Copy ssh command']],
    [
      'reachable, not proven',
      ended(1, 'reachable-not-proven', 'open', 'open'),
      ['Check server gate', 'Connect', 'Copy ssh command'],
    ],
    [
      'nothing listening',
      ended(1, 'nothing-listening', 'filtered', 'refused'),
      ['Check sshd', 'Knock again'],
    ],
    [
      'no effect',
      noEffect(1),
      ['Check the server', 'Knock again', 'Copy diagnostics', 'Choose a time server'],
    ],
    [
      'no effect, clock found',
      noEffect(1, FOUND),
      ['Check the server', 'Knock again', 'Copy diagnostics', 'Choose a time server'],
    ],
    ['a network error', failedRun(1), ['Knock again', 'Copy diagnostics']],
    ['closed', ended(1, 'closed', 'open', 'filtered'), []],
  ])('%s has its next actions', async (_what, newest, expected) => {
    expect(await shown(newest)).toEqual(expected);
  });

  it('offers settings where settings tell more, and nothing after a cancel', async () => {
    const failed = (code: 'keychain-locked' | 'cancelled') =>
      run(1, { phase: 'done', verdict: 'error', message: 'x', problem: { code, message: 'x' } });
    expect(await shown(failed('keychain-locked'))).toEqual(['Knock again', 'Open settings']);
  });

  it('offers nothing after a cancel, and no time server to a fixed sequence', async () => {
    const cancelled = run(1, {
      phase: 'done',
      verdict: 'error',
      message: 'x',
      problem: { code: 'cancelled', message: 'x' },
    });
    expect(await shown(cancelled)).toEqual([]);
  });

  it('shows what to run on the server on request, by keyboard too', async () => {
    const { user, calls } = await openApp({
      profiles: [fixed(1)],
      runs: [noEffect(1)],
    });
    const check = within(section()).getByRole('button', { name: 'Check the server' });
    expect(check.getAttribute('aria-expanded')).toBe('false');
    check.focus();
    await user.keyboard('{Enter}');
    expect(check.getAttribute('aria-expanded')).toBe('true');
    expect(section().textContent).toContain('journalctl -f -u knockd');
    expect(buttons()).not.toContain('Choose a time server');
    calls.knock.ignore();
    await user.click(within(section()).getByRole('button', { name: 'Knock again' }));
    expect(calls.knock.seen).toEqual([{ id: idOf(1), action: 'open' }]);
  });

  it('says how many tries it took', async () => {
    await shown(ended(1, 'nothing-listening', 'filtered', 'refused'));
    expect(section().textContent).toContain('try 2 of 2');
  });
});

describe('the next step in words', () => {
  const facts: NextFacts = {
    verdict: 'no-effect',
    method: 'static',
    port: 22,
    before: 'filtered',
    renewed: false,
    found: false,
  };
  it.each<[Partial<NextFacts>, RegExp | null]>([
    [{}, /causes from the top.*sallyportd status/],
    [{ found: true }, /Set right what was found/],
    [{ verdict: 'reachable-not-proven', before: 'open' }, /server’s gate/],
    [{ verdict: 'reachable-not-proven', before: 'open', renewed: true }, null],
    [{ verdict: 'reachable-not-proven', before: null }, /knock again/],
    [{ verdict: 'nothing-listening' }, /systemctl status ssh/],
    [{ verdict: 'nothing-listening', port: 8443 }, /sport = :8443/],
    [{ verdict: 'sent', port: null }, /--port/],
    [{ verdict: 'opened' }, null],
    [{ verdict: 'closed' }, null],
    [{ verdict: 'error' }, null],
  ])('after %j', (more, words) => {
    const hint = nextHint({ ...facts, ...more });
    if (words === null) expect(hint).toBeNull();
    else expect(hint).toMatch(words);
  });

  it('names commands for the server only where the server knows more', () => {
    const verdicts: readonly Verdict[] = ['opened', 'closed', 'sent', 'error'];
    for (const verdict of verdicts) expect(serverCheck({ ...facts, verdict })).toBeNull();
    for (const method of ['static', 'one-time', 'rotating', 'spa'] as const) {
      expect(serverCheck({ ...facts, method })?.commands[0]).toBe('sudo sallyportd status');
    }
  });
});
