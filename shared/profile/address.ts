/**
 * Host names, IP literals, user names and ports as they may be handed to ssh. These checks stand alone: they run when a
 * profile is saved and again when it is used, because an older ssh does not refuse what looks like an option.
 */

const LABEL = /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\-]{0,63}$/;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;
/** What inet_aton(3) reads as an address, and a person does not. */
const NUMBERS = /^(?:0x[\da-f]*|\d+)(?:\.(?:0x[\da-f]*|\d+))*\.?$/i;
const ZONE = /^[A-Za-z0-9_.-]{1,15}$/;

/** Words on what is wrong with a host, or null. DNS labels or an IP literal, at most 253 characters. */
export function hostProblem(host: string): string | null {
  if (host === '') return 'Enter the name or address of the server.';
  if (host.length > 253) return 'A host name has at most 253 characters.';
  if (host.startsWith('-')) return 'A host cannot begin with a dash.';
  if (isIpv4(host) || isIpv6(host)) return null;
  if (/^[\d.]+$/.test(host) || NUMBERS.test(host))
    return 'This is not a whole IPv4 address; it is written like 203.0.113.7.';
  if (host.includes('/'))
    return 'Write the name or address alone: no http:// before it and no path behind it.';
  if (host.includes('@')) return 'Write the name or address alone; the user has a place of its own.';
  if (host.startsWith('[')) return 'Write an IPv6 address without brackets, and the port in its own place.';
  if (/^[^:]+:\d+$/.test(host)) return 'Write the name or address alone; the port has a place of its own.';
  if (host.includes(':')) return 'This is not an IPv6 address.';
  const labels = (host.endsWith('.') ? host.slice(0, -1) : host).split('.');
  const bad = labels.find((label) => !LABEL.test(label));
  if (bad === undefined) return null;
  if (bad === '') return 'A host name has no empty part between its dots.';
  if (/^[\p{L}\p{M}\p{N}-]+$/u.test(bad) && /\P{ASCII}/u.test(bad))
    return `"${bad}" is written in its ASCII form here, which begins with xn--.`;
  return `"${bad}" cannot be part of a host name.`;
}

/** Words on what is wrong with an ssh user, or null. */
export function userProblem(user: string): string | null {
  if (user.startsWith('-')) return 'A user name cannot begin with a dash.';
  // ssh itself refuses that one (valid_ruser of OpenSSH's ssh.c).
  if (user.endsWith('\\')) return 'A user name cannot end with a backslash.';
  return USER.test(user) ? null : 'A user name has letters, digits and _ . @ \\ - only, at most 64.';
}

/** Words on what is wrong with a port, or null. */
export function portProblem(port: number): string | null {
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? null : 'A port is a number from 1 to 65535.';
}

export function isIpv4(text: string): boolean {
  return IPV4.test(text);
}

/** Whether an IPv6 address is of fe80::/10 (RFC 4291, 2.5.6). */
export function isLinkLocal(address: string): boolean {
  return /^fe[89ab]/i.test(address);
}

/** RFC 4291 text form, with an RFC 4007 zone on link-local addresses. */
export function isIpv6(text: string): boolean {
  const [address = '', zone, ...more] = text.split('%');
  if (more.length > 0 || (zone !== undefined && (!ZONE.test(zone) || !isLinkLocal(address)))) return false;
  const halves = address.split('::');
  if (halves.length > 2) return false;
  const left = groups(halves[0] ?? '', halves.length === 1);
  const right = halves.length === 2 ? groups(halves[1] ?? '', true) : 0;
  if (left === null || right === null) return false;
  return halves.length === 2 ? left + right <= 7 : left === 8;
}

/** How many 16-bit groups a colon list stands for; null when it is not one. Only the end may be a dotted quad. */
function groups(list: string, mayEndInIpv4: boolean): number | null {
  if (list === '') return 0;
  const parts = list.split(':');
  let count = 0;
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) count += 1;
    else if (mayEndInIpv4 && index === parts.length - 1 && isIpv4(part)) count += 2;
    else return null;
  }
  return count;
}

/** RFC 1918, RFC 6598, loopback and link-local; RFC 4193, loopback and link-local. */
export function isPrivate(address: string): boolean {
  return isIpv4(address)
    ? /^(10|127|192\.168|169\.254|172\.(1[6-9]|2\d|3[01])|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7]))\./.test(
        address,
      )
    : /^(f[cd]|fe[89ab]|::1$)/i.test(address);
}
