import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HelperSender } from '../../electron/main/adapters/native-sender';
import { helperFolder, helperPath } from '../../electron/main/paths';
import type { NativePacket } from '../../electron/main/ports';
import { problemOf } from '../fakes/fake-services';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), `sallyport-unit-native-${process.pid}-`));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A helper that is a shell script. */
async function helper(script: string): Promise<HelperSender> {
  const path = join(folder, 'sallyport-send');
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return new HelperSender(path);
}

const ICMP: NativePacket = { kind: 'icmp', payload: 128 };
const never = new AbortController().signal;
const answer = (...lines: string[]) => `cat >/dev/null\n${lines.map((line) => `echo '${line}'`).join('\n')}`;

describe('a job', () => {
  it('goes in by standard input: no argument and no environment', async () => {
    const sender = await helper(
      `cat >"${'$'}0.job"; echo "$#" >"$0.argc"; env >"$0.env"; echo '{"sent":0,"ms":0}'; echo '{"done":true}'`,
    );
    await sender.send('203.0.113.7', ICMP, never);
    const read = (what: string) => readFile(join(folder, `sallyport-send.${what}`), 'utf8');
    expect(JSON.parse(await read('job'))).toEqual({
      v: 1,
      address: '203.0.113.7',
      packets: [{ kind: 'icmp', payload: 128, afterMs: 0 }],
    });
    expect(await read('argc')).toBe('0\n');
    expect(await read('env')).not.toMatch(/PATH=\/.*node|HOME=/);
  });

  it.each([
    ['no-capability', 'no-capability'],
    ['unsupported', 'no-capability'],
    ['no-route', 'no-route'],
    ['network', 'network'],
    ['bad-job', 'internal'],
    ['internal', 'internal'],
    ['never heard of', 'internal'],
  ])('that fails with %s is %s', async (code, expected) => {
    const sender = await helper(answer(`{"error":{"code":"${code}","message":"Words.","hint":"Do this."}}`));
    const problem = await problemOf(sender.send('203.0.113.7', ICMP, never));
    expect(problem).toMatchObject({ code: expected, hint: expect.any(String) });
    if (expected === 'internal') expect(problem).toMatchObject({ detail: `${code}: Words.` });
    else expect(problem).toMatchObject({ message: 'Words.', hint: 'Do this.' });
  });

  it.each([
    ['nothing', 'cat >/dev/null'],
    ['only the sending', answer('{"sent":0,"ms":0}')],
    ['no JSON', answer('Segmentation fault')],
    ['another shape', answer('{"done":false}')],
    ['an answer after done', answer('{"done":true}', '{"sent":1}')],
    ['a kill', 'kill -9 $$'],
    [
      'without end',
      'cat >/dev/null; while :; do echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; done',
    ],
  ])('that is answered with %s has failed', async (_what, script) => {
    const sender = await helper(script);
    expect(await problemOf(sender.send('203.0.113.7', ICMP, never))).toMatchObject({
      code: 'internal',
      message: 'sallyport-send did not do its work.',
    });
  });

  it('is not refused for not being read', async () => {
    const sender = await helper(`exec <&-; echo '{"done":true}'`);
    await sender.send('203.0.113.7', ICMP, never);
  });

  it('ends with its abort, and takes the helper with it', async () => {
    const sender = await helper('echo $$ >"$0.pid"; exec sleep 300');
    const abort = new AbortController();
    const sending = expect(sender.send('203.0.113.7', ICMP, abort.signal)).rejects.toThrow('abort');
    const pidFile = join(folder, 'sallyport-send.pid');
    while (!existsSync(pidFile) || (await readFile(pidFile, 'utf8')) === '')
      await new Promise((r) => setTimeout(r, 5));
    abort.abort();
    await sending;
    const pid = Number(await readFile(pidFile, 'utf8'));
    // Nobody may have asked for its end yet, which leaves a zombie; nothing else of it may be left.
    const state = () => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => 'gone');
    await expect.poll(state).toMatch(/^gone$|\) Z /);
  });

  it('says why when no file can be opened any more, instead of throwing', async () => {
    const sender = await helper(answer('{"done":true}'));
    const limit = (soft: string) =>
      execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${soft}:`], { encoding: 'utf8' });
    const before = /max open files\s+(\d+)/.exec(
      readFileSync('/proc/self/limits', 'utf8').toLowerCase(),
    )?.[1];
    const taken: number[] = [];
    let outcome: Promise<unknown>;
    limit('1024');
    try {
      expect(() => {
        for (;;) taken.push(openSync('/dev/null', 'r'));
      }).toThrow('EMFILE');
      outcome = Promise.all([problemOf(sender.send('203.0.113.7', ICMP, never)), sender.health()]);
      outcome.catch(() => undefined);
    } finally {
      taken.forEach((fd) => closeSync(fd));
      limit(before ?? '');
    }
    expect(await outcome).toMatchObject([
      { code: 'no-capability', detail: expect.stringContaining('EMFILE') },
      { icmp: false, rawTcp: false, hint: expect.any(String) },
    ]);
  });

  it('says what is missing when there is no helper', async () => {
    const sender = new HelperSender(join(folder, 'none'));
    expect(await problemOf(sender.send('203.0.113.7', ICMP, never))).toMatchObject({
      code: 'no-capability',
      hint: expect.stringContaining(join(folder, 'none')),
    });
  });
});

describe('health', () => {
  it('is what the probe says', async () => {
    const sender = await helper(
      `[ "$*" = --probe ] && echo '{"icmp":true,"icmp6":true,"rawTcp":false,"hint":"setcap …"}'`,
    );
    expect(await sender.health()).toEqual({ icmp: true, rawTcp: false, hint: 'setcap …' });
  });

  it.each(['exit 1', "echo '{}'", 'echo no'])('is nothing at all after %s, with a hint', async (script) => {
    const health = await (await helper(script)).health();
    expect(health).toEqual({
      icmp: false,
      rawTcp: false,
      hint: expect.stringContaining('install Sallyport again'),
    });
  });

  it('is nothing without a helper', async () => {
    const health = await new HelperSender(join(folder, 'none')).health();
    expect(health).toEqual({ icmp: false, rawTcp: false, hint: expect.stringContaining('npm run build') });
  });
});

const built = helperPath(helperFolder(resolve(import.meta.dirname, '../../build/helper')), 'sallyport-send');

/** `npm test` builds the helpers first; a bare vitest run may come before that. */
describe.runIf(existsSync(built))('the built sallyport-send', () => {
  it('answers its probe and its jobs in the words that are expected here', async () => {
    const sender = new HelperSender(built);
    const health = await sender.health();
    expect(health).toMatchObject({ icmp: expect.any(Boolean), rawTcp: expect.any(Boolean) });
    expect(health.hint ?? '').not.toContain('install Sallyport again');
    const sending = sender.send('127.0.0.1', ICMP, never);
    if (health.icmp) await sending;
    else expect(await problemOf(sending)).toMatchObject({ code: 'no-capability' });
    expect(await problemOf(sender.send('224.0.0.1', ICMP, never))).toMatchObject({
      code: 'internal',
      detail: expect.stringContaining('address'),
    });
  });
});
