import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { controlMethods } from '../../electron/main/control/methods';
import { callHandlers } from '../../electron/main/ipc/handlers';
import type { ControlEvent } from '../../shared/contract/control-report';
import type { ExportFormat } from '../../shared/installer/export-format';
import { exportFormats } from '../../shared/installer/formats/registry';
import { quoted } from '../../shared/installer/formats/sh';
import { exportOptionsSchema } from '../../shared/installer/options';
import { tarArchive } from '../../shared/installer/tar';
import { CLI, fakeServices, problemOf } from '../fakes/fake-services';
import { FakePerson } from '../fakes/fake-window';
import { rotatingDraft, SECRET } from '../fakes/sample-profiles';
import { draftSchema } from '../../shared/profile/draft';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const options = exportOptionsSchema.parse({});

async function start() {
  const fake = fakeServices();
  const draft = rotatingDraft({ name: 'web1' });
  const { id } = await fake.services.desk.create(draftSchema.parse(draft));
  return { ...fake, id };
}

describe('an export', () => {
  it('reaches the window as a hash, and the chosen file as it is', async () => {
    const { services, id } = await start();
    const person = new FakePerson();
    const { exportInstaller } = callHandlers(services, person);
    const result = await exportInstaller({ id, format: 'sh', options });
    const [saved] = person.saved;
    expect(saved?.name).toMatch(/^sallyport-web1-\d{8}\.sh$/);
    const text = Buffer.from(saved!.bytes).toString();
    expect(text.startsWith('#!/bin/sh\n# Sallyport’s installer for "web1"')).toBe(true);
    expect(text).toContain('# THIS FILE HOLDS SECRETS.');
    expect(text).toContain(`\n|${SECRET}\n`);
    expect(result).toMatchObject({
      ok: true,
      value: { kind: 'saved', sha256: sha256(saved!.bytes), size: saved!.bytes.length, holdsSecrets: true },
    });
    expect(JSON.stringify(result)).not.toContain(SECRET);
    person.agrees = false;
    expect(await exportInstaller({ id, format: 'sh', options })).toEqual({
      ok: true,
      value: { kind: 'cancelled' },
    });
  });

  it('reaches the command line in parts that make the whole', async () => {
    const { services, id } = await start();
    const identity = { role: 'agent', version: '1', pid: 1, home: '/home' } as const;
    const parts: Buffer[] = [];
    const event = (told: ControlEvent) => {
      if (told.kind === 'part') parts.push(Buffer.from(told.base64, 'base64'));
    };
    const { installer } = controlMethods(services, identity, () => undefined);
    const answer = await installer(
      { name: id, format: 'sh', options },
      { signal: new AbortController().signal, event },
    );
    const whole = Buffer.concat(parts);
    expect(answer).toMatchObject({ sha256: sha256(whole), size: whole.length, holdsSecrets: true });
    expect(JSON.stringify(answer)).not.toContain(SECRET);
  });

  it('without secrets has none, in any format that can do without', async () => {
    const { services, id } = await start();
    for (const format of exportFormats) {
      const asking = { format: format.id, options: { ...options, secrets: 'ask' as const } };
      const made = await services.exporter.export(id, asking).catch(() => null);
      expect({ format: format.id, made: made !== null }).toEqual({
        format: format.id,
        made: format.secret !== 'in',
      });
      if (made === null) continue;
      const packed = Buffer.from(made.bytes);
      const text = packed[0] === 0x1f ? gunzipSync(packed) : packed;
      expect({ format: format.id, held: text.includes(SECRET) }).toEqual({ format: format.id, held: false });
    }
  });

  it('is of one shape for every format', () => {
    const ids = exportFormats.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { title, about, extension } of exportFormats satisfies readonly ExportFormat[]) {
      expect([title.trim(), about.endsWith('.'), extension.startsWith('.')]).toEqual([title, true, true]);
    }
  });
});

