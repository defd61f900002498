import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SshConfigCommand } from '../../electron/main/adapters/ssh-config-command';
import { sshConfigCall } from '../../electron/main/ipc/ssh-config';
import type { SshConfigTool } from '../../electron/main/ports';
import { planInWords, type SshConfigPlan } from '../../shared/ssh/config-plan';
import { problemOf, sshConfigPlan } from '../fakes/fake-services';
import { FakePerson } from '../fakes/fake-window';

function start(...plans: readonly SshConfigPlan[]) {
  const done: string[] = [];
  const person = new FakePerson();
  const left = [...plans];
  const tool: SshConfigTool = {
    run: async (action) => {
      done.push(action);
      return (left.length > 1 ? left.shift() : left[0]) ?? sshConfigPlan();
    },
  };
  return { done, person, call: sshConfigCall(tool, person.confirm) };
}

const written = sshConfigPlan({ changed: false, files: [] });

describe('ssh’s configuration from the window', () => {
  it('is shown without a question and without a change', async () => {
    const { call, done, person } = start(sshConfigPlan());
    expect(await call({ action: 'show' })).toEqual({
      ok: true,
      value: { state: 'absent', hosts: ['web1'], skipped: [], notes: [] },
    });
    expect([done, person.asked]).toEqual([['show'], []]);
  });

  it('is written when the person has seen the change and agreed', async () => {
    const { call, done, person } = start(sshConfigPlan(), written, written);
    expect(await call({ action: 'install' })).toMatchObject({ ok: true, value: { state: 'current' } });
    expect(done).toEqual(['show', 'install', 'show']);
    expect(person.asked[0]?.detail).toContain('/home/ada/.ssh/config\n+Include sallyport.conf');
    expect(person.asked[0]?.detail).toContain('/home/ada/.ssh/sallyport.conf: will be written');
  });

  it.each(['install', 'remove'] as const)('is left alone when the person declines to %s', async (action) => {
    const { call, done, person } = start(sshConfigPlan());
    person.agrees = false;
    expect(await call({ action })).toMatchObject({ ok: false, error: { code: 'cancelled' } });
    expect(done).toEqual(['show']);
  });

  it('is not asked about when there is nothing to write, and is taken out', async () => {
    const { call, done, person } = start(written);
    await call({ action: 'install' });
    expect([done, person.asked]).toEqual([['show', 'show'], []]);
    await call({ action: 'remove' });
    expect(done.slice(2)).toEqual(['show', 'remove', 'show']);
  });

  it('is outdated when profiles have changed since', async () => {
    const change = { path: '/home/ada/.ssh/sallyport.conf', action: 'change', diff: '' } as const;
    const { call } = start(sshConfigPlan({ files: [change] }));
    expect(await call({ action: 'show' })).toMatchObject({ value: { state: 'outdated' } });
  });

  it('stays short in a dialog, however long the files are', () => {
    const diff = Array.from({ length: 500 }, (_, line) => `+line ${line}`).join('\n');
    const config = { path: '/home/ada/.ssh/config', action: 'change', diff } as const;
    const hosts = Array.from({ length: 500 }, (_, host) => `web${host}`);
    const words = planInWords(sshConfigPlan({ hosts, files: [config] }));
    expect(words.split('\n').length).toBeLessThan(40);
    expect(words).toContain('and 492 more');
    expect(words).toContain('… and 470 more lines');
  });
});

describe('the command line behind it', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), `sallyport-unit-sshc-${process.pid}-`));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function answering(script: string, env = process.env): Promise<SshConfigCommand> {
    const path = join(folder, 'sallyport');
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return new SshConfigCommand(() => path, env);
  }

  it('is given one of three command lines of ours', async () => {
    const plan = JSON.stringify(written);
    const tool = await answering(`printf '%s\\n' "$*" >>'${folder}/asked'; printf '%s' '${plan}'`);
    expect(await tool.run('show')).toEqual(written);
    await tool.run('install');
    await tool.run('remove');
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe(
      'ssh-config show --json\nssh-config install --yes --json\nssh-config remove --json\n',
    );
  });

  it('gets the environment without what is the app’s alone', async () => {
    const tool = await answering(`/usr/bin/env >'${folder}/env'; printf '%s' '${JSON.stringify(written)}'`, {
      SALLYPORT_HOME: '/h',
      HOME: '/home/ada',
      SALLYPORT_PASSPHRASE_FILE: '/x',
      NODE_OPTIONS: '--require x',
      LD_PRELOAD: '',
    });
    await tool.run('show');
    const env = await readFile(join(folder, 'env'), 'utf8');
    expect(env).toContain('SALLYPORT_HOME=/h\n');
    expect(env).toContain('HOME=/home/ada\n');
    expect(env).not.toMatch(/PASSPHRASE|NODE_OPTIONS|LD_PRELOAD/);
  });

  it('tells what is in the way in its own words', async () => {
    const fault =
      '{"error":{"code":"bad-input","message":"ssh cannot run this program","hint":"install it","exit":2}}';
    const tool = await answering(`echo '${fault}'; exit 2`);
    expect(await problemOf(tool.run('show'))).toMatchObject({
      message: 'ssh cannot run this program.',
      hint: 'install it',
    });
  });

  it.each(['echo nonsense', 'exit 1', 'echo "no" >&2; exit 3'])('tells of no answer: %s', async (script) => {
    const tool = await answering(script);
    expect(await problemOf(tool.run('show'))).toMatchObject({ code: 'storage', hint: expect.any(String) });
  });

  it('tells of a program that is not there', async () => {
    const tool = new SshConfigCommand(() => join(folder, 'none'));
    expect(await problemOf(tool.run('show'))).toMatchObject({ detail: expect.stringContaining('ENOENT') });
  });
});
