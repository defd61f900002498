/** A host behind the server of a topology, which only the server can reach: where NAT leads to. */
import { Host, type Topology } from './topology';

export const INNER4 = '192.168.77.3';

/** Something accepts connections on `port` there. @returns what takes it away. */
export async function createInnerHost(
  { client, server }: Topology,
  port: number,
): Promise<() => Promise<void>> {
  const netns = `${server.netns}-i`;
  const inner = new Host(netns);
  const near = `spi${server.netns?.slice(5)}`;
  const done = (host: Host, ...argv: string[]): void => {
    const { status, stderr } = host.run(argv);
    if (status !== 0) throw new Error(`${argv.join(' ')}: ${stderr}`);
  };
  done(client, 'ip', 'netns', 'add', netns);
  done(server, 'ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', 'near', 'netns', netns);
  done(server, 'ip', 'address', 'add', '192.168.77.1/24', 'dev', near);
  done(inner, 'ip', 'address', 'add', `${INNER4}/24`, 'dev', 'near');
  done(server, 'ip', 'link', 'set', near, 'up');
  done(inner, 'ip', 'link', 'set', 'near', 'up');
  done(inner, 'ip', 'route', 'add', 'default', 'via', '192.168.77.1');
  done(server, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
  const script = `require('node:net').createServer((c) => c.end()).listen(${port}, '0.0.0.0', () => console.log('ready'))`;
  const listener = inner.start([process.execPath, '-e', script]);
  await listener.seen(/ready/);
  return async () => {
    await listener.stop();
    client.run(['ip', 'netns', 'delete', netns]);
  };
}
