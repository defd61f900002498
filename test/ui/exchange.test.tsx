// @vitest-environment happy-dom
import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { fail, ok } from '../../shared/contract/result';
import { openApp, type OpenApp } from './open-app';
import { idOf, rotating } from './scenes/profiles';
import { emptyReview, knockdReview, sealedReview, sshReview } from './scenes/reviews';

const PNG = Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);
const LINK = 'sallyport://profile/v1?name=a&host=h';

async function choose({ user }: OpenApp, item: string): Promise<void> {
  await user.click(screen.getByRole('button', { name: 'Import and export' }));
  await user.click(await screen.findByRole('menuitem', { name: item }));
}

describe('importing', () => {
  it('from the first screen, saves what was chosen under the names that were given', async () => {
    const app = await openApp();
    app.calls.importSshConfig.answer(sshReview());
    app.calls.importApply.answer([rotating(7, { name: 'bastion' })]);
    await app.user.click(screen.getByRole('button', { name: 'Import ~/.ssh/config' }));
    const review = await screen.findByRole('article', { name: 'Review the import' });
    expect(document.activeElement?.textContent).toBe('Review the import');
    await app.user.click(within(review).getByRole('checkbox', { name: 'Import backup' }));
    const name = within(review).getByRole('textbox', { name: 'Name' });
    await app.user.clear(name);
    await app.user.type(name, 'bastion');
    await app.user.click(within(review).getByRole('button', { name: 'Import 2 hosts' }));
    expect(app.calls.importApply.seen).toEqual([
      {
        id: 'review-1',
        chosen: [
          { key: 0, name: 'bastion' },
          { key: 1, name: 'inner' },
        ],
      },
    ]);
    expect(await screen.findByRole('heading', { level: 1, name: 'bastion' })).toBeTruthy();
    expect(screen.getAllByText('1 host was imported.').length).toBeGreaterThan(0);
  });

  it('asks for the host that a knockd.conf cannot know, and sends nothing without it', async () => {
    const app = await openApp();
    app.calls.importFile.answer(knockdReview);
    app.calls.importApply.answer([rotating(7)]);
    await app.user.click(screen.getByRole('button', { name: 'Import a file…' }));
    const save = await screen.findByRole('button', { name: 'Import 1 host' });
    await app.user.click(save);
    expect((await screen.findByRole('alert')).textContent).toContain('SSH: Enter the name or address');
    expect(document.activeElement).toBe(screen.getByLabelText('Host'));
    expect(screen.getByLabelText('Host').getAttribute('aria-invalid')).toBe('true');
    expect(app.calls.importApply.seen).toEqual([]);
    await app.user.type(screen.getByRole('textbox', { name: 'Host' }), 'web1.example.org');
    await app.user.click(save);
    expect(app.calls.importApply.seen).toEqual([
      { id: 'review-2', chosen: [{ key: 0, name: 'SSH', host: 'web1.example.org' }] },
    ]);
  });

  it('sends one typed sequence for servers whose knock is not known', async () => {
    const app = await openApp();
    app.calls.importSshConfig.answer(sshReview());
    app.calls.importApply.handle(() => fail('keychain-locked', 'The keychain is locked.'));
    await app.user.click(screen.getByRole('button', { name: 'Import ~/.ssh/config' }));
    await app.user.click(await screen.findByRole('radio', { name: /All of them wait/ }));
    await app.user.type(screen.getByLabelText('Sequence'), '7000,8000,9000');
    await app.user.click(screen.getByRole('button', { name: 'Import 3 hosts' }));
    expect(app.calls.importApply.seen[0]).toMatchObject({ sequence: '7000,8000,9000' });
    // What failed is told where it was asked, and everything is still there.
    expect((await screen.findByRole('alert')).textContent).toContain('The keychain is locked.');
    expect(screen.getByRole('checkbox', { name: 'Import inner' })).toBeTruthy();
  });

  it('opens sealed secrets with a passphrase, or says why not', async () => {
    const app = await openApp();
    app.calls.importFile.answer(sealedReview);
    const opened = sealedReview.entries.map((entry) => ({ ...entry, missing: [] }));
    app.calls.importUnlock.handle(({ passphrase }) =>
      passphrase === 'right words'
        ? ok({ ...sealedReview, locked: false, entries: opened })
        : fail('bad-input', 'The passphrase does not open these secrets.'),
    );
    await app.user.click(screen.getByRole('button', { name: 'Import a file…' }));
    const field = await screen.findByLabelText('Passphrase of the secrets');
    await app.user.click(screen.getByRole('button', { name: 'Open' }));
    expect((await screen.findByRole('alert')).textContent).toContain('There is no passphrase yet.');
    expect(app.calls.importUnlock.seen).toEqual([]);
    await app.user.type(field, 'wrong{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('does not open');
    await app.user.clear(field);
    await app.user.type(field, 'right words{Enter}');
    expect(await screen.findByRole('button', { name: 'Import 12 hosts' })).toBeTruthy();
    expect(screen.queryByLabelText('Passphrase of the secrets')).toBeNull();
    expect(screen.queryByText(/Its secret is not in there/)).toBeNull();
  });

  it('of a file without a single host says why at once', async () => {
    const app = await openApp();
    app.calls.importFile.answer(emptyReview);
    await app.user.click(screen.getByRole('button', { name: 'Import a file…' }));
    const skipped = await screen.findByText('2 parts were skipped');
    expect(skipped.closest('details')?.open).toBe(true);
  });

  it('of a pasted link shows the review, or words on what is wrong with it', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    await choose(app, 'Import…');
    const field = await screen.findByRole('textbox', { name: 'Paste a profile' });
    await app.user.click(screen.getByRole('button', { name: 'Review' }));
    expect((await screen.findByRole('alert')).textContent).toContain('nothing to read');
    app.calls.importText.handle(() => fail('bad-input', 'The link has "host" twice.'));
    await app.user.type(field, LINK);
    await app.user.click(screen.getByRole('button', { name: 'Review' }));
    expect((await screen.findByRole('alert')).textContent).toContain('twice');
    app.calls.importText.answer(sshReview({ kind: 'uri', source: 'pasted text' }));
    await app.user.click(screen.getByRole('button', { name: 'Review' }));
    expect(await screen.findByText(/pasted text, read as a profile link/)).toBeTruthy();
    expect(app.calls.importText.seen.at(-1)).toEqual({ text: LINK });
  });

  it('of a pasted screenshot goes to main as it is; the text of anything else stays text', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    await choose(app, 'Import…');
    const field = await screen.findByRole('textbox', { name: 'Paste a profile' });
    const paste = (...files: File[]) => fireEvent.paste(field, { clipboardData: { files } });
    app.calls.importPicture.handle(() => fail('bad-input', 'No QR code was found in the pasted picture.'));
    paste(new File(['x'], 'a.txt', { type: 'text/plain' }), new File([PNG], 'b.png', { type: 'image/png' }));
    expect((await screen.findByRole('alert')).textContent).toContain('No QR code');
    expect(app.calls.importPicture.seen).toEqual([{ png: Buffer.from(PNG).toString('base64') }]);
    app.calls.importPicture.answer(sshReview({ kind: 'uri', source: 'pasted picture' }));
    paste(new File(['x'], 'a.txt', { type: 'text/plain' }));
    paste(new File([PNG], 'b.png', { type: 'image/png' }));
    expect(await screen.findByText(/pasted picture, read as a profile link/)).toBeTruthy();
    expect(app.calls.importPicture.seen).toHaveLength(2);
  });

  it('is offered by a link from outside and saves nothing by itself; Escape forgets it', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    app.calls.importDrop.answer(null);
    app.tell('importOffered', sshReview({ source: 'a link' }));
    expect(await screen.findByText(/^a link, read as/)).toBeTruthy();
    expect(app.calls.importApply.seen).toEqual([]);
    await app.user.keyboard('{Escape}');
    expect(app.calls.importDrop.seen).toEqual([{ id: 'review-1' }]);
    expect(screen.getByRole('heading', { level: 1, name: 'web1' })).toBeTruthy();
  });

  it('that a link offers waits for an editor with changes', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    await app.user.click(screen.getByRole('button', { name: 'Add a host' }));
    await app.user.type(await screen.findByRole('textbox', { name: 'Name' }), 'x');
    app.tell('importOffered', sshReview());
    expect(screen.queryByRole('article', { name: 'Review the import' })).toBeNull();
    await app.user.click(await screen.findByRole('button', { name: /Discard/ }));
    expect(await screen.findByRole('article', { name: 'Review the import' })).toBeTruthy();
  });
});