describe('what the page chose for a server', () => {
  const wide = exportOptionsSchema.parse({ allow: ['203.0.113.0/24', '::/0'] });
  const asking = exportOptionsSchema.parse({ secrets: 'ask' });
  const secret = 'The file holds the secret: whoever reads it can open this door.';
  const networks = 'These get in without a knock: 203.0.113.0/24, ::/0';

  async function window() {
    const fake = await start();
    const person = new FakePerson();
    return { ...fake, person, handlers: callHandlers(fake.services, person) };
  }

  it('is agreed to natively, secret and every network, before a file is saved', async () => {
    const { id, person, handlers, services } = await window();
    await handlers.exportInstaller({ id, format: 'sh', options: wide });
    await handlers.exportInstaller({ id, format: 'sh', options: { ...wide, secrets: 'ask' } });
    expect(person.asked.map(({ detail }) => detail)).toEqual([`${secret}\n${networks}`, networks]);
    expect(person.asked[0]?.message).toContain('"web1"');
    expect(person.saved).toHaveLength(2);
    await handlers.exportInstaller({ id, format: 'sh', options: asking });
    expect([person.asked.length, person.saved.length]).toEqual([2, 3]);
    const declining = Object.assign(new FakePerson(), { confirm: async () => false });
    const no = callHandlers(services, declining);
    expect(await no.exportInstaller({ id, format: 'sh', options: wide })).toEqual({
      ok: true,
      value: { kind: 'cancelled' },
    });
    expect(declining.saved).toEqual([]);
  });

  it('is agreed to natively before the terminal starts', async () => {
    const { id, person, handlers, exits } = await window();
    person.agrees = false;
    expect(await handlers.installOverSsh({ id, options: wide })).toMatchObject({
      ok: false,
      error: { code: 'cancelled' },
    });
    expect(exits.terminal.launched).toEqual([]);
    expect(person.asked).toMatchObject([{ detail: `${secret}\n${networks}`, yes: 'Install' }]);
    person.agrees = true;
    await handlers.installOverSsh({ id, options: wide });
    expect([exits.terminal.launched.length, person.asked.length]).toEqual([1, 2]);
    await handlers.installOverSsh({ id, options: asking });
    expect([exits.terminal.launched.length, person.asked.length]).toEqual([2, 2]);
  });
});

describe('an installation from the window', () => {
  it('starts the terminal with a ticket and nothing else', async () => {
    const { services, exits, id } = await start();
    await services.serverInstall.start(id, options);
    const [command = []] = exits.terminal.launched;
    expect(command).toEqual([CLI, 'connect', '--ticket', expect.stringMatching(/^[0-9a-f]{32}$/)]);
    const order = services.tickets.redeem(command[3]!);
    expect(order).toEqual({ argv: [], test: false, install: { profile: id, options } });
    expect(await problemOf(services.serverInstall.start('nobody', options))).toMatchObject({
      code: 'not-found',
    });
  });
});

it('no text ends a word of the shell', () => {
  expect(quoted("it's $(x) `y` \\")).toBe(String.raw`'it'\''s $(x) ${'`y`'} \'`);
});

it('an archive is the same for the same content, and what tar(1) expects', () => {
  const entries = [{ path: 'a/b.txt', mode: 0o640, content: 'hello\n' }];
  const archive = tarArchive('top', entries, 1_790_000_000);
  expect(Buffer.from(tarArchive('top', entries, 1_790_000_000)).equals(Buffer.from(archive))).toBe(true);
  expect(archive.length % 512).toBe(0);
  expect(Buffer.from(archive.subarray(0, 5)).toString()).toBe('top/\0');
  const at = Buffer.from(archive).indexOf('top/a/b.txt');
  expect(Buffer.from(archive.subarray(at + 100, at + 107)).toString()).toBe('0000640');
  expect(Buffer.from(archive.subarray(at + 512, at + 518)).toString()).toBe('hello\n');
});
