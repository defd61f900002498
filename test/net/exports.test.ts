/** What is exported for servers without our daemon, applied to the real thing; then the client knocks at it. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FormatId } from '../../shared/installer/export-format';
import { exportFormat } from '../../shared/installer/formats/registry';
import { exportOptionsSchema } from '../../shared/installer/options';
import { serverSetup } from '../../shared/installer/server-setup';
import type { Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { staticProfile } from '../fakes/sample-profiles';
import { CommandLine } from './command-line';
import { createInnerHost, INNER4 } from './inner-host';
import { reachable, startSshd } from './peers';
import { CLIENT4, createTopology, SERVER4, SERVER6, type Topology } from './topology';

const OPEN = '7101:tcp,8202:udp,9303:tcp';
const CLOSE = '9304:tcp,8205:udp,7106:tcp';
const fixed: ProfileSecret = { kind: 'static', sequence: OPEN, closeSequence: CLOSE };
const KEY = Buffer.alloc(32, 7).toString('base64');
const HMAC_KEY = Buffer.from(Array.from({ length: 64 }, (_, i) => 37 + i * 3)).toString('base64');

/** What fwknopd says of a packet that it lets somebody in for; the rule may be there since our own packet. */
const ACCEPTED = /SPA Decode \(res=0\)[^]*(?:Added .*rule|in FWKNOP_\w+ already exists)/i;

let net: Topology;
let sallyport: CommandLine;

beforeEach(async () => {
  net = createTopology();
  sallyport = new CommandLine(net.client, join(net.folder, 'home'));
  await startSshd(net);
});
afterEach(async () => {
  await sallyport.quit();
  await net.remove();
});

describe.each(['nftables', 'iptables'] as const)('%s rules alone', (format) => {
  it('open to the sequence and close to the other one, over IPv4 and IPv6', async () => {
    apply(format);
    for (const server of [SERVER4, SERVER6]) {
      expect(await knock(server, OPEN)).toMatchObject({
        verdict: 'opened',
        before: 'filtered',
        after: 'open',
      });
      expect(reachable(net.client, server, 22)).toBe(true);
      const closed = await sallyport.knock(
        [server, '--port', '22', '--action', 'close', '--sequence-file', '-'],
        CLOSE,
      );
      expect(closed).toMatchObject({ verdict: 'closed', after: 'filtered' });
    }
  });

  it('close by themselves, and let a session live on', async () => {
    apply(format, { openFor: 5 });
    expect(await knock(SERVER4, OPEN)).toMatchObject({ verdict: 'opened' });
    const session = net.client.start(['nc', SERVER4, '22']);
    await session.seen(/SSH-2.0/);
    await expect.poll(() => reachable(net.client, SERVER4, 22)).toBe(false);
    expect(net.server.run(['ss', '-Htn', 'state', 'established', 'sport', '= :22']).stdout).toContain(
      CLIENT4,
    );
  });

  it('stay shut for another order, for a scan up and down, and for a source that is not the knocker', async () => {
    apply(format);
    const scan = '7100:tcp,7101:tcp,7102:tcp,8201:udp,8202:udp,8203:udp,9302:tcp,9303:tcp,9304:tcp'.split(
      ',',
    );
    const wrong = OPEN.split(',').toReversed();
    // Three times over, a stage each time, would be enough for a detector that forgets nothing.
    for (const steps of [scan, scan.toReversed(), [...wrong, ...wrong, ...wrong]]) {
      net.client.run(['knock', '-d', '20', SERVER4, ...steps]);
      expect(reachable(net.client, SERVER4, 22)).toBe(false);
    }
    expect(await knock(SERVER4, OPEN)).toMatchObject({ verdict: 'opened' });
    const link = ['dev', net.client.run(['ip', '-o', 'route', 'get', SERVER4]).stdout.split(/\s+/)[2] ?? ''];
    net.client.run(['ip', 'address', 'add', '10.91.0.3/24', ...link]);
    const from = (address: string) => net.client.run(['nc', '-z', '-w', '1', '-s', address, SERVER4, '22']);
    expect(from('10.91.0.3').status).not.toBe(0);
    expect(from(CLIENT4).status).toBe(0);
  });

  it('spare the networks that need no knock, change in place, and can be undone', () => {
    const untouched = ruleset();
    apply(format, {}, [`${CLIENT4}/32`, 'fd91::/64']);
    expect(reachable(net.client, SERVER4, 22)).toBe(true);
    expect(reachable(net.client, SERVER6, 22)).toBe(true);
    apply(format);
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
    expect(reachable(net.client, SERVER6, 22)).toBe(false);
    undo(format);
    expect(ruleset()).toBe(untouched);
  });
});

