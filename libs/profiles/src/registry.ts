import { fapi2Security } from './fapi2-security.js';
import { oauth } from './oauth.js';
import type { Profile } from './profile.js';

const profiles: ReadonlyMap<string, Profile> = new Map([oauth, fapi2Security].map((profile) => [profile.name, profile]));

/** The profiles an issuer may run on. */
export const issuerProfiles: readonly string[] = [fapi2Security.name];

/** The profile of this name. Throws when there is none. */
export function profileNamed(name: string): Profile {
  const profile = profiles.get(name);
  if (!profile) throw new Error(`no profile is named ${name}; there are ${[...profiles.keys()].join(', ')}`);
  return profile;
}
