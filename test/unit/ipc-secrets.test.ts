/**
 * The promise that no call answers a stored secret: every call of the contract runs against real services that hold known
 * secrets, and nothing that comes back, nothing that is told by an event, nothing on disk and no line of the log has any
 * of it.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nodeFiles } from '../../electron/main/adapters/files';
import { forwardEvents } from '../../electron/main/ipc/events';
import { callHandlers } from '../../electron/main/ipc/handlers';
import { Exporter } from '../../electron/main/services/exporter';
import { passphraseFromFile } from '../../electron/main/adapters/passphrase-file';
import { VaultKeychain } from '../../electron/main/adapters/vault';
import { qrSvg } from '../../electron/main/adapters/qr';
import { MoveRecovery } from '../../electron/main/services/move-recovery';
import { Rekey } from '../../electron/main/services/rekey';
import { SecretChoice } from '../../electron/main/services/secret-choice';
import { SecretMover } from '../../electron/main/services/secret-move';
import { ExportDesk } from '../../electron/main/services/export-desk';
import { ImportDesk } from '../../electron/main/services/import-desk';
import { People } from '../../electron/main/services/people';
import { PeopleDesk } from '../../electron/main/services/people-desk';
import { ProfileDesk } from '../../electron/main/services/profile-desk';
import { ProfileStore } from '../../electron/main/services/profile-store';
import { SettingsStore } from '../../electron/main/services/settings-store';
import { UsedCounters } from '../../electron/main/services/used-counters';
import { RunDesk } from '../../electron/main/services/run-desk';
import { RunViews } from '../../electron/main/services/run-views';
import { Connector } from '../../electron/main/services/connector';
import { MemoryKeychain, SecretStore } from '../../electron/main/services/secret-store';
import { calls, type CallName } from '../../shared/contract/ipc';
import { FORMAT_IDS } from '../../shared/installer/export-format';
import { SPA_DEFAULTS, SPA_PORT } from '../../shared/profile/spa';
import type { MemoryDocuments } from '../fakes/memory-documents';
import { opensWhen } from '../fakes/fake-network';
import { fakeParts } from '../fakes/fake-parts';
import { CLI, countingRandomness, fakeServices } from '../fakes/fake-services';
import { FakePerson, FakeWindow } from '../fakes/fake-window';
import { rotatingDraft, SECRET, staticDraft } from '../fakes/sample-profiles';
import { alone } from '../number-alone';

/** No other number of these tests has these digits. */
const SEQUENCE = '61871:tcp,62982:udp,63793:tcp,icmp:1337';
const CLOSING = '64694:tcp,60515:udp,61426:tcp';
const SPA_KEY = 'S2V5IG9mIHRoZSBzaW5nbGUgcGFja2V0';
const SPA_HMAC_KEY = 'SE1BQyBrZXkgb2YgdGhlIHNpbmdsZSBwYWNrZXQ=';
const PASSPHRASE = 'unfashionable llamas';
const FORBIDDEN = [
  PASSPHRASE,
  SPA_KEY,
  SPA_HMAC_KEY,
  SECRET,
  SECRET.slice(0, 12),
  // What they are made of, should somebody print the bytes.
  ...[SPA_KEY, SPA_HMAC_KEY].map((key) => Buffer.from(key, 'base64').toString()),
  ...[SPA_KEY, SPA_HMAC_KEY].map((key) => Buffer.from(key, 'base64').toString('hex')),
];
const NUMBERS = `${SEQUENCE},${CLOSING}`.match(/\d+/g)!;

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), `sallyport-unit-secrets-${process.pid}-`));
});
afterEach(() => rm(home, { recursive: true, force: true }));

