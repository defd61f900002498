/** Profiles with their secrets, as fast-check makes them: every kind, every field anywhere in its bounds. */
import fc from 'fast-check';
import { profileSchema, TCP_FLAGS, type Profile } from '../../shared/profile/profile';
import type { ProfileSecret } from '../../shared/profile/secret';
import { encodeBase32 } from '../../shared/sequence/base32';
import { formatSteps } from '../../shared/sequence/step';
import { encodeBase64 } from '../../shared/spa/base64';

export interface KnownProfile {
  readonly profile: Profile;
  readonly secret: ProfileSecret;
}

const steps = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constantFrom('tcp', 'udp'), port: fc.integer({ min: 1000, max: 65535 }) }),
      fc.record({ kind: fc.constant('icmp'), payload: fc.integer({ min: 0, max: 1400 }) }),
    ),
    { minLength: 1, maxLength: 32 },
  )
  .map((list) => formatSteps(list as Parameters<typeof formatSteps>[0]));
const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max });
const tcpFlags = fc.subarray([...TCP_FLAGS], { minLength: 1 });

const fixed = fc
  .record({ tcpFlags, sequence: steps, closeSequence: fc.option(steps) })
  .map(({ tcpFlags: flags, ...secret }) => ({
    method: { kind: 'static' as const, tcpFlags: flags, hasClose: secret.closeSequence !== null },
    secret: { kind: 'static' as const, ...secret },
  }));
const rotating = fc
  .record({ secret: bytes(16, 64), period: fc.integer({ min: 30, max: 86400 }) })
  .map(({ secret, period }) => ({
    method: {
      kind: 'rotating' as const,
      parameters: { period, steps: 4, protocols: ['udp', 'tcp'], range: { low: 1025, high: 65000 } },
    },
    secret: { kind: 'rotating' as const, secret: encodeBase32(secret) },
  }));
const spa = fc
  .record({
    key: bytes(1, 32),
    hmacKey: bytes(1, 128),
    serverPort: fc.integer({ min: 1, max: 65535 }),
    hmacDigest: fc.constantFrom('sha256', 'sha384', 'sha512'),
    timeout: fc.option(fc.integer({ min: 1, max: 86400 })),
    address: fc.option(fc.oneof(fc.ipV4(), fc.ipV6()).filter((address) => /[1-9a-f]/i.test(address))),
    nat: fc.option(
      fc.oneof(
        fc.record({ kind: fc.constant('local-nat' as const), port: fc.integer({ min: 1, max: 65535 }) }),
        fc.record({
          kind: fc.constant('nat' as const),
          host: fc.constantFrom('10.1.2.3', 'inner.lan'),
          port: fc.constant(22),
        }),
      ),
    ),
    morePorts: fc.constantFrom('', '', 'udp/53', 'udp/53,udp/443'),
    username: fc.string({
      unit: fc.constantFrom('a', '+', '%', '&', '=', '#', '?', '"'),
      minLength: 1,
      maxLength: 29,
    }),
  })
  .map(({ key, hmacKey, address, ...settings }) => ({
    method: {
      kind: 'spa' as const,
      settings: {
        ...settings,
        morePorts: settings.nat === null ? settings.morePorts : '',
        allow: address === null ? { kind: 'source' as const } : { kind: 'fixed' as const, address },
      },
    },
    secret: { kind: 'spa' as const, key: encodeBase64(key), hmacKey: encodeBase64(hmacKey) },
  }));

const name = fc
  .string({
    unit: fc.constantFrom('a', 'Z', '&', '=', '%', '+', ' ', '#', '?', '"', '<', 'é', '東', '🔑'),
    maxLength: 20,
  })
  .map((text) => `n${text}z`);

/** @param id ids and names differ from one to the next, as in a store. */
export function anyProfile(id = 1): fc.Arbitrary<KnownProfile> {
  return fc
    .record({
      how: fc.oneof(fixed, rotating, spa),
      name,
      group: fc.option(name),
      host: fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6()).filter((host) => host.length < 254),
      user: fc.option(fc.constantFrom('ops', 'a.b@c', 'DOM\\user')),
      port: fc.integer({ min: 1, max: 999 }),
      openFor: fc.integer({ min: 1, max: 86400 }),
      gapMs: fc.integer({ min: 0, max: 3000 }),
      family: fc.constantFrom('auto', 'ipv4', 'ipv6', 'both'),
      favourite: fc.boolean(),
    })
    .map(({ how, ...fields }) => ({
      profile: profileSchema.parse({
        ...fields,
        name: `${fields.name}${id}`,
        id: `00000000-0000-4000-8000-${String(id).padStart(12, '0')}`,
        createdAt: 1,
        updatedAt: 2,
        method: how.method,
      }),
      secret: how.secret,
    }));
}
