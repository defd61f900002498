/**
 * Which way the system would send packets: a UDP socket that is connected tells its own address, and sends nothing. The
 * interface is the one that has this address.
 */
import { createSocket } from 'node:dgram';
import { BlockList } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { LocalEnd } from '../../../shared/advice/network';
import { isIpv6 } from '../../../shared/profile/address';
import type { Routes } from '../ports';
import { networkProblem } from './network-problem';

/** Any port will do: it is never sent to. */
const PORT = 9;

export const systemRoutes: Routes = {
  to(address) {
    return new Promise((resolve, reject) => {
      const socket = createSocket(isIpv6(address) ? 'udp6' : 'udp4');
      const failed = (error: Error): void => {
        socket.close();
        reject(networkProblem(error, 'A packet', address));
      };
      socket.once('error', failed);
      socket.connect(PORT, address, (error?: Error) => {
        // Typed as if it had no argument, and told there all the same.
        if (error != null) return failed(error);
        const local = socket.address().address;
        socket.close();
        resolve(localEnd(local, address));
      });
    });
  },
};

function localEnd(address: string, to: string): LocalEnd {
  const bare = address.split('%')[0] ?? address;
  for (const [name, ends] of Object.entries(networkInterfaces())) {
    const end = ends?.find((one) => one.address === bare);
    if (end !== undefined) return { address, name, onLink: isIn(end.cidr, to) };
  }
  return { address, name: null, onLink: false };
}

/** @param cidr like 192.0.2.5/24; null where the system tells no mask. */
function isIn(cidr: string | null, address: string): boolean {
  const [network = '', length] = cidr?.split('/') ?? [];
  if (length === undefined) return false;
  const family = isIpv6(network) ? 'ipv6' : 'ipv4';
  const list = new BlockList();
  list.addSubnet(network, Number(length), family);
  return isIpv6(address) === (family === 'ipv6') && list.check(address.split('%')[0] ?? address, family);
}
