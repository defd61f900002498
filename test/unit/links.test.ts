import { describe, expect, it } from 'vitest';
import { Links } from '../../electron/main/links';
import { readDeepLink } from '../../shared/exchange/deep-link';
import { writeProfileUri } from '../../shared/exchange/profile-uri';
import type { ImportReview } from '../../shared/exchange/review';
import { SPA_DEFAULTS } from '../../shared/profile/spa';
import { fakeServices } from '../fakes/fake-services';
import {
  addBoth,
  rotatingProfile,
  ROTATING_SECRET,
  SECRET,
  staticProfile,
  STATIC_SECRET,
} from '../fakes/sample-profiles';

const REVIEW = 'sallyport://profile/v1?name=a&host=h';
const SPA_SECRET = { kind: 'spa', key: 'AAAA', hmacKey: 'AAAA' } as const;

describe('a link from outside', () => {
  it.each([
    [`sallyport://knock/${staticProfile().id}`, 'show'],
    [`SALLYPORT://KNOCK/${staticProfile().id.toUpperCase()}/`, 'show'],
    [REVIEW, 'review'],
    [`sallyport://knock/${staticProfile().id}?now=1`, 'refused'],
    ['sallyport://knock/web1', 'refused'],
    ['sallyport://knock/../profile', 'refused'],
    ['sallyport://connect/x', 'refused'],
    ['sallyport:', 'refused'],
    ['sallyport://profile/v1?host=-oX', 'refused'],
    [`${REVIEW}&secret=${SECRET}`, 'refused'],
    [`${REVIEW}&SECRET=${SECRET}`, 'refused'],
    [`${REVIEW}&alg=sequence&sequence=1,2,3`, 'refused'],
    [`${REVIEW}&alg=sequence&close=1,2,3`, 'refused'],
    [`${REVIEW}&alg=spa&hmac=AAAA`, 'refused'],
    ['https://example.org/', 'refused'],
  ])('%s: %s', (link, kind) => expect(readDeepLink(link).kind).toBe(kind));

  it('is refused for every secret that a link of ours can carry, and the words have none of it', () => {
    const spa = { kind: 'spa', settings: SPA_DEFAULTS } as const;
    const links = [
      writeProfileUri(staticProfile(), STATIC_SECRET),
      writeProfileUri(rotatingProfile(), ROTATING_SECRET),
      writeProfileUri(staticProfile({ method: spa }), SPA_SECRET),
    ];
    for (const link of links) {
      expect(readDeepLink(link ?? '')).toMatchObject({
        kind: 'refused',
        message: 'A link from outside carried a secret and was refused.',
      });
    }
    expect(JSON.stringify(links.map((link) => readDeepLink(link ?? '')))).not.toMatch(/7101|MFRGG|AAAA/);
  });
});

async function start() {
  const fake = fakeServices();
  await addBoth(fake.services);
  const shown: string[] = [];
  const offered: ImportReview[] = [];
  let windows = 0;
  const links = new Links();
  const begin = () =>
    links.start(fake.services, {
      show: async () => void (windows += 1),
      showProfile: (id) => void shown.push(id),
      offer: (review) => void offered.push(review),
    });
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  return { ...fake, links, begin, shown, offered, settled, windows: () => windows };
}

describe('the app', () => {
  it('shows a profile that is there, and never knocks', async () => {
    const { links, begin, shown, settled, net } = await start();
    begin();
    links.open(`sallyport://knock/${staticProfile().id}`);
    await settled();
    expect(shown).toEqual([staticProfile().id]);
    expect(net.sent).toEqual([]);
  });

  it('offers a review, and saves nothing', async () => {
    const { links, begin, offered, settled, services } = await start();
    begin();
    links.open(REVIEW);
    await settled();
    expect(offered).toMatchObject([{ kind: 'uri', source: 'a link', entries: [{ name: 'a' }] }]);
    expect(services.profiles.list()).toHaveLength(2);
  });

  it('tells of a refused link once, however often it is opened, and logs none of it', async () => {
    const { links, begin, settled, services, log, offered, clock } = await start();
    begin();
    for (let time = 0; time < 5; time += 1) {
      links.open(`${REVIEW}&secret=${SECRET}`);
      await clock.advance(1000);
    }
    links.open('sallyport://knock/00000000-0000-4000-8000-000000000099');
    await settled();
    expect(services.notices.list().map(({ message }) => message)).toEqual([
      'A link from outside carried a secret and was refused.',
      'This profile is not there any more.',
    ]);
    expect(offered).toEqual([]);
    expect(log.lines.join()).not.toContain(SECRET.slice(0, 8));
  });

  it('keeps only the newest of a flood, and shows the window at most once a second', async () => {
    const { links, begin, shown, offered, services, windows, clock } = await start();
    begin();
    const flood = async (last: string): Promise<void> => {
      for (let time = 0; time < 1000; time += 1) links.open(REVIEW);
      links.open(last);
      await clock.advance(0);
    };
    const [one, other] = services.profiles.list().map(({ id }) => id);
    await flood(`sallyport://knock/${one}`);
    expect([windows(), shown]).toEqual([1, [one]]);
    await clock.advance(999);
    await flood(`sallyport://knock/${other}`);
    expect([windows(), shown]).toEqual([1, [one]]);
    await clock.advance(1);
    expect([windows(), shown]).toEqual([2, [one, other]]);
    await clock.advance(60_000);
    expect([windows(), offered, clock.pending]).toEqual([2, [], 0]);
    links.open(`sallyport://knock/${one}`);
    await clock.advance(0);
    expect([windows(), shown]).toEqual([3, [one, other, one]]);
  });

  it('takes the link among the arguments of a start, which came before it was ready', async () => {
    const { links, begin, offered, settled, windows } = await start();
    expect(links.openFrom(['/opt/sallyport', '--background', REVIEW, '--allow-file-access'])).toBe(true);
    expect(links.openFrom(['/opt/sallyport', '--background'])).toBe(false);
    await settled();
    expect(windows()).toBe(0);
    begin();
    await settled();
    expect([offered.length, windows()]).toEqual([1, 1]);
  });
});
