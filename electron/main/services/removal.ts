/** Removing a profile with everything that hangs on it: its run, its grant and what is shown of it. */
import { toProblem, type Problem } from '../../../shared/contract/result';
import type { Profile } from '../../../shared/profile/profile';
import type { Grants } from './grants';
import type { Notices } from './notices';
import type { PeopleDesk } from './people-desk';
import type { ProfileDesk } from './profile-desk';
import type { RunDesk } from './run-desk';
import type { RunHistory } from './run-history';
import type { RunViews } from './run-views';

interface Parts {
  readonly desk: ProfileDesk;
  readonly runs: RunDesk;
  readonly runViews: RunViews;
  readonly history: RunHistory;
  readonly grants: Grants;
  readonly notices: Notices;
  readonly peopleDesk: PeopleDesk;
}

export interface Removal {
  readonly profile: Profile;
  /** Why its secret is still stored; null when it is gone too. */
  readonly secretLeft: Problem | null;
}

export async function removeProfile(
  { desk, runs, runViews, history, grants, notices, peopleDesk }: Parts,
  id: string,
): Promise<Removal> {
  runs.cancel(id);
  const { profile, secretLeft } = await desk.remove(id);
  if (secretLeft !== null) {
    notices.add(
      `${profile.name} was removed, but not its secret. ${secretLeft.message}`,
      secretLeft.hint ?? null,
    );
  }
  grants.close(id);
  peopleDesk.drop(id);
  runViews.forget(id);
  await history.forget(id).catch((error: unknown) => {
    notices.add(`${profile.name} was removed, but not its history. ${toProblem(error).message}`);
  });
  return { profile, secretLeft };
}
