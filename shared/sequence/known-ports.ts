/**
 * Port numbers that make a bad knock: those where a service often answers, and those that networks on the way often
 * block. Neither list is complete; each entry costs a person a knock that fails for no visible reason.
 */
import type { PortProtocol, Step } from './step';

/** Ports of services that hosts commonly run (IANA's registry, and the usual second choices like 2222 and 8080). */
const SERVICES: Readonly<Record<PortProtocol, ReadonlySet<number>>> = {
  tcp: new Set([
    21, 22, 23, 25, 53, 80, 110, 111, 143, 179, 389, 443, 465, 587, 631, 636, 853, 873, 993, 995, 1080, 1194,
    1433, 1521, 1723, 1883, 2049, 2222, 2375, 3000, 3128, 3306, 3389, 5000, 5060, 5222, 5432, 5900, 5984,
    6379, 6443, 8000, 8006, 8080, 8443, 8888, 9000, 9090, 9100, 9200, 9443, 10000, 11211, 27017, 32400,
  ]),
  udp: new Set([
    53, 67, 68, 69, 123, 161, 443, 500, 514, 631, 1194, 1812, 1900, 3478, 4500, 5060, 5353, 51820, 60001,
  ]),
};

export const SERVICE_COUNT = SERVICES.tcp.size + SERVICES.udp.size;

interface Blocked {
  readonly low: number;
  readonly high: number;
  readonly protocols: readonly PortProtocol[];
}

/**
 * What networks drop for everybody. SMTP: Google Cloud, EC2 and Azure by default, most access providers. Windows
 * networking, SQL Server, SSDP: "Internet Ports Blocked or Restricted by Cox", and GVTC's and Bell MTS's lists alike.
 * The others are the reflectors of US-CERT alert TA14-017A, which many networks filter since.
 */
const BLOCKED: readonly Blocked[] = [
  { low: 25, high: 25, protocols: ['tcp'] },
  { low: 135, high: 139, protocols: ['tcp', 'udp'] },
  { low: 445, high: 445, protocols: ['tcp', 'udp'] },
  { low: 1025, high: 1030, protocols: ['tcp', 'udp'] },
  { low: 1433, high: 1434, protocols: ['tcp', 'udp'] },
  { low: 17, high: 19, protocols: ['udp'] },
  { low: 67, high: 69, protocols: ['udp'] },
  { low: 111, high: 111, protocols: ['udp'] },
  { low: 161, high: 162, protocols: ['udp'] },
  { low: 389, high: 389, protocols: ['udp'] },
  { low: 520, high: 520, protocols: ['udp'] },
  { low: 1900, high: 1900, protocols: ['udp'] },
  { low: 11211, high: 11211, protocols: ['udp'] },
];

export function oftenServed(step: Step): boolean {
  return step.kind !== 'icmp' && SERVICES[step.kind].has(step.port);
}

export function oftenBlocked(step: Step): boolean {
  if (step.kind === 'icmp') return false;
  const { kind, port } = step;
  return BLOCKED.some(({ low, high, protocols }) => port >= low && port <= high && protocols.includes(kind));
}
