/**
 * A path that loses and reorders packets, between the client and the server of a topology, besides the link they have:
 *
 *   client ── veth ── router, which drops 5 % each way ── a line that holds packets back for 20 to 80 ms ── server
 *
 * The kernels this runs on have no netem, so the line is helper/cmd/slowlink and the loss is nftables'.
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { Host, type Topology } from './topology';

const HELPER = join(import.meta.dirname, '../../helper');

export interface BadPath {
  /** The server's address with a number; the client reaches it from an address of its own with that number. */
  far(index: number): string;
  /** Packets that were dropped so far. */
  dropped(): number;
  remove(): Promise<void>;
}

export async function createBadPath({ client, server, folder }: Topology, count: number): Promise<BadPath> {
  const netns = `${server.netns}-r`;
  const router = new Host(netns);
  const near = `spr${server.netns?.slice(5)}`;
  const done = (host: Host, ...argv: string[]): void => {
    const { status, stderr } = host.run(argv);
    if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  };
  const slowlink = join(folder, 'slowlink');
  execFileSync('go', ['build', '-o', slowlink, './cmd/slowlink'], { cwd: HELPER, stdio: 'inherit' });
  done(client, 'ip', 'netns', 'add', netns);
  done(client, 'ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', 'near', 'netns', netns);
  const link = client.start([slowlink, netns, 'far', server.netns ?? '', 'far', '20ms', '80ms']);
  await link.seen(/ready/);

  for (const [host, device, address] of [
    [client, near, '10.13.0.1/24'],
    [router, 'near', '10.13.0.2/24'],
  ] as const) {
    done(host, 'ip', 'address', 'add', address, 'dev', device);
    done(host, 'ip', 'link', 'set', device, 'up');
  }
  for (const host of [router, server]) done(host, 'ip', 'link', 'set', 'far', 'up');
  done(router, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  done(router, 'ip', 'route', 'add', '10.12.0.0/24', 'dev', 'far');
  done(router, 'ip', 'route', 'add', '10.11.0.0/24', 'via', '10.13.0.1');
  done(server, 'ip', 'route', 'add', '10.11.0.0/24', 'dev', 'far');
  const far = (index: number): string => `10.12.0.${10 + index}`;
  for (let index = 0; index < count; index += 1) {
    const own = `10.11.0.${10 + index}`;
    done(server, 'ip', 'address', 'add', `${far(index)}/32`, 'dev', 'lo');
    done(client, 'ip', 'address', 'add', `${own}/32`, 'dev', 'lo');
    done(client, 'ip', 'route', 'add', far(index), 'via', '10.13.0.2', 'src', own);
  }
  router.firewall(`table ip bad {
    chain path { type filter hook forward priority 0; numgen random mod 100 < 5 counter drop; }
  }`);
  return {
    far,
    dropped: () => {
      const { stdout } = router.run(['nft', 'list', 'chain', 'ip', 'bad', 'path']);
      return Number(/packets (\d+)/.exec(stdout)?.[1]);
    },
    remove: async () => {
      await link.stop();
      client.run(['ip', 'link', 'delete', near]);
      client.run(['ip', 'netns', 'delete', netns]);
      client.run(['ip', 'address', 'flush', 'dev', 'lo', 'to', '10.11.0.0/24']);
    },
  };
}
