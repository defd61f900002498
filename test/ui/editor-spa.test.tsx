// @vitest-environment happy-dom
import { screen } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { openApp, type OpenApp } from './open-app';
import { rotating } from './scenes/profiles';

const save = (app: OpenApp) => app.user.click(screen.getByRole('button', { name: 'Save' }));

async function fill({ user }: OpenApp, name: string, text: string): Promise<void> {
  await user.clear(screen.getByLabelText(name, { selector: 'input' }));
  await user.paste(text);
}

describe('fwknop’s single packets', () => {
  it('send both keys as typed, and what the packet asks for', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    await app.user.click(screen.getByRole('button', { name: 'Add a host' }));
    await fill(app, 'Name', 'web9');
    await fill(app, 'Host', 'web9.example.org');
    await app.user.click(screen.getByRole('radio', { name: 'fwknop SPA' }));
    await fill(app, 'Key, base64', 'bm90IGEga2V5');
    await fill(app, 'HMAC key, base64', 'aG1hYyBrZXk=');
    await fill(app, 'Ask for, seconds', '60');
    await fill(app, 'Open too', 'udp/53, sctp/1');
    await app.user.selectOptions(screen.getByLabelText('Let in'), 'fixed');
    await fill(app, 'Address to let in', 'fe80::1%eth0');
    await save(app);
    expect(screen.getByText(/An address is written like 203.0.113.7/)).toBeTruthy();
    expect(screen.getByText(/Write further ports like udp\/53,tcp\/443/)).toBeTruthy();
    await fill(app, 'Address to let in', '203.0.113.7');
    await fill(app, 'Open too', 'udp/53, TCP/443');
    app.calls.createProfile.answer(rotating(9));
    await save(app);
    expect(app.calls.createProfile.seen[0]?.draft.method).toEqual({
      kind: 'spa',
      settings: {
        serverPort: 62201,
        hmacDigest: 'sha256',
        allow: { kind: 'fixed', address: '203.0.113.7' },
        nat: null,
        morePorts: 'udp/53,tcp/443',
        timeout: 60,
        username: 'sallyport',
      },
      key: { kind: 'typed', value: 'bm90IGEga2V5' },
      hmacKey: { kind: 'typed', value: 'aG1hYyBrZXk=' },
    });
  });

  it('ask an echo service and for NAT, where a person says so', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    await app.user.click(screen.getByRole('button', { name: 'Add a host' }));
    await fill(app, 'Name', 'web9');
    await fill(app, 'Host', 'web9.example.org');
    await app.user.click(screen.getByRole('radio', { name: 'fwknop SPA' }));
    await fill(app, 'Key, base64', 'bm90IGEga2V5');
    await fill(app, 'HMAC key, base64', 'aG1hYyBrZXk=');
    await app.user.selectOptions(screen.getByLabelText('Let in'), 'echo');
    await fill(app, 'Echo service', 'http://ip.example.org/');
    await app.user.selectOptions(screen.getByLabelText('Forward the port (NAT)'), 'nat');
    await fill(app, 'Host behind it', '192.168.10.3');
    await save(app);
    expect(screen.getByText(/asked over https/)).toBeTruthy();
    expect(screen.getByText('A port is a number from 1 to 65535.')).toBeTruthy();
    await fill(app, 'Echo service', 'https://ip.example.org/');
    await fill(app, 'Port there', '2222');
    app.calls.createProfile.answer(rotating(9));
    await save(app);
    expect(app.calls.createProfile.seen[0]?.draft.method).toMatchObject({
      settings: {
        allow: { kind: 'echo', url: 'https://ip.example.org/' },
        nat: { kind: 'nat', host: '192.168.10.3', port: 2222 },
      },
    });
  });
});
