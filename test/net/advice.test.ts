/** What is measured after a knock without effect, with a real kernel and real servers in the way; and what is kept of it. */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../shared/history/record';
import { alone } from '../number-alone';
import { CommandLine } from './command-line';
import { createTopology, SERVER4, SERVER6, type Topology } from './topology';

/** Port 22 is silent over IPv4; what listens on 7300 is alive. */
const FIREWALL =
  'table inet f { chain i { type filter hook input priority 0; tcp dport 22 drop; ip daddr 10.91.0.2 tcp dport 2201 drop; }; }';
const SECRET = 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43UOV3HO6DZPIYTEMZUGU3A';

/** A time server of RFC 4330, 74 s ahead. */
const NTP = `
const s = require('node:dgram').createSocket('udp4');
s.on('message', (q, from) => {
  const a = Buffer.alloc(48); a[0] = 0x24; a[1] = 1; q.copy(a, 24, 40);
  const t = (Date.now() + 74000) / 1000;
  for (const at of [32, 40]) { a.writeUInt32BE(Math.floor(t) + 2208988800, at); a.writeUInt32BE(Math.floor((t % 1) * 2 ** 32), at + 4); }
  s.send(a, from.port, from.address);
});
s.bind(123, '0.0.0.0', () => console.log('ready'));`;
/** A web server whose clock is 74 s behind. */
const DATE = `
require('node:http').createServer((q, a) => {
  a.sendDate = false; a.setHeader('Date', new Date(Date.now() - 74000).toUTCString()); a.end();
}).listen(8080, '0.0.0.0', () => console.log('ready'));`;
const LIVE = `
require('node:net').createServer((c) => c.end()).listen(7300, '0.0.0.0');
require('node:net').createServer((c) => c.end()).listen(2201, '::', () => console.log('ready'));`;

describe('advice', () => {
  let net: Topology;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    const home = join(net.folder, 'home');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const clockServer = { kind: 'ntp', host: SERVER4 };
    const settings = { theme: 'system', terminal: { kind: 'auto' }, clockServer };
    writeFileSync(join(home, 'settings.json'), JSON.stringify(settings));
    sallyport = new CommandLine(net.client, home);
    net.server.firewall(FIREWALL);
    await net.server.start([process.execPath, '-e', NTP]).seen(/ready/);
    await net.server.start([process.execPath, '-e', LIVE]).seen(/ready/);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  const knock = (...argv: string[]) => sallyport.knock([SERVER4, '--port', '22', ...argv]);

  it('finds the step that met a live service, and does not say its port', async () => {
    const report = await knock('--sequence', '41873,7300,12951');
    expect(report).toMatchObject({ verdict: 'no-effect', before: 'filtered', after: 'filtered', exit: 1 });
    expect(report.checks).toContainEqual({
      kind: 'live-step',
      result: 'confirmed',
      text: expect.stringMatching(/^Step 2 met/),
    });
    expect(report.causes?.[0]).toMatch(/^Step 2 met/);
    expect(JSON.stringify([report.checks, report.causes, report.message])).not.toMatch(alone(7300));
    expect(report.checks).toContainEqual(
      expect.objectContaining({
        kind: 'interface',
        text: expect.stringMatching(/by spc\w+, from 10\.91\.0\.1/),
      }),
    );
    expect(report.hint).toContain('Set right what was found');
  });

  it('finds the port open over IPv6, where nobody knocked', async () => {
    const argv = ['both.test', '--port', '2201', '-4', '--sequence', '41873,12951,30244'];
    const report = await sallyport.knock(argv);
    expect(report).toMatchObject({ verdict: 'no-effect', before: 'filtered', address: SERVER4 });
    expect(report.causes?.[0]).toContain(`Port 2201 answers over IPv6, at ${SERVER6}`);
    expect(report.checks).toContainEqual(expect.objectContaining({ kind: 'family', result: 'confirmed' }));
  });

  it('finds the clock off by what the time server says, for a rotating key', async () => {
    const key = join(net.folder, 'key');
    writeFileSync(key, SECRET, { mode: 0o600 });
    const report = await knock('--rotating-secret-file', key, '--period', '10', '--steps', '3');
    expect(report).toMatchObject({ verdict: 'no-effect' });
    const clock = report.checks?.find(({ kind }) => kind === 'clock');
    expect(clock).toMatchObject({ result: 'confirmed' });
    expect(clock?.text).toMatch(new RegExp(`^The clock here is 7[34] s behind ${SERVER4}`));
    expect(report.causes?.[0]).toBe(clock?.text);
  });

  it('compares with a web server that is chosen on the command line, and with nobody again', async () => {
    await net.server.start([process.execPath, '-e', DATE]).seen(/ready/);
    const chosen = await sallyport.done(['clock', '--web', `http://${SERVER4}:8080`]);
    expect(chosen).toMatch(/^The clock here is 7[345] s ahead of 10\.91\.0\.2, give or take \d/);
    const key = ['--rotating-secret-file', join(net.folder, 'key'), '--period', '10', '--steps', '3'];
    const report = await knock(...key);
    expect(report.checks).toContainEqual(expect.objectContaining({ kind: 'clock', result: 'confirmed' }));
    expect(report.causes?.[0]).toMatch(/^The clock here is 7[345] s ahead of/);
    expect((await sallyport.run(['clock', '--off'])).stderr).toContain('compared with nobody');
  });

  it('tells a person what was found first, keeps the run without its steps, and lets them go with the profile', async () => {
    await sallyport.done(['add', 'web1', '--host', SERVER4, '--sequence-file', '-'], '41873,7300,12951');
    const { status, stdout, stderr } = await sallyport.run(['knock', 'web1']);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^no effect {2}filtered -> filtered/);
    expect(stdout).toMatch(/\n- found: Step 2 met/);
    expect(stdout).toMatch(/checked and fine:\n\+ Packets to/);
    expect(stderr).toMatch(/hint: set right what was found/);
    const answer = JSON.parse(await sallyport.done(['history', 'web1', '--json'])) as { runs: RunRecord[] };
    expect(answer.runs).toMatchObject([
      {
        action: 'open',
        verdict: 'no-effect',
        before: 'filtered',
        after: 'filtered',
        address: SERVER4,
        family: 'ipv4',
        source: '10.91.0.1',
        attempts: 3,
        found: ['live-step'],
      },
    ]);
    expect(await sallyport.done(['history', 'web1'])).toMatch(/no effect +filtered +10\.91\.0\.2 +spc/);
    const folder = join(sallyport.home, 'history');
    const [file = ''] = readdirSync(folder);
    const text = readFileSync(join(folder, file), 'utf8');
    expect(text).not.toMatch(alone(41873, 7300, 12951));
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    await sallyport.done(['remove', 'web1']);
    await expect.poll(() => readdirSync(folder)).toEqual([]);
  });
});
