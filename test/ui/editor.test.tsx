// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail } from '../../shared/contract/result';
import { openApp, type OpenApp } from './open-app';
import { fixed, idOf, rotating } from './scenes/profiles';

const field = (name: string) => screen.getByLabelText<HTMLInputElement>(name, { selector: 'input' });
const save = (app: OpenApp) => app.user.click(screen.getByRole('button', { name: 'Save' }));

/** The words beside a field, found the way a screen reader finds them. */
function wordsBeside(name: string): string {
  const input = field(name);
  const ids = (input.getAttribute('aria-describedby') ?? '').split(' ');
  return ids.map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
}

async function add(more = {}): Promise<OpenApp> {
  const app = await openApp({ profiles: [rotating(1, { group: 'Lab' }), fixed(2)], ...more });
  await app.user.click(screen.getByRole('button', { name: 'Add a host' }));
  return app;
}

async function edit(profile: ReturnType<typeof rotating>): Promise<OpenApp> {
  const app = await openApp({ profiles: [profile, rotating(9)] });
  await app.user.keyboard('{Control>}e{/Control}');
  return app;
}

async function fill({ user }: OpenApp, name: string, text: string): Promise<void> {
  await user.clear(field(name));
  if (text !== '') await user.paste(text);
}

describe('a new host', () => {
  it('is rotating with a generated secret unless told otherwise', async () => {
    const app = await add();
    expect(document.activeElement === field('Name')).toBe(true);
    await app.user.keyboard('web7');
    await fill(app, 'Host', 'web7.example.org');
    await fill(app, 'User', 'ops');
    app.calls.createProfile.answer(rotating(7));
    await save(app);
    expect(app.calls.createProfile.seen).toEqual([
      {
        draft: {
          name: 'web7',
          host: 'web7.example.org',
          port: 22,
          user: 'ops',
          group: null,
          family: 'auto',
          openFor: 30,
          gapMs: 150,
          after: { kind: 'terminal' },
          method: {
            kind: 'rotating',
            parameters: {
              period: 30,
              steps: 5,
              protocols: ['tcp', 'udp'],
              range: { low: 10000, high: 49999 },
            },
            secret: { kind: 'generate' },
          },
        },
      },
    ]);
    expect(await screen.findByRole('heading', { level: 1, name: 'web7' })).toBeTruthy();
    expect(screen.getByRole('option', { name: /^web7/, selected: true })).toBeTruthy();
  });

  it('may have a static sequence and one to close', async () => {
    const app = await add();
    await fill(app, 'Name', 'pi');
    await fill(app, 'Host', '2001:db8::7');
    await app.user.click(screen.getByRole('radio', { name: 'Static sequence' }));
    await fill(app, 'Sequence', '7000, 8000:udp,icmp:128');
    expect(screen.getByText('3 steps: 7000 tcp → 8000 udp → icmp 128 bytes')).toBeTruthy();
    await fill(app, 'Close sequence', '9000');
    app.calls.createProfile.answer(fixed(7));
    await save(app);
    expect(app.calls.createProfile.seen[0]?.draft.method).toEqual({
      kind: 'static',
      tcpFlags: ['syn'],
      sequence: { kind: 'typed', value: '7000, 8000:udp,icmp:128' },
      closeSequence: { kind: 'typed', value: '9000' },
    });
  });

  it('takes a pasted secret', async () => {
    const app = await add();
    await fill(app, 'Name', 'web7');
    await fill(app, 'Host', 'web7');
    await app.user.click(screen.getByRole('radio', { name: 'Paste a secret' }));
    await fill(app, 'Pasted secret', 'MFRGG');
    await save(app);
    expect(wordsBeside('Pasted secret')).toContain('The secret has 3 bytes; it takes 16 to 64.');
    expect(field('Pasted secret').type).toBe('password');
    await fill(app, 'Pasted secret', 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    app.calls.createProfile.answer(rotating(7));
    await save(app);
    expect(app.calls.createProfile.seen[0]?.draft.method).toMatchObject({
      secret: { kind: 'typed', value: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' },
    });
  });
});

describe('what does not hold', () => {
  it.each([
    ['Name', '', 'Give the profile a name.'],
    ['Host', '', 'Enter the name or address of the server.'],
    ['Host', '-oProxyCommand=x', 'A host cannot begin with a dash.'],
    ['Host', '203.0.113', 'This is not a whole IPv4 address'],
    ['Host', 'web one', '"web one" cannot be part of a host name.'],
    ['Port', '70000', 'A port is a number from 1 to 65535.'],
    ['Port', '22x', 'A port is a number from 1 to 65535.'],
    ['User', '-l', 'A user name cannot begin with a dash.'],
    ['Period, seconds', '5', 'The period is 10 to 86400 whole seconds'],
    ['Period, seconds', 'soon', 'The period is 10 to 86400 whole seconds'],
    ['Steps', '2', 'A code has 3 to 10 steps'],
    ['Range of ports', '10000', 'The range is written like 10000-49999'],
    ['Open for, seconds', '0', 'At least 1 second.'],
    ['Gap between steps, ms', '1.5', 'Write whole milliseconds.'],
  ])('%s "%s" is told beside the field on leaving it, and not sent', async (name, text, words) => {
    const app = await add();
    if (name !== 'Name') await fill(app, 'Name', 'web7');
    if (name !== 'Host') await fill(app, 'Host', 'web7');
    await fill(app, name, text);
    await app.user.tab();
    expect(wordsBeside(name)).toContain(words);
    expect(field(name).getAttribute('aria-invalid')).toBe('true');
    await save(app);
    expect(app.calls.createProfile.seen).toEqual([]);
    expect(document.activeElement === field(name)).toBe(true);
  });

  it.each([
    ['', 'The sequence is empty'],
    ['7000,,8000', 'Step 2: nothing between two commas.'],
    ['7000:tcp,8000:sctp', 'Step 2: "sctp" is not a protocol'],
    ['70000', 'Step 1: port 70000 is out of range'],
    ['icmp', 'Step 1: an ICMP step is written icmp:<payload bytes>'],
  ])('the sequence "%s" is told by its step', async (text, words) => {
    const app = await add();
    await fill(app, 'Name', 'web7');
    await fill(app, 'Host', 'web7');
    await app.user.click(screen.getByRole('radio', { name: 'Static sequence' }));
    await fill(app, 'Sequence', text);
    await save(app);
    expect(wordsBeside('Sequence')).toContain(words);
    expect(app.calls.createProfile.seen).toEqual([]);
  });

  it('gets the focus where it comes first', async () => {
    const app = await add();
    await fill(app, 'Port', '0');
    await save(app);
    expect(document.activeElement === field('Name')).toBe(true);
    expect(wordsBeside('Port')).toContain('A port is a number');
  });

  it('is told beside its field when main finds it', async () => {
    const app = await add();
    await fill(app, 'Name', 'web1');
    await fill(app, 'Host', 'web1');
    const fields = { name: 'Another profile has this name.', 'method.parameters.range': 'Too narrow.' };
    app.calls.createProfile.handle(() => fail('conflict', 'There is a profile "web1" already.', { fields }));
    await save(app);
    expect((await screen.findByRole('alert')).textContent).toContain('There is a profile "web1" already.');
    expect(wordsBeside('Name')).toContain(fields.name);
    expect(wordsBeside('Range of ports')).toContain('Too narrow.');
    expect(field('Host').value).toBe('web1');
  });
});

it('is saved once, however long the keychain takes', async () => {
  const app = await add();
  await fill(app, 'Name', 'web7');
  await fill(app, 'Host', 'web7');
  app.calls.createProfile.ignore();
  await save(app);
  const button = screen.getByRole('button', { name: 'Saving…' });
  expect(button.getAttribute('aria-disabled')).toBe('true');
  await app.user.click(button);
  await app.user.keyboard('{Enter}');
  expect(app.calls.createProfile.seen).toHaveLength(1);
});

describe('what holds but should be known', () => {
  it('is told as the fields change: strength, a long period, ICMP that cannot be sent', async () => {
    const native = { icmp: false, rawTcp: false, hint: 'Give it its capability.' };
    const app = await add({ native });
    const warnings = () => screen.queryByRole('list', { name: 'Warnings' })?.textContent ?? '';
    expect(screen.getByText(/costs 81 bits/)).toBeTruthy();
    expect(warnings()).toBe('');
    await fill(app, 'Steps', '3');
    expect(warnings()).toContain('These settings give 48 bits');
    await fill(app, 'Period, seconds', '301');
    expect(warnings()).toContain('A period over 300 s');
    await app.user.selectOptions(screen.getByLabelText('Protocols, in this order'), 'udp,icmp');
    expect(warnings()).toContain('ICMP steps cannot be sent from here yet. Give it its capability.');
  });

  it('includes too few steps, and flags that need raw TCP', async () => {
    const app = await add({ native: { icmp: true, rawTcp: false, hint: 'Install it.' } });
    await app.user.click(screen.getByRole('radio', { name: 'Static sequence' }));
    await fill(app, 'Sequence', '7001,7000');
    const told = () =>
      screen
        .getAllByRole('list', { name: 'Warnings' })
        .map((list) => list.textContent)
        .join();
    expect(told()).toContain('Fewer than three steps');
    await app.user.click(screen.getByRole('checkbox', { name: 'fin' }));
    expect(told()).toContain('need raw TCP. Install it.');
  });
});

describe('editing', () => {
  it('keeps stored secrets without showing them, and sends keep', async () => {
    const app = await edit(fixed(2));
    expect(screen.getByRole('group', { name: 'Sequence' }).textContent).toContain(
      'Stored in the system keychain',
    );
    expect(screen.getByRole('group', { name: 'Close sequence' }).textContent).toContain('Stored in');
    await fill(app, 'Port', '2222');
    app.calls.updateProfile.answer(fixed(2, { port: 2222 }));
    await save(app);
    const sent = app.calls.updateProfile.seen[0];
    expect(sent?.id).toBe(idOf(2));
    expect(sent?.draft.port).toBe(2222);
    expect(sent?.draft.method).toEqual({
      kind: 'static',
      tcpFlags: ['syn'],
      sequence: { kind: 'keep' },
      closeSequence: { kind: 'keep' },
    });
  });

  it('replaces what it is told to replace', async () => {
    const app = await edit(rotating(1));
    await app.user.click(screen.getByRole('button', { name: 'Replace secret' }));
    expect(screen.getByRole<HTMLInputElement>('radio', { name: 'Generate a secret' }).checked).toBe(true);
    app.calls.updateProfile.answer(rotating(1));
    await save(app);
    expect(app.calls.updateProfile.seen[0]?.draft.method).toMatchObject({ secret: { kind: 'generate' } });
  });

  it('deletes a stored close sequence when its replacement is left empty', async () => {
    const app = await edit(fixed(2));
    await app.user.click(screen.getByRole('button', { name: 'Replace close sequence' }));
    expect(wordsBeside('Close sequence')).toContain('Left empty, the stored one is deleted.');
    app.calls.updateProfile.answer(fixed(2));
    await save(app);
    expect(app.calls.updateProfile.seen[0]?.draft.method).toMatchObject({ closeSequence: { kind: 'none' } });
  });

  it('of the method asks for a new secret, since none of that kind is stored', async () => {
    const app = await edit(rotating(1));
    await app.user.click(screen.getByRole('radio', { name: 'Static sequence' }));
    expect(field('Sequence').value).toBe('');
    await save(app);
    expect(wordsBeside('Sequence')).toContain('The sequence is empty');
    expect(app.calls.updateProfile.seen).toEqual([]);
  });

  it('keeps an order of protocols that is not the usual one', async () => {
    const method = { ...rotating(1).method, protocols: ['udp', 'icmp', 'tcp'] } as ReturnType<
      typeof rotating
    >['method'];
    const app = await edit(rotating(1, { method }));
    app.calls.updateProfile.answer(rotating(1));
    await save(app);
    expect(app.calls.updateProfile.seen[0]?.draft.method).toMatchObject({
      parameters: { protocols: ['udp', 'icmp', 'tcp'] },
    });
  });
});