it('knockd.conf opens in the real knockd', async () => {
  net.server.run(['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '22', '--syn', '-j', 'DROP']);
  const config = written('knockd', { openFor: 3 });
  const knockd = net.server.start(['knockd', '-v', '-i', net.serverLink, '-c', config]);
  await knockd.seen(/listening on/);
  expect(await knock(SERVER4, OPEN)).toMatchObject({ verdict: 'opened', before: 'filtered' });
  await expect.poll(() => reachable(net.client, SERVER4, 22)).toBe(false);
});

it.each([
  { what: 'open', port: 22, nat: null, flags: [] },
  {
    what: 'forward to another port',
    port: 2200,
    nat: { kind: 'local-nat', port: 22 },
    flags: ['--spa-local-nat', '22'],
  },
  {
    what: 'forward to another host',
    port: 2300,
    nat: { kind: 'nat', host: INNER4, port: 22 },
    flags: ['--spa-nat', `${INNER4}:22`],
  },
] as const)('access.conf and fwknopd.conf $what in the real fwknopd', async ({ port, nat, flags }) => {
  const removeInner = await createInnerHost(net, 22);
  net.server.run(['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'DROP']);
  const profile = staticProfile({ port, method: { kind: 'spa', settings: { ...SPA_DEFAULTS, nat } } });
  const secret: ProfileSecret = { kind: 'spa', key: KEY, hmacKey: HMAC_KEY };
  const artifact = made('fwknop', profile, secret, []);
  if (artifact.kind !== 'archive') throw new Error('no archive');
  const files = Object.fromEntries(artifact.entries.map(({ path, content }) => [path, String(content)]));
  const access = join(net.folder, 'access.conf');
  const config = join(net.folder, 'fwknopd.conf');
  writeFileSync(access, files['access.conf'] ?? '', { mode: 0o600 });
  const here = (files['fwknopd.conf'] ?? '').replace('eth0', net.serverLink);
  writeFileSync(config, `${here}FWKNOP_RUN_DIR ${net.folder};\n`, { mode: 0o600 });
  const daemon = net.server.start(['fwknopd', '-f', '-v', '-c', config, '-a', access]);
  await daemon.seen(/Starting fwknopd main event loop|Sniffing interface/i);
  const [key, hmac] = [join(net.folder, 'key'), join(net.folder, 'hmac')];
  writeFileSync(key, KEY, { mode: 0o600 });
  writeFileSync(hmac, HMAC_KEY, { mode: 0o600 });
  const keys = ['--spa-key-file', key, '--spa-hmac-file', hmac];
  const report = await sallyport.knock([SERVER4, '--port', String(port), ...keys, ...flags]);
  expect(report, daemon.output()).toMatchObject({
    verdict: 'opened',
    before: nat === null ? 'filtered' : 'refused',
  });
  // fwknop's own client, with the stanza that comes along, is let in as well.
  const rc = join(net.folder, 'fwknoprc');
  writeFileSync(rc, (files['fwknoprc'] ?? '').replace(profile.host, SERVER4), { mode: 0o600 });
  const begun = daemon.output().length;
  const sent = net.client.run(['fwknop', '--rc-file', rc, '-n', profile.name, '--no-save-args']);
  expect(sent, sent.stderr).toMatchObject({ status: 0 });
  await expect.poll(() => daemon.output().slice(begun)).toMatch(ACCEPTED);
  await removeInner();
});

function knock(server: string, sequence: string) {
  return sallyport.knock([server, '--port', '22', '--sequence-file', '-'], sequence);
}

function made(format: FormatId, profile: Profile, secret: ProfileSecret, allow: readonly string[]) {
  const setup = serverSetup(profile, secret, exportOptionsSchema.parse({ allow }));
  const one = exportFormat(format);
  if (!setup.ok || !one.ok) throw new Error('cannot be exported');
  expect(one.value.problem(setup.value)).toBeNull();
  return one.value.write(setup.value, { texts: {}, daemons: [], version: '0.0.0', now: 0 });
}

function written(format: FormatId, more: Partial<Profile> = {}, allow: readonly string[] = []): string {
  const artifact = made(format, staticProfile(more), fixed, allow);
  if (artifact.kind !== 'text') throw new Error('no text');
  const file = join(net.folder, `export-${format}`);
  writeFileSync(file, artifact.text);
  chmodSync(file, 0o600);
  return file;
}

function apply(
  format: 'nftables' | 'iptables',
  more: Partial<Profile> = {},
  allow: readonly string[] = [],
): void {
  const file = written(format, more, allow);
  const commands =
    format === 'nftables'
      ? [
          ['nft', '-c', '-f', file],
          ['nft', '-f', file],
        ]
      : [
          ['sh', '-n', file],
          ['sh', file, 'apply'],
        ];
  for (const argv of commands) {
    const { status, stderr } = net.server.run(argv);
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }
}

function undo(format: 'nftables' | 'iptables'): void {
  const argv =
    format === 'nftables'
      ? ['nft', 'delete', 'table', 'inet', 'sallyport_knock']
      : ['sh', join(net.folder, 'export-iptables'), 'undo'];
  expect(net.server.run(argv)).toMatchObject({ status: 0, stderr: '' });
}

/** Without counters and without the empty chains that iptables makes when it is asked anything. */
function ruleset(): string {
  const list = (tool: string) => net.server.run([tool, '-S']).stdout;
  return `${list('iptables')}${list('ip6tables')}${net.server.run(['nft', 'list', 'tables', 'inet']).stdout}`;
}
