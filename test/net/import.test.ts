/** Files of other programs, imported on the command line, then knocked with against the very servers they are for. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alone } from '../number-alone';
import { CommandLine } from './command-line';
import { reachable, startFwknopd, startKnockd, startSshd } from './peers';
import { createTopology, SERVER4, type Topology } from './topology';

const FIREWALL = `table ip f {
  set ok { type ipv4_addr; flags timeout; }
  chain i { type filter hook input priority 0; policy accept; ip saddr @ok accept; tcp dport 22 drop; }
}`;
const DOORS = `
[openSSH]
  sequence    = 7000,9000:udp,8000
  seq_timeout = 10
  tcpflags    = syn
  command     = /usr/sbin/nft add element ip f ok { %IP% timeout 30s } # tcp dport 22
[closeSSH]
  sequence    = 9001,8001,7001
  seq_timeout = 10
  tcpflags    = syn
  command     = /usr/sbin/nft delete element ip f ok { %IP% } # tcp dport 22
`;
const PASSPHRASE = 'correct horse battery';

describe('imports', () => {
  let net: Topology;
  let here: CommandLine;
  let there: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    // Another machine is another home: nothing is shared but the file.
    here = new CommandLine(net.client, join(net.folder, 'here'));
    there = new CommandLine(net.client, join(net.folder, 'there'));
    await startSshd(net);
  });
  afterAll(async () => {
    await here.quit();
    await there.quit();
    await net.remove();
  });

  it('of an ssh_config are saved by a running agent, with what it includes', async () => {
    const folder = join(net.folder, 'ssh');
    mkdirSync(folder);
    writeFileSync(join(folder, 'more'), 'Host db\n  HostName 10.0.0.7\n  Port 2222\n');
    writeFileSync(join(folder, 'config'), `Include ${folder}/mor*\nHost web1\nHost *.lan\n  User ops\n`);
    const status = JSON.parse(await here.done(['status', '--json'])) as { role: string };
    expect(status.role).toBe('agent');
    const dry = await here.run(['import', join(folder, 'config'), '--dry-run']);
    expect(dry.stderr).toMatch(/^skipped Host \*\.lan \(line 3\): It is a pattern/m);
    expect(JSON.parse(await here.done(['list', '--json']))).toEqual({ profiles: [] });
    const done = await here.run(['import', join(folder, 'config')]);
    expect(done.stdout).toBe(
      'imported db (10.0.0.7 port 2222, rotating)\nimported web1 (web1 port 22, rotating)\n',
    );
    const again = await here.run(['import', join(folder, 'config'), '--select', 'db']);
    expect(again.stdout).toBe('imported db 2 (10.0.0.7 port 2222, rotating)\n');
  });

  it('of a knockd.conf open and close the door of the knockd that runs with it', async () => {
    net.server.firewall(FIREWALL);
    const knockd = await startKnockd(net, DOORS);
    const file = join(net.folder, 'knockd.conf');
    const refused = await here.run(['import', file]);
    expect(refused).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"SSH" does not say which host'),
    });
    expect(await here.done(['import', file, '--host', SERVER4])).toBe(
      `imported SSH (${SERVER4} port 22, static)\n`,
    );
    expect(await here.knock(['SSH'])).toMatchObject({ verdict: 'opened', before: 'filtered', after: 'open' });
    expect(await here.knock(['SSH', '--action', 'close'])).toMatchObject({ verdict: 'closed' });
    const home = readFileSync(join(here.home, 'profiles.json'), 'utf8');
    const steps = alone(7000, 9000, 8000, 9001);
    expect(home).not.toMatch(steps);

    // To another machine, under a passphrase.
    const phrase = join(net.folder, 'phrase');
    writeFileSync(phrase, `${PASSPHRASE}\n`, { mode: 0o600 });
    const out = join(net.folder, 'profiles.json');
    await here.done(['export', 'SSH', '--with-secrets', '--passphrase-file', phrase, '--out', out]);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(readFileSync(out, 'utf8')).not.toMatch(steps);
    writeFileSync(phrase, 'wrong horse battery\n');
    const wrong = await there.run(['import', out, '--passphrase-file', phrase]);
    expect(wrong).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('does not open these secrets'),
    });
    writeFileSync(phrase, `${PASSPHRASE}\n`);
    await there.done(['import', out, '--passphrase-file', phrase]);
    expect(await there.knock(['SSH'])).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
      after: 'open',
    });
    await knockd.stop();
    net.server.run(['nft', 'delete', 'table', 'ip', 'f']);
  });

  it('of what fwknop --save-rc-stanza writes open the door of fwknopd', async () => {
    net.server.run(['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'DROP']);
    const home = join(net.folder, 'fwknop-home');
    mkdirSync(home);
    const asked = ['-A', 'tcp/22', '-a', '10.91.0.1', '-D', SERVER4, '-n', 'gate', '-f', '5'];
    const made = ['--key-gen', '--use-hmac', '--hmac-digest-type', 'sha512', '--save-rc-stanza', '--test'];
    net.client.run(['fwknop', ...asked, ...made], { env: { ...process.env, HOME: home } });
    const rc = join(home, '.fwknoprc');
    const keys = readFileSync(rc, 'utf8').match(/^(HMAC_)?KEY_BASE64.*$/gm) ?? [];
    expect(keys).toHaveLength(2);
    await startFwknopd(net, `SOURCE ANY\nHMAC_DIGEST_TYPE SHA512\n${keys.join('\n')}\n`);
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
    const { stdout, stderr } = await here.run(['import', rc]);
    expect(stdout).toBe(`imported gate (${SERVER4} port 22, spa)\n`);
    expect(stderr).toContain('is read as a .fwknoprc');
    expect(await here.knock(['gate'])).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
      after: 'open',
    });
  });
});
