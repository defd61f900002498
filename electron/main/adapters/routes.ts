/**
 * Which way the system would send packets: a UDP socket that is connected tells its own address, and sends nothing. The
 * interface is the one that has this address.
 */
import { createSocket } from 'node:dgram';
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
        resolve(localEnd(local));
      });
    });
  },
};

function localEnd(address: string): LocalEnd {
  const bare = address.split('%')[0] ?? address;
  const found = Object.entries(networkInterfaces()).find(([, ends]) =>
    ends?.some((end) => end.address === bare),
  );
  return { address, name: found?.[0] ?? null };
}