describe('exporting', () => {
  it('writes the chosen hosts, by itself without secrets', async () => {
    const app = await openApp({ profiles: [rotating(1), rotating(2)] });
    app.calls.exportProfiles.answer({ path: '/home/ada/p.json', profiles: 1, withoutSecret: [] });
    await choose(app, 'Export…');
    await app.user.click(await screen.findByRole('checkbox', { name: 'Export web2' }));
    await app.user.click(screen.getByRole('button', { name: 'Export…' }));
    expect(app.calls.exportProfiles.seen).toEqual([{ ids: [idOf(1)], passphrase: null }]);
    expect((await screen.findAllByText('1 host was written to /home/ada/p.json.')).length).toBeGreaterThan(0);
  });

  it('takes a passphrase twice before secrets go along', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    app.calls.exportProfiles.answer(null);
    await choose(app, 'Export…');
    await app.user.click(await screen.findByRole('checkbox', { name: /With their secrets/ }));
    await app.user.type(screen.getByLabelText('Passphrase'), 'correct horse');
    await app.user.type(screen.getByLabelText('Once more'), 'correct house');
    await app.user.click(screen.getByRole('button', { name: 'Export…' }));
    expect(screen.getByText('The two are not the same.')).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByLabelText('Once more'));
    expect(app.calls.exportProfiles.seen).toEqual([]);
    await app.user.clear(screen.getByLabelText('Once more'));
    await app.user.type(screen.getByLabelText('Once more'), 'correct horse');
    await app.user.click(screen.getByRole('button', { name: 'Export…' }));
    expect(app.calls.exportProfiles.seen).toEqual([{ ids: [idOf(1)], passphrase: 'correct horse' }]);
  });

  it('asks main for the QR code, and shows nothing itself', async () => {
    const app = await openApp({ profiles: [rotating(1)] });
    app.calls.showQr.answer({ shown: true });
    await app.user.click(screen.getByRole('button', { name: 'More actions' }));
    await app.user.click(await screen.findByRole('menuitem', { name: 'Show QR code…' }));
    expect(app.calls.showQr.seen).toEqual([{ id: idOf(1) }]);
    expect(screen.queryByRole('img', { name: /QR/ })).toBeNull();
  });
});
