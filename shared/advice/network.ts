/** What the way to the server says about a knock without effect: addresses, families, the interface it left by. */
import { isIpv4 } from '../profile/address';
import type { PortState } from '../contract/views';
import type { Finding } from './finding';

/** Where packets to an address leave this computer. */
export interface LocalEnd {
  readonly address: string;
  /** Null where the system does not tell. */
  readonly name: string | null;
  /** Whether the address that was asked for is a neighbour on that network, so that nothing on the way translates. */
  readonly onLink: boolean;
}

/** Names that VPN programs give their interfaces on Linux, macOS and Windows. A guess, and told as one. */
const VPN_NAME =
  /^(tun|tap|wg|utun|ppp|ipsec|xfrm|vti|gpd|tailscale|zt|nordlynx|proton|mullvad|cscotun|.*(vpn|wireguard))/i;

export function looksLikeVpn(name: string): boolean {
  return VPN_NAME.test(name);
}

export function familyName(address: string): 'IPv4' | 'IPv6' {
  return isIpv4(address) ? 'IPv4' : 'IPv6';
}

export function interfaceFinding(address: string, end: LocalEnd): Finding {
  const by = end.name === null ? `from ${end.address}` : `by ${end.name}, from ${end.address}`;
  if (end.name !== null && looksLikeVpn(end.name)) {
    const text = `Packets to ${address} leave ${by}. By its name that is a VPN: the server sees the VPN's address, and the VPN may not carry every packet. Knock without it.`;
    return { kind: 'elsewhere', certainty: 'possible', text };
  }
  return { kind: 'interface', certainty: 'ruled-out', text: `Packets to ${address} leave ${by}.` };
}

/** @param others addresses of the host in the family that was not knocked at, with what the first one's port answers. */
export function familyFinding(
  host: string,
  knocked: string,
  port: number,
  others: readonly string[],
  answer: PortState | null,
): Finding {
  const mine = familyName(knocked);
  const theirs = mine === 'IPv4' ? 'IPv6' : 'IPv4';
  const [other] = others;
  if (other === undefined) {
    return { kind: 'family', certainty: 'ruled-out', text: `${host} has no ${theirs} address.` };
  }
  if (answer === 'open') {
    const text = `Port ${port} answers over ${theirs}, at ${other}, and the knock went over ${mine}. Choose ${theirs} for this host.`;
    return { kind: 'family', certainty: 'confirmed', text };
  }
  const text = `${host} has an ${theirs} address too, ${other}: a server that waits for the knock there does not see the one over ${mine}.`;
  return { kind: 'family', certainty: 'possible', text };
}

/** What was true when the door last opened. */
export interface LastOpened {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly address: string;
  /** The interface that the knock left by. */
  readonly interface: string | null;
}

/** Compares with the last time: another address of the server's, another network here. */
export function sinceLastOpened(
  host: string,
  address: string,
  end: LocalEnd | null,
  last: LastOpened,
): readonly Finding[] {
  const day = new Date(last.at).toISOString().slice(0, 10);
  const sameFamily = familyName(last.address) === familyName(address);
  const findings: Finding[] = [];
  if (sameFamily && last.address !== address) {
    const text = `${host} was ${last.address} when the door last opened (${day}) and is ${address} now: check that the name leads to your server.`;
    findings.push({ kind: 'address', certainty: 'possible', text });
  } else if (sameFamily) {
    const text = `${host} has the address it had when the door last opened (${day}).`;
    findings.push({ kind: 'address', certainty: 'ruled-out', text });
  }
  if (end?.name != null && last.interface !== null && last.interface !== end.name) {
    const text = `The door last opened to a knock by ${last.interface} (${day}); this one left by ${end.name}, a network that may block it.`;
    findings.push({ kind: 'lost', certainty: 'possible', text });
  }
  return findings;
}
