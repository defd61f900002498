/**
 * Which address an SPA packet asks for where the profile says "whoever it comes from". 0.0.0.0 leaves that to the server,
 * but servers that want to be sure refuse it (fwknopd's REQUIRE_SOURCE_ADDRESS, sallyportd's require_source_address), and
 * whoever catches such a packet on its way can use it. This computer's own address has neither fault, and is worth nothing
 * where an address is translated on the way (NAT).
 */
import type { LocalEnd } from '../advice/network';
import { isPrivate } from '../profile/address';

/** Whoever the packet comes from. */
export const ANY_SOURCE = '0.0.0.0';

/**
 * @param end where packets to the server leave; null where that is not known.
 * @param attempt counts from 1; where both can be right they are tried by turns.
 */
export function sourceToName(end: LocalEnd | null, server: string, attempt: number): string {
  if (end === null) return ANY_SOURCE;
  const own = end.address.split('%')[0] ?? end.address;
  if (/^(0\.|127\.|169\.254\.|::1?$|fe[89ab])/i.test(own)) return ANY_SOURCE;
  const odd = attempt % 2 === 1;
  if (end.onLink || !isPrivate(own)) return odd ? own : ANY_SOURCE;
  return odd || !isPrivate(server) ? ANY_SOURCE : own;
}