/** The services of the app on a real folder and the memory keychain; the network and the clock are fakes. */
async function start() {
  const { services, clock, net, exits, log, documents } = fakeServices();
  const random = countingRandomness();
  const profiles = new ProfileStore(nodeFiles, clock, services.notices, join(home, 'profiles.json'));
  const counters = new UsedCounters(nodeFiles, join(home, 'used-codes.json'));
  const settings = new SettingsStore(nodeFiles, services.notices, join(home, 'settings.json'));
  const keychain = new MemoryKeychain();
  const secrets = new SecretStore('session', keychain);
  const ports = { ...services.ports, counters };
  const runs = new RunDesk(ports, secrets, services.grants, () => random.uuid(), services.history);
  const vault = new VaultKeychain(nodeFiles, join(home, 'vault.json'), () => passphraseFromFile(undefined));
  const stores = { os: new MemoryKeychain(), passphrase: vault, session: keychain };
  const choice = new SecretChoice(nodeFiles, services.notices, join(home, 'secrets.json'), null);
  const recovery = new MoveRecovery(stores, secrets, choice, profiles, services.notices);
  const desk = new ProfileDesk(profiles, secrets, services.ports.lists, clock, random);
  const people = new People(profiles, random, clock, qrSvg);
  const all = {
    ...services,
    people,
    peopleDesk: new PeopleDesk(people, services.tickets, exits.terminal, () => CLI),
    vault,
    recovery,
    mover: new SecretMover(stores, secrets, choice, profiles, recovery),
    rekey: new Rekey({ profiles, secrets }, clock, random),
    ports,
    profiles,
    settings,
    secrets,
    runs,
    runViews: new RunViews(runs),
    connector: new Connector(runs, services.tickets, exits, () => CLI),
    desk,
    imports: new ImportDesk(profiles, desk, documents, random),
    exports: new ExportDesk(secrets, services.ports.lists, random),
  };
  const exporting = { ...all, exporter: new Exporter(profiles, secrets, fakeParts(), clock, '1.2.3') };
  const told: unknown[] = [];
  forwardEvents(all, (_channel, message) => told.push(message));
  const person = new FakePerson();
  const window = new FakeWindow(callHandlers(exporting, person), log);
  const answers: { name: CallName; answer: unknown }[] = [];
  const call = async (name: CallName, payload?: unknown) => {
    // Files are real here, so the fake clock is moved from outside.
    let done = false;
    const answering = window.call(name, payload).finally(() => (done = true));
    while (!done) await clock.advance(1000);
    const answer = await answering;
    answers.push({ name, answer });
    return answer as { ok: boolean; value: { id: string } };
  };
  return { call, answers, told, net, log, keychain, counters, documents, person };
}

/** Imports that hold the same secrets, read, opened, saved and dropped: no review has one of them. */
async function importEverything(
  call: (name: CallName, payload?: unknown) => Promise<{ ok: boolean; value: { id: string } }>,
  documents: MemoryDocuments,
  person: FakePerson,
): Promise<void> {
  documents.texts.set('/home/ada/.ssh/config', 'Host ssh1\n');
  await call('importDrop', { id: (await call('importSshConfig')).value.id });
  const sealed = new TextDecoder().decode(person.saved.at(-1)?.bytes);
  expect(sealed).toContain('"secrets"');
  documents.texts.set('/home/ada/sealed.json', sealed);
  person.chosen = '/home/ada/sealed.json';
  const { id } = (await call('importFile')).value;
  expect(await call('importUnlock', { id, passphrase: 'wrong horse' })).toMatchObject({ ok: false });
  expect(await call('importUnlock', { id, passphrase: 'correct horse' })).toMatchObject({ ok: true });
  expect(await call('importApply', { id, chosen: [{ key: 0 }, { key: 1 }, { key: 2 }] })).toMatchObject({
    ok: true,
  });
  const knockd = `[door]\nsequence = ${SEQUENCE.split(',').slice(0, 3).join()}\ncommand = iptables -A INPUT --dport 22`;
  const rc = `[s]\nSPA_SERVER h\nACCESS tcp/22\nKEY_BASE64 ${SPA_KEY}\nHMAC_KEY_BASE64 ${SPA_HMAC_KEY}`;
  const link = `sallyport://profile/v1?name=l&host=h&secret=${SECRET}`;
  for (const text of [knockd, rc, link]) {
    const read = await call('importText', { text });
    expect(read.ok).toBe(true);
    const chosen = [{ key: 0, host: 'h' }];
    expect(await call('importApply', { id: read.value.id, chosen })).toMatchObject({ ok: true });
  }
  expect(await call('importText', { text: `${link}&host=h` })).toMatchObject({ ok: false });
  documents.texts.set('picture of 3 bytes', link);
  const { value } = await call('importPicture', { png: 'AAAA' });
  await call('importDrop', { id: value.id });
}

