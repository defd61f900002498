// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import type { ClockServer } from '../../shared/advice/clock-server';
import { openApp } from './open-app';
import { rotating } from './scenes/profiles';

const rest = { theme: 'system', terminal: { kind: 'auto' } } as const;

async function openClock(clockServer: ClockServer = { kind: 'off' }) {
  const app = await openApp({ profiles: [rotating(1)], settings: { ...rest, clockServer } });
  app.calls.saveSettings.handle((settings) => ok(settings));
  await app.user.keyboard('{Control>},{/Control}');
  const section = screen.getByRole('region', { name: 'Clock' });
  const type = async (text: string) => {
    const field = within(section).getByRole('textbox');
    await app.user.clear(field);
    await app.user.type(field, text);
  };
  const press = (role: 'button' | 'radio', name: string) =>
    app.user.click(within(section).getByRole(role, { name }));
  return { ...app, section, type, press };
}

describe('the comparison of clocks', () => {
  it('asks nobody until a server is written and saved', async () => {
    const { calls, press, type, section } = await openClock();
    expect(within(section).queryByRole('textbox')).toBeNull();
    await press('radio', 'Time server');
    expect(calls.saveSettings.seen).toEqual([]);
    await type('ntp.example.org');
    await press('button', 'Save clock');
    expect(calls.saveSettings.seen).toEqual([
      { ...rest, clockServer: { kind: 'ntp', host: 'ntp.example.org' } },
    ]);
    expect(await within(section).findByText('Saved.')).toBeTruthy();
  });

  it('says what is wrong with a server beside the field', async () => {
    const { calls, press, type, section } = await openClock();
    await press('radio', 'Web server');
    await type('https://example.org/path');
    await press('button', 'Save clock');
    expect(calls.saveSettings.seen).toEqual([]);
    expect(section.textContent).toContain('nothing after its name');
  });

  it('is off at once when it is switched off, and says when main did not take it', async () => {
    const { calls, press, type, section } = await openClock({ kind: 'ntp', host: 'ntp.example.org' });
    calls.saveSettings.handle(() => fail('cancelled', 'The clock is compared with what it was before.'));
    await type('other.example.org');
    await press('button', 'Save clock');
    expect(section.textContent).toContain('what it was before');
    calls.saveSettings.handle((settings) => ok(settings));
    await press('radio', 'No one');
    expect(calls.saveSettings.seen.at(-1)).toEqual({ ...rest, clockServer: { kind: 'off' } });
  });
});
