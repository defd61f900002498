/** What is really on the wire, read by tcpdump on the server's link. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CommandLine } from './command-line';
import { capture, type Packet } from './peers';
import { createTopology, SERVER4, SERVER6, type Topology } from './topology';

describe('on the wire', () => {
  let net: Topology;
  let sallyport: CommandLine;

  beforeAll(() => {
    net = createTopology();
    sallyport = new CommandLine(net.client, join(net.folder, 'home'));
    // A firewall that stays silent is the hard case: the kernel would repeat a SYN that nobody answers.
    net.server.firewall(`table inet f {
      chain i { type filter hook input priority 0; policy accept; meta l4proto { tcp, udp } drop; }
    }`);
  });
  afterAll(async () => {
    await sallyport.quit();
    await net.remove();
  });

  /** Knocks without a port to prove, so that nothing but the steps is sent; long enough to see a repeated SYN. */
  async function send(
    filter: string,
    sequence: string,
    flags: readonly string[] = [],
    host = SERVER4,
  ): Promise<Packet[]> {
    const tcpdump = await capture(net, filter);
    const report = await sallyport.knock([host, '--sequence-file', '-', ...flags], sequence);
    expect(report).toMatchObject({ verdict: 'sent', exit: 0 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return tcpdump.stop();
  }

  it('is one packet per step, in order, pure SYN for TCP, the gap between', async () => {
    const packets = await send('tcp or udp', '7000:tcp,8123:udp,9000:tcp,7531:tcp,8001:udp', [
      '--delay',
      '200',
    ]);
    const ports = packets.map(({ text }) => Number(/10\.91\.0\.2\.(\d+):/.exec(text)?.[1]));
    expect(ports).toEqual([7000, 8123, 9000, 7531, 8001]);
    for (const index of [0, 2, 3]) expect(packets[index]?.text).toMatch(/Flags \[S\],.*length 0$/);
    for (const index of [1, 4]) expect(packets[index]?.text).toMatch(/UDP, length 1$/);
    const gaps = packets.slice(1).map(({ at }, index) => (at - (packets[index]?.at ?? 0)) * 1000);
    for (const gap of gaps) expect(gap).toBeGreaterThan(195);
    // A busy machine only ever adds to one; a gap that is waited for twice has 400.
    expect(Math.min(...gaps)).toBeLessThan(390);
  });

  it('is one pure SYN per step and two for the probe before, when a silent port is to be proven', async () => {
    const tcpdump = await capture(net, 'tcp');
    const sequence = '7000,8000,9000';
    const running = sallyport.knock([SERVER4, '--port', '22', '--sequence-file', '-'], sequence);
    await tcpdump.seen(/\.9000: /);
    // The kernel would repeat a SYN after a second; the second try begins five seconds after the first.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const all = await tcpdump.stop();
    await running;
    const packets = all.filter(({ at }) => at - (all[0]?.at ?? 0) < 4);
    const last = packets.findIndex(({ text }) => text.includes(`${SERVER4}.9000:`));
    expect(packets.slice(0, last).filter(({ text }) => /\.22:/.test(text))).toHaveLength(2);
    for (const port of [7000, 8000, 9000]) {
      const hits = packets.filter(({ text }) => text.includes(`${SERVER4}.${port}:`));
      expect(hits.map(({ text }) => /Flags \[S\]/.test(text))).toEqual([true]);
    }
  });

  it('carries the payload size of ICMP steps, over IPv4 and IPv6', async () => {
    const four = await send('icmp', 'icmp:128,icmp:0,icmp:777');
    expect(four.map(({ text }) => /echo request.*length (\d+)$/.exec(text)?.[1])).toEqual([
      '136',
      '8',
      '785',
    ]);
    const six = await send('icmp6 and ip6[40] == 128', 'icmp:128,icmp:0,icmp:777', [], SERVER6);
    expect(six.map(({ text }) => /echo request.*length (\d+)$/.exec(text)?.[1] ?? text)).toHaveLength(3);
    expect(six[0]?.text).toContain('payload length: 136');
  });

  it('carries the chosen flags of raw TCP steps', async () => {
    const packets = await send('tcp', '7000,8000,9000', ['--tcp-flags', 'fin']);
    expect(packets).toHaveLength(3);
    for (const { text } of packets) expect(text).toMatch(/Flags \[F\], cksum \S+ \(correct\)/);
    const odd = await send('tcp', '7000,8000', ['--tcp-flags', 'fin,psh,urg']);
    for (const { text } of odd) expect(text).toMatch(/Flags \[FPU\]/);
  });

  it.each([
    [SERVER4, 'ttl', ''],
    [SERVER6, 'hlim', 'ip6 and '],
  ])('carries the options of each step, to %s', async (host, hops, ip) => {
    const sequence =
      '7000:tcp;flags=fin+urg;ttl=33;from=40001;gap=400,8000:udp;data=text:hello;ttl=21;from=40002,7001:tcp,icmp:24;ttl=77';
    // tcpdump's own tcp flags do not reach into IPv6; what the client's kernel answers to an answer is left out.
    const packets = await send(`${ip}(tcp or udp or icmp or (icmp6 and ip6[40] == 128))`, sequence, [], host);
    const of = (pattern: RegExp) => packets.filter(({ text }) => pattern.test(text));
    const [fin, udp, syn, echo] = [
      /7000:? .*Flags \[FU\]/,
      /UDP, length 5/,
      /\.7001: Flags \[S\]/,
      /echo request/,
    ].map((pattern) => {
      const found = of(pattern);
      expect(found, packets.map(({ text }) => text).join('\n')).toHaveLength(1);
      return found[0];
    });
    expect(fin?.text).toMatch(new RegExp(`${hops} 33\\b.*\\.40001 > `));
    expect(udp?.text).toMatch(new RegExp(`${hops} 21\\b.*\\.40002 > `));
    expect(echo?.text).toMatch(new RegExp(`${hops} 77\\b`));
    expect(syn?.text).toMatch(new RegExp(`${hops} 64\\b`));
    expect((udp?.at ?? 0) - (fin?.at ?? 0)).toBeGreaterThan(0.39);
    // The gap of the first step is not that of the others.
    expect((syn?.at ?? 0) - (udp?.at ?? 0)).toBeLessThan(0.39);
  });

  it('works over IPv6', async () => {
    const packets = await send(
      `ip6 and (udp or (ip6[6] == 6 and ip6[53] == 2))`,
      '7000:tcp,8000:udp,9000:tcp',
      [],
      SERVER6,
    );
    expect(packets.map(({ text }) => Number(/fd91::2\.(\d+):/.exec(text)?.[1]))).toEqual([7000, 8000, 9000]);
  });
});