/** Keys of others, made, shown, saved and sent on their way; the secrets that they had. */
async function giveKeys(
  call: (name: CallName, payload?: unknown) => Promise<{ ok: boolean }>,
  id: string,
  person: FakePerson,
): Promise<readonly string[]> {
  const made = { id, user: 'bob', replace: true };
  expect(await call('makePersonKey', { ...made, how: 'show' })).toMatchObject({ ok: true });
  expect(await call('makePersonKey', { ...made, how: 'save', paper: true })).toMatchObject({ ok: true });
  for (const name of ['personKey', 'showPersonKey', 'savePersonKey', 'copyPersonCommand'] as const)
    expect(await call(name, { id })).toMatchObject({ ok: true });
  expect(await call('putPersonKeyOnServer', { id })).toMatchObject({ ok: true });
  for (const name of ['revokePerson', 'copyRevocation'] as const) await call(name, { id, user: 'bob' });
  await call('listPeople', { id });
  await call('dropPersonKey', { id });
  expect(await call('showPersonKey', { id })).toMatchObject({ ok: false });
  const secrets = person.kits.slice(-2).map(({ key }) => key.secret);
  // The same key is shown and on the page that was saved, which is where it may be.
  expect(new TextDecoder().decode(person.saved.at(-1)?.bytes)).toContain(`secret=${secrets.at(-1)}`);
  expect([secrets.length, new Set(secrets).size]).toEqual([2, 2]);
  return secrets;
}

async function everyFile(): Promise<string> {
  const names = await readdir(home, { recursive: true, withFileTypes: true });
  const texts = names
    .filter((name) => name.isFile())
    .map((name) => readFile(join(name.parentPath, name.name), 'utf8'));
  return (await Promise.all(texts)).join('\n');
}

