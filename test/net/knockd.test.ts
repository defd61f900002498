/** The same client against the real knockd, as people run it today. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './command-line';
import { startKnockd, startSshd } from './peers';
import { createTopology, SERVER4, type Topology } from './topology';

/** What an article on knockd starts with: closed but for the addresses that the commands let in. */
const FIREWALL = `table ip f {
  set ok { type ipv4_addr; flags timeout; }
  chain i { type filter hook input priority 0; policy accept; ip saddr @ok accept; tcp dport 22 drop; }
}`;
const OPEN = '/usr/sbin/nft add element ip f ok { %IP% timeout 30s }';
const CLOSE = '/usr/sbin/nft flush set ip f ok';
const DOORS = `
[syn]
  sequence = 7000,9000,8000
  seq_timeout = 10
  tcpflags = syn
  command = ${OPEN}
[mixed]
  sequence = 7101:tcp,7305:udp,7203:tcp,7407:udp
  seq_timeout = 10
  tcpflags = syn
  command = ${OPEN}
[close]
  sequence = 9000,8000,7000
  seq_timeout = 10
  tcpflags = syn
  command = ${CLOSE}
`;

describe('the real knockd', () => {
  let net: Topology;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
    net.server.firewall(FIREWALL);
    await startKnockd(net, DOORS);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  const close = () =>
    sallyport.knock([SERVER4, '--port', '22', '--action', 'close', '--sequence-file', '-'], '9000,8000,7000');

  it('opens to a TCP sequence with tcpflags = syn, and closes to another', async () => {
    const opened = await sallyport.knock([SERVER4, '--port', '22', '--sequence-file', '-'], '7000,9000,8000');
    expect(opened).toMatchObject({
      verdict: 'opened',
      before: 'filtered',
      after: 'open',
      exit: 0,
      address: SERVER4,
    });
    expect(opened.steps.map(({ step }) => step)).toEqual(['7000:tcp', '9000:tcp', '8000:tcp']);
    expect(await close()).toMatchObject({ verdict: 'closed', before: 'open', after: 'filtered', exit: 0 });
  });

  it('opens to a mixed TCP and UDP sequence', async () => {
    const sequence = '7101:tcp,7305:udp,7203:tcp,7407:udp';
    const opened = await sallyport.knock([SERVER4, '--port', '22', '--sequence-file', '-'], sequence);
    expect(opened).toMatchObject({ verdict: 'opened', before: 'filtered', after: 'open' });
    expect(await close()).toMatchObject({ verdict: 'closed' });
  });

  it('says that nothing changed after a wrong sequence', async () => {
    const report = await sallyport.knock([SERVER4, '--port', '22', '--sequence-file', '-'], '7000,8000,9000');
    expect(report).toMatchObject({ verdict: 'no-effect', before: 'filtered', after: 'filtered', exit: 1 });
    expect(report.causes?.length).toBeGreaterThan(2);
  });

  it('says that an open port proves nothing', async () => {
    net.server.run(['nft', 'flush', 'chain', 'ip', 'f', 'i']);
    const report = await sallyport.knock([SERVER4, '--port', '22', '--sequence-file', '-'], '7000,9000,8000');
    expect(report).toMatchObject({ verdict: 'reachable-not-proven', before: 'open', after: 'open', exit: 0 });
    const nothing = await sallyport.knock(
      [SERVER4, '--port', '2222', '--sequence-file', '-'],
      '7000,9000,8000',
    );
    expect(nothing).toMatchObject({ verdict: 'no-effect', before: 'refused', after: 'refused', exit: 1 });
  });
});
