/** Profiles for tests and pictures. Their ids count up, so that a scene can name one. */
import type { ProfileView } from '../../../shared/contract/views';

export function idOf(index: number): string {
  return `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
}

const ROTATING: ProfileView['method'] = {
  kind: 'rotating',
  period: 30,
  steps: 5,
  protocols: ['tcp', 'udp'],
  range: { low: 10000, high: 49999 },
  bits: 81.4,
};

const STATIC: ProfileView['method'] = { kind: 'static', tcpFlags: ['syn'], hasClose: true };

export function rotating(index: number, more: Partial<ProfileView> = {}): ProfileView {
  return {
    id: idOf(index),
    name: `web${index}`,
    host: `web${index}.example.org`,
    port: 22,
    user: 'ops',
    group: null,
    favourite: false,
    family: 'auto',
    openFor: 30,
    gapMs: 150,
    after: { kind: 'terminal' },
    method: ROTATING,
    ...more,
  };
}

export function fixed(index: number, more: Partial<ProfileView> = {}): ProfileView {
  return rotating(index, { name: `db${index}`, host: `db${index}.example.org`, method: STATIC, ...more });
}

/** A large store: two thousand hosts in forty groups, ten of them favourites. */
export function crowd(): readonly ProfileView[] {
  return Array.from({ length: 2000 }, (_, at) => {
    const more = { group: `Group ${at % 40}`, favourite: at % 200 === 0 };
    return at % 3 === 0 ? fixed(at + 1, more) : rotating(at + 1, more);
  });
}

/** Forty hosts: two favourites, three groups, and a few in none. */
export function fleet(): readonly ProfileView[] {
  const groups = ['Production', 'Staging', 'Lab'];
  return Array.from({ length: 40 }, (_, at) => {
    const index = at + 1;
    const group = at >= 36 ? null : (groups[Math.floor(at / 12)] ?? null);
    const more = { group, favourite: at === 0 || at === 13 };
    return index % 3 === 0 ? fixed(index, more) : rotating(index, more);
  });
}

/** For a name, a group or a part of a host. */
export const LONG = 'a-name-that-somebody-typed-without-ever-looking-at-how-long-it-is';