describe('stored secrets', () => {
  it('come back in no answer, no event, no file and no log line', { timeout: 240_000 }, async () => {
    const { call, answers, told, net, log, keychain, counters, documents, person } = await start();
    const method = {
      kind: 'static',
      tcpFlags: ['syn'],
      sequence: { kind: 'typed', value: SEQUENCE },
      closeSequence: { kind: 'typed', value: CLOSING },
    };
    const { value: fixed } = await call('createProfile', { draft: { ...staticDraft(), method } });
    const { value: rotating } = await call('createProfile', { draft: rotatingDraft({ name: 'web2' }) });
    const spaMethod = {
      kind: 'spa',
      settings: SPA_DEFAULTS,
      key: { kind: 'typed', value: SPA_KEY },
      hmacKey: { kind: 'typed', value: SPA_HMAC_KEY },
    };
    const { value: spa } = await call('createProfile', {
      draft: { ...staticDraft({ name: 'web3' }), method: spaMethod },
    });
    expect(Object.values(keychain.all()).join('\n')).toContain(SPA_HMAC_KEY);
    expect(Object.values(keychain.all()).join('\n')).toContain(SECRET);

    const keep = { ...method, sequence: { kind: 'keep' }, closeSequence: { kind: 'keep' } };
    for (const reply of ['silence', 'open', 'refused', 'fault'] as const) {
      net.sent.length = 0;
      if (reply === 'silence') net.reply = () => 'silence';
      if (reply === 'open') net.reply = opensWhen(() => net.sent.length >= 3);
      if (reply === 'refused') net.reply = () => ({ state: 'refused', afterMs: 1 });
      net.refuse = () => (reply === 'fault' ? new Error('the kernel says no') : null);
      for (const { id } of [fixed, rotating, spa]) {
        await call('knock', { id, action: 'open' });
        await call('knock', { id, action: 'close' });
        await call('connect', { id });
      }
      const packets = net.sent.filter(({ what, bytes }) => what === SPA_PORT && (bytes?.length ?? 0) > 100);
      expect(packets.length > 0).toBe(reply !== 'fault');
    }
    for (const { id } of [fixed, rotating, spa]) {
      await call('cancelRun', { id });
      await call('setFavourite', { id, favourite: true });
      await call('revealSecret', { id });
      await call('copySshCommand', { id });
      for (const format of FORMAT_IDS) await call('exportInstaller', { id, format, options: {} });
      await call('installOverSsh', { id, options: {} });
      for (const name of [
        'runHistory',
        'exportHistory',
        'copyDiagnostics',
        'clearHistory',
        'restoreHistory',
      ] as const)
        await call(name, { id });
      await call('duplicateProfile', { id });
      await call('removeProfile', { id });
      await call('restoreProfile', { id });
    }
    await call('updateProfile', { id: fixed.id, draft: { ...staticDraft({ gapMs: 200 }), method: keep } });
    await call('updateProfile', { id: fixed.id, draft: { ...staticDraft({ name: '' }), method: keep } });
    const kept = { ...spaMethod, key: { kind: 'keep' } };
    await call('updateProfile', { id: spa.id, draft: { ...staticDraft({ name: 'web3' }), method: kept } });
    const torn = { ...spaMethod, hmacKey: { kind: 'typed', value: `${SPA_HMAC_KEY}!` } };
    const refused = await call('createProfile', { draft: { ...staticDraft({ name: 'w' }), method: torn } });
    expect(refused.ok).toBe(false);
    const ids = [fixed.id, rotating.id, spa.id];
    await call('exportProfiles', { ids, passphrase: null });
    await call('exportProfiles', { ids, passphrase: 'correct horse' });
    for (const id of ids) await call('showQr', { id });
    await importEverything(call, documents, person);
    await call('saveSettings', { theme: 'dark', terminal: { kind: 'auto' } });
    await call('findTerminals');
    await call('sshConfig', { action: 'show' });
    await call('testTerminal');
    await call('recheckHealth');
    await call('dismissNotice', { id: '1' });
    await call('prepareRekey', { id: rotating.id });
    await call('finishRekey', { id: rotating.id, use: false });
    const { ok: moved } = await call('moveSecrets', { to: 'passphrase', passphrase: PASSPHRASE });
    expect([moved, Object.keys(keychain.all())]).toEqual([true, []]);
    await call('lockVault');
    await call('unlockVault', { passphrase: PASSPHRASE });
    await call('changePassphrase', { current: 'wrong', next: PASSPHRASE });
    for (const { id } of [fixed, spa])
      expect((await call('makePersonKey', { id, user: 'eve', how: 'show' })).ok).toBe(id === spa.id);
    const given = await giveKeys(call, rotating.id, person);
    await call('snapshot');
    await counters.settled();

    expect(new Set(answers.map(({ name }) => name))).toEqual(new Set(Object.keys(calls)));
    expect(told.length).toBeGreaterThan(100);
    const outside = {
      // A file's hash has digits of its own, and tells nothing of what is in the file.
      answers: JSON.stringify(answers, (key, value: unknown) => (key === 'sha256' ? undefined : value)),
      told: JSON.stringify(told),
      files: await everyFile(),
      log: log.lines.join('\n'),
      // What is put on the clipboard is for a shell's history.
      clipboard: person.copied.join('\n'),
    };
    expect(outside.files).toContain(rotating.id);
    for (const [where, text] of Object.entries(outside)) {
      for (const secret of [...FORBIDDEN, ...given])
        expect({ where, secret, found: text.includes(secret) }).toEqual({ where, secret, found: false });
      for (const number of NUMBERS)
        expect({ where, found: alone(number).exec(text) }).toEqual({ where, found: null });
    }
  });
});
