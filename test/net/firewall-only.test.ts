/** Servers without any daemon: the rules that articles on port knocking end with, loaded into the real kernel. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './command-line';
import { reachable, startSshd } from './peers';
import { createTopology, SERVER4, SERVER6, type Topology } from './topology';

/** One port lets the sender in for half a minute, its neighbour shuts the door again; both swallow the packet. */
const RECENT = `*filter
:INPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A INPUT -p tcp --dport 7391 -m recent --name door --set -j DROP
-A INPUT -p tcp --dport 7392 -m recent --name door --remove -j DROP
-A INPUT -p tcp --dport 22 -m recent --name door --rcheck --seconds 30 -j ACCEPT
-A INPUT -p tcp --dport 22 -j DROP
COMMIT
`;

/** Three gates, each a list of its own. Any other packet of the sender sends him back to the first. */
const GATES = `*filter
:INPUT DROP [0:0]
:KNOCK - [0:0]
:FIRST - [0:0]
:SECOND - [0:0]
:THIRD - [0:0]
:INSIDE - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT
-A INPUT -j KNOCK
-A FIRST -p tcp --dport 7811 -m recent --name gate1 --set -j DROP
-A FIRST -j DROP
-A SECOND -m recent --name gate1 --remove
-A SECOND -p udp --dport 9417 -m recent --name gate2 --set -j DROP
-A SECOND -j FIRST
-A THIRD -m recent --name gate2 --remove
-A THIRD -p tcp --dport 8126 -m recent --name inside --set -j DROP
-A THIRD -j FIRST
-A INSIDE -p tcp --dport 22 -j ACCEPT
-A INSIDE -p tcp --dport 7004 -m recent --name inside --remove -j DROP
-A INSIDE -j FIRST
-A KNOCK -m recent --name inside --rcheck --seconds 30 -j INSIDE
-A KNOCK -m recent --name gate2 --rcheck --seconds 10 -j THIRD
-A KNOCK -m recent --name gate1 --rcheck --seconds 10 -j SECOND
-A KNOCK -j FIRST
COMMIT
`;

/** Sets of "who may go on to which port", for both families, and a port that takes the sender out again. */
const SETS = `table inet knock {
  set in4 { type ipv4_addr; flags timeout; }
  set in6 { type ipv6_addr; flags timeout; }
  set next4 { type ipv4_addr . inet_service; flags timeout; }
  set next6 { type ipv6_addr . inet_service; flags timeout; }
  chain input {
    type filter hook input priority -10; policy accept;
    iifname "lo" return
    ct state established,related accept
    tcp dport 7123 add @next4 { ip saddr . 9345 timeout 5s } drop
    tcp dport 7123 add @next6 { ip6 saddr . 9345 timeout 5s } drop
    tcp dport 9345 ip saddr . tcp dport @next4 add @next4 { ip saddr . 8234 timeout 5s } drop
    tcp dport 9345 ip6 saddr . tcp dport @next6 add @next6 { ip6 saddr . 8234 timeout 5s } drop
    udp dport 8234 ip saddr . udp dport @next4 add @in4 { ip saddr timeout 30s } drop
    udp dport 8234 ip6 saddr . udp dport @next6 add @in6 { ip6 saddr timeout 30s } drop
    tcp dport 7456 delete @in4 { ip saddr } drop
    tcp dport 7456 delete @in6 { ip6 saddr } drop
    tcp dport 22 ip saddr @in4 accept
    tcp dport 22 ip6 saddr @in6 accept
    tcp dport 22 reject with tcp reset
  }
}`;

describe('a server without a daemon', () => {
  let net: Topology;
  let sallyport: CommandLine;

  beforeAll(async () => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    await startSshd(net);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  const iptables = (rules: string): void => {
    net.server.run(['nft', 'flush', 'ruleset']);
    const { status, stderr } = net.server.run(['iptables-restore'], { input: rules });
    if (status !== 0) throw new Error(stderr);
  };
  const knock = (sequence: string, action = 'open', host = SERVER4) =>
    sallyport.knock([host, '--port', '22', '--action', action, '--sequence-file', '-'], sequence);

  it('with one iptables "recent" list: one port opens, another closes', async () => {
    iptables(RECENT);
    expect(await knock('7391')).toMatchObject({ verdict: 'opened', before: 'filtered', after: 'open' });
    expect(reachable(net.client, SERVER4, 22)).toBe(true);
    expect(await knock('7392', 'close')).toMatchObject({ verdict: 'closed', after: 'filtered' });
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  });

  it('with three iptables "recent" gates that any other packet resets', async () => {
    iptables(GATES);
    expect(await knock('7811:tcp,8126:tcp,9417:udp')).toMatchObject({ verdict: 'no-effect', exit: 1 });
    const report = await knock('7811:tcp,9417:udp,8126:tcp');
    expect(report).toMatchObject({ verdict: 'opened', before: 'filtered' });
    // By the first try: the second begins five seconds later.
    expect(report.elapsedMs).toBeLessThan(4000);
    expect(reachable(net.client, SERVER4, 22)).toBe(true);
    expect(await knock('7004', 'close')).toMatchObject({ verdict: 'closed', after: 'filtered' });
    expect(reachable(net.client, SERVER4, 22)).toBe(false);
  });

  it.each([SERVER4, SERVER6])('with nftables sets, at %s', async (host) => {
    net.server.run(['nft', 'flush', 'ruleset']);
    net.server.firewall(SETS);
    const opened = await knock('7123,9345,8234:udp', 'open', host);
    expect(opened).toMatchObject({ verdict: 'opened', before: 'refused', after: 'open', address: host });
    expect(reachable(net.client, host, 22)).toBe(true);
    expect(reachable(net.client, host === SERVER4 ? SERVER6 : SERVER4, 22)).toBe(false);
    expect(await knock('7456', 'close', host)).toMatchObject({ verdict: 'closed', after: 'refused' });
    expect(reachable(net.client, host, 22)).toBe(false);
  });

  it('with nftables sets, over both families in one run', async () => {
    net.server.run(['nft', 'flush', 'ruleset']);
    net.server.firewall(SETS);
    const argv = ['both.test', '--port', '22', '-4', '-6', '--sequence-file', '-'];
    expect(await sallyport.knock(argv, '7123,9345,8234:udp')).toMatchObject({
      verdict: 'opened',
      address: SERVER6,
      addresses: [
        { address: SERVER6, verdict: 'opened', before: 'refused', after: 'open' },
        { address: SERVER4, verdict: 'opened', before: 'refused', after: 'open' },
      ],
      exit: 0,
    });
    for (const address of [SERVER4, SERVER6]) expect(reachable(net.client, address, 22)).toBe(true);
  });
});
