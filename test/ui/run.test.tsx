// @vitest-environment happy-dom
import { act, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import type { RunView } from '../../shared/contract/views';
import { openApp } from './open-app';
import { fixed, idOf, rotating } from './scenes/profiles';
import {
  checking,
  FOUND,
  failedRun,
  grant,
  noEffect,
  opened,
  rotatingSteps,
  run,
  sending,
  staticSteps,
} from './scenes/runs';

function steps(): string[] {
  return within(screen.getByRole('list', { name: 'Steps' }))
    .getAllByRole('listitem')
    .map((step) => step.textContent);
}

const said = () => document.querySelector('[aria-live="polite"]')?.textContent;
const section = () => screen.getByRole('region', { name: 'Run' });

describe('a run', () => {
  it('shows each step as it is sent, then what was seen, then the verdict', async () => {
    const { user, calls, tell } = await openApp({ profiles: [rotating(1)] });
    calls.knock.ignore();
    await user.click(screen.getByRole('button', { name: 'Knock' }));
    expect(calls.knock.seen).toEqual([{ id: idOf(1), action: 'open' }]);

    tell('runChanged', run(1));
    expect(section().textContent).toContain('looking up web1.example.org');
    expect(said()).toBe('Knocking on web1.');
    tell('runChanged', sending(1, 0));
    expect(steps()).toEqual([
      '1 tcpnot sent yet',
      '2 tcpnot sent yet',
      ...['3 udp', '4 udp', '5 tcp'].map((s) => `${s}not sent yet`),
    ]);
    tell('runChanged', sending(1, 2));
    expect(section().textContent).toContain('Sending step 3 of 5');
    expect(steps().slice(0, 3)).toEqual(['34175 tcpsent 0 ms', '43779 tcpsent 151 ms', '3 udpnot sent yet']);
    tell('runChanged', { ...sending(1, 5), phase: 'probing', before: 'filtered' });
    expect(section().textContent).toContain('Looking at port 22');
    expect(said()).toBe('5 steps sent. Looking at port 22.');
    tell('runChanged', opened(1));
    expect(section().textContent).toContain('beforefiltered · no answer');
    expect(section().textContent).toContain('afteropen · a connection was accepted · in 1.0 s');
    expect(screen.getByRole('heading', { name: 'Opened' })).toBeTruthy();
    expect(said()).toBe('web1: Opened. Port 22 was filtered and is open now.');
    expect(document.body.textContent).not.toContain('received');
  });

  it('never tells the ports of a static sequence', async () => {
    await openApp({ profiles: [fixed(2)], runs: [run(2, { phase: 'sending', steps: staticSteps(2) })] });
    expect(steps()).toEqual(['1 tcpsent 0 ms', '2 udpsent 150 ms', '3 tcpnot sent yet']);
  });

  it('tells the try it is at', async () => {
    const { tell } = await openApp({ profiles: [fixed(2)] });
    tell('runChanged', run(2, { phase: 'sending', steps: staticSteps(0), attempts: 3 }));
    expect(section().textContent).not.toContain('try 1');
    tell('runChanged', run(2, { phase: 'sending', steps: staticSteps(0), attempt: 2, attempts: 3 }));
    expect(section().textContent).toContain('try 2 of 3');
    expect(said()).toBe('Try 2 of 3.');
  });

  it('lists the causes of no effect in their order', async () => {
    await openApp({ profiles: [rotating(1)], runs: [noEffect(1)] });
    expect(screen.getByRole('heading', { name: 'No effect' })).toBeTruthy();
    const causes = within(section()).getByRole('list', { name: 'Causes' });
    const told = within(causes)
      .getAllByRole('listitem')
      .map((cause) => cause.textContent);
    expect(told).toEqual(noEffect(1).advice.causes.map(({ text }) => text));
    expect(told[0]).toContain('clock');
  });

  it('tells what was found, and what was checked and is fine', async () => {
    await openApp({ profiles: [rotating(1)], runs: [noEffect(1, FOUND)] });
    const told = (name: string) =>
      within(within(section()).getByRole('list', { name }))
        .getAllByRole('listitem')
        .map((item) => item.textContent);
    expect(told('Causes')[0]).toMatch(/^Found: The clock here is 74 s behind ntp\.example\.org/);
    expect(told('Causes').filter((cause) => cause?.startsWith('Found: '))).toHaveLength(1);
    expect(told('Causes').join()).not.toContain('No step met');
    expect(told('Checked and fine')).toEqual([
      'web1.example.org has no IPv6 address.',
      'No step met a service that answers.',
    ]);
  });

  it('says that it looks for the cause', async () => {
    const { tell } = await openApp({ profiles: [rotating(1)] });
    tell('runChanged', checking(1));
    expect(section().textContent).toContain('looking for the cause');
  });

  it('says an error once, with its next step, and keeps the raw words apart', async () => {
    const { user, calls } = await openApp({ profiles: [rotating(1)] });
    const failure = failedRun(1);
    calls.connect.answer(failure);
    await user.click(screen.getByRole('button', { name: 'Knock & Connect' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain(failure.problem!.hint);
    const details = within(alert).getByText('Details').closest('details');
    expect(details?.open).toBe(false);
    expect(details?.textContent).toContain('getaddrinfo ENOTFOUND');
    expect(screen.getAllByText(failure.message!)).toHaveLength(1);
  });

  it('says why a knock could not even begin, until that is dismissed', async () => {
    const { user, calls } = await openApp({ profiles: [rotating(1)] });
    calls.knock.handle(() => fail('keychain-locked', 'The keychain is locked.', { hint: 'Unlock it.' }));
    await user.click(screen.getByRole('button', { name: 'Knock' }));
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The keychain is locked.Unlock it.');
    await user.click(within(alert).getByRole('button', { name: 'Dismiss' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('cancelling', () => {
  it('is Esc or a button, and only while a run goes on', async () => {
    const { user, calls, tell } = await openApp({ profiles: [rotating(1)], runs: [sending(1)] });
    calls.cancelRun.answer(null);
    await user.keyboard('{Escape}');
    await user.click(screen.getByRole('button', { name: 'Cancel' }));
    expect(calls.cancelRun.seen).toEqual([{ id: idOf(1) }, { id: idOf(1) }]);
    const problem = { code: 'cancelled', message: 'The run was cancelled after 3 steps.' } as const;
    tell('runChanged', { ...sending(1), phase: 'done', verdict: 'error', message: problem.message, problem });
    expect(screen.queryByRole('button', { name: 'Cancel' })).toBeNull();
    expect(section().textContent).toContain(problem.message);
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.getByRole('option', { name: 'web1 idle, rotating' })).toBeTruthy();
    await user.keyboard('{Escape}');
    expect(calls.cancelRun.seen).toHaveLength(2);
  });

  it('is not what Esc does while it closes a menu', async () => {
    const { user, calls } = await openApp({ profiles: [rotating(1)], runs: [sending(1)] });
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    await screen.findByRole('menu');
    await user.keyboard('{Escape}');
    expect(calls.cancelRun.seen).toEqual([]);
    expect(screen.queryByRole('menu')).toBeNull();
  });

  it('leaves the buttons where they are, so that the focus stays, but they do nothing', async () => {
    const { user, calls, tell } = await openApp({ profiles: [rotating(1)] });
    calls.connect.ignore();
    const button = screen.getByRole('button', { name: 'Knock & Connect' });
    await user.click(button);
    tell('runChanged', sending(1));
    expect(document.activeElement).toBe(button);
    expect(button.getAttribute('aria-disabled')).toBe('true');
    await user.click(button);
    await user.click(screen.getByRole('button', { name: 'Knock' }));
    expect(calls.connect.seen).toHaveLength(1);
    expect(calls.knock.seen).toHaveLength(0);
  });
});

describe('time', () => {
  const begin = Date.UTC(2026, 10, 21, 12, 0, 16);
  beforeEach(() => void vi.useFakeTimers({ now: begin, toFake: ['Date', 'setInterval', 'clearInterval'] }));
  afterEach(() => void vi.useRealTimers());
  const pass = (ms: number) => act(() => void vi.advanceTimersByTime(ms));
  const timer = (name: string) => screen.getByRole('timer', { name }).textContent;

  it('counts down until the door closes, in the list too, and then says nothing more', async () => {
    const grants = [grant(1, { until: begin + 21_000 })];
    await openApp({ profiles: [rotating(1)], runs: [opened(1)], grants });
    expect(timer('Door closes in')).toBe('0:21');
    pass(1250);
    expect(timer('Door closes in')).toBe('0:20');
    expect(screen.getByRole('option', { name: 'web1 open 0:20' })).toBeTruthy();
    pass(20_000);
    expect(screen.queryByRole('timer', { name: 'Door closes in' })).toBeNull();
    expect(screen.getByRole('option', { name: 'web1 idle, rotating' })).toBeTruthy();
  });

  it('shows what is left of the code, and starts over with the next', async () => {
    await openApp({ profiles: [rotating(1)] });
    expect(timer('Next code in')).toBe('14 s');
    pass(13_500);
    expect(timer('Next code in')).toBe('1 s');
    pass(500);
    expect(timer('Next code in')).toBe('30 s');
  });

  it('says why nothing is sent, and for how long', async () => {
    const waiting: RunView['waiting'] = { why: 'Waiting for the next code', until: begin + 14_000 };
    await openApp({ profiles: [rotating(1)], runs: [run(1, { phase: 'waiting', waiting })] });
    expect(section().textContent).toContain('Waiting for the next code');
    expect(timer('Waiting for')).toBe('0:14');
    pass(4000);
    expect(timer('Waiting for')).toBe('0:10');
  });
});

describe('an open door', () => {
  // Longer than all tests before it can take.
  const until = Date.now() + 3_600_000;

  it('is extended and closed', async () => {
    const { user, calls } = await openApp({
      profiles: [rotating(1)],
      runs: [opened(1)],
      grants: [grant(1, { until })],
    });
    calls.knock.ignore();
    await user.click(screen.getByRole('button', { name: 'Extend' }));
    await user.click(screen.getByRole('button', { name: 'Close now' }));
    expect(calls.knock.seen.map(({ action }) => action)).toEqual(['open', 'close']);
  });

  it('offers no closing where no close sequence is stored', async () => {
    const method = { kind: 'static', tcpFlags: ['syn'], hasClose: false } as const;
    const { user } = await openApp({ profiles: [fixed(2, { method })], grants: [grant(2, { until })] });
    expect(screen.getByRole('button', { name: 'Extend' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: 'Close now' })).toBeNull();
    await user.click(screen.getByRole('button', { name: 'More actions' }));
    expect(await screen.findByRole('menuitem', { name: /Edit/ })).toBeTruthy();
    expect(screen.queryByRole('menuitem', { name: 'Close door' })).toBeNull();
  });

  it('keeps the run that a call answers, without waiting for its event', async () => {
    const { user, calls } = await openApp({ profiles: [rotating(1)] });
    calls.knock.handle(() => ok({ ...opened(1), steps: rotatingSteps(5) }));
    await user.click(screen.getByRole('button', { name: 'Knock' }));
    expect(await screen.findByRole('heading', { name: 'Opened' })).toBeTruthy();
  });
});
