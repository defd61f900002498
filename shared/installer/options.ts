/** What a person chooses about an export, besides its format. */
import { z } from 'zod';
import { isIpv4, isIpv6 } from '../profile/address';
import { checked } from '../profile/checked';

/** Builds of the daemon by their Go names; `armv7` is left out unless it is asked for. */
export const ARCHES = ['amd64', 'arm64', 'armv7'] as const;
export type Arch = (typeof ARCHES)[number];

/** Words on what is wrong with an address or network in CIDR notation, or null. */
export function networkProblem(text: string): string | null {
  const [address = '', length, ...rest] = text.split('/');
  const most = isIpv4(address) ? 32 : isIpv6(address) && !address.includes('%') ? 128 : null;
  const written = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (most ?? 0));
  return most !== null && written && rest.length === 0 && !/^::ffff:/i.test(address)
    ? null
    : 'Write an address or a network, like 203.0.113.7 or 203.0.113.0/24.';
}

/** Words on what is wrong with an address to fetch the daemon from, or null; `{arch}` stands for the processor. */
export function daemonUrlProblem(text: string): string | null {
  const plain = /^https:\/\/[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?\/[A-Za-z0-9._~%/+=&?@:,-]*$/;
  const places = text.split('{arch}').length - 1;
  return text.length <= 512 && places <= 1 && plain.test(text.replace('{arch}', 'arch'))
    ? null
    : 'Write where the daemon is fetched from, like https://files.example.org/sallyportd-{arch}.';
}

export const exportOptionsSchema = z
  .object({
    /** `ask` leaves every secret out: the server asks for it, or makes one, when the export is applied. */
    secrets: z
      .enum(['include', 'ask'], 'Secrets are included, or asked for on the server.')
      .default('include'),
    /** Networks that never need to knock. */
    allow: z.array(checked(networkProblem)).max(64, 'At most 64 networks.').readonly().default([]),
    arches: z
      .array(z.enum(ARCHES, 'The daemon is built for amd64, arm64 and armv7.'))
      .min(1, 'Choose at least one processor.')
      .refine((arches) => new Set(arches).size === arches.length, 'Each processor can be listed once.')
      .readonly()
      .default(['amd64', 'arm64']),
    /** Where a new server fetches the daemon (cloud-init); null carries it in the file. */
    daemonUrl: checked(daemonUrlProblem).nullable().default(null),
  })
  .readonly();

export type ExportOptions = z.output<typeof exportOptionsSchema>;
