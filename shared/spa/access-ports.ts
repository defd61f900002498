/** Ports as fwknop's packets and files name them: `tcp/22,udp/53`. */
import type { SpaAccess } from './packet';

export type AccessPort = SpaAccess['ports'][number];

/** More would make the packet longer than fwknopd takes. */
export const MOST_PORTS = 15;

/** Null where one of them is none, or there are too many; the empty text names none. */
export function parseAccessPorts(text: string): readonly AccessPort[] | null {
  if (text === '') return [];
  const words = text.split(',');
  const ports = words.slice(0, MOST_PORTS).flatMap((word): readonly AccessPort[] => {
    const [, protocol, digits] = /^(tcp|udp)\/(\d{1,5})$/.exec(word) ?? [];
    const port = Number(digits);
    if (port < 1 || port > 65535) return [];
    return protocol === 'tcp' || protocol === 'udp' ? [{ protocol, port }] : [];
  });
  return ports.length === words.length ? ports : null;
}

export function formatAccessPorts(ports: readonly AccessPort[]): string {
  return ports.map(({ protocol, port }) => `${protocol}/${port}`).join(',');
}
