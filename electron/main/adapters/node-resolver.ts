/** Name resolution by the system's own resolver, so that hosts files, mDNS and VPN names work. */
import { lookup } from 'node:dns/promises';
import { ProblemError } from '../../../shared/contract/result';
import { isIpv4, isIpv6 } from '../../../shared/profile/address';
import type { Family } from '../../../shared/profile/profile';
import type { Resolver } from '../ports';
import { errorCode } from './network-problem';

const TIMEOUT_MS = 10_000;

/** Our own code for a name whose addresses belong to no single machine. */
const BLOCKED = 'BLOCKED';

export const nodeResolver: Resolver = {
  async resolve(host, family) {
    if (isIpv4(host) || isIpv6(host)) {
      if ((family === 'ipv4' && !isIpv4(host)) || (family === 'ipv6' && !isIpv6(host))) {
        throw unresolvable(
          `${host} is not an ${familyName(family)} address.`,
          'Choose the other address family.',
        );
      }
      if (isNoServer(host)) {
        throw new ProblemError({
          code: 'bad-input',
          message: `${host} is not the address of a server.`,
          hint: 'Give the address that its ssh answers on, or its name.',
        });
      }
      return [host];
    }
    try {
      const found = await withTimeout(
        lookup(host, { all: true, family: familyNumber(family), verbatim: true }),
      );
      const addresses = found.map(({ address }) => address);
      const servers = addresses.filter((address) => !isNoServer(address));
      if (servers.length > 0) return servers;
      if (addresses.length > 0) throw Object.assign(new Error('blocked'), { code: BLOCKED });
    } catch (error) {
      throw explain(host, family, errorCode(error));
    }
    throw explain(host, family, 'ENOTFOUND');
  },
};

/** Unspecified, multicast and broadcast addresses: packets to them go to this computer, or to nobody in particular. */
function isNoServer(address: string): boolean {
  return isIpv4(address)
    ? /^(0|22[4-9]|23\d|24\d|25[0-5])\./.test(address)
    : /^(ff[\da-f]{2}:|[0:]+$)/i.test(address);
}

function explain(host: string, family: Family, code: string): ProblemError {
  if (code === 'EAI_AGAIN' || code === 'ETIMEDOUT') {
    return unresolvable(`The name server did not answer for ${host}.`, 'Check the network connection.', code);
  }
  if (code === BLOCKED) {
    return unresolvable(
      `${host} has no address of a server: its name server answers 0.0.0.0 or the like.`,
      'Some name servers answer so for names that they block. Use another one, or the address itself.',
    );
  }
  const kind = family === 'auto' ? '' : ` with an ${familyName(family)} address`;
  return unresolvable(
    `No host named ${host}${kind} was found.`,
    'Check the spelling, or the VPN it needs.',
    code,
  );
}

function unresolvable(message: string, hint: string, detail?: string): ProblemError {
  return new ProblemError({
    code: 'unresolvable',
    message,
    hint,
    ...(detail === undefined ? {} : { detail }),
  });
}

async function withTimeout<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('timeout'), { code: 'ETIMEDOUT' })), TIMEOUT_MS);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function familyNumber(family: Family): 0 | 4 | 6 {
  if (family === 'auto') return 0;
  return family === 'ipv4' ? 4 : 6;
}

function familyName(family: Family): string {
  return family === 'ipv6' ? 'IPv6' : 'IPv4';
}
