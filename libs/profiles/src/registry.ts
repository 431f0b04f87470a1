import { refuseContradictions } from './contradictions.js';
import { fapi2Ciba, fapiCiba } from './fapi-ciba.js';
import { fapi1Advanced } from './fapi1-advanced.js';
import { fapi1Baseline } from './fapi1-baseline.js';
import { fapi2MessageSigning } from './fapi2-message-signing.js';
import { fapi2Security } from './fapi2-security.js';
import { oauth } from './oauth.js';
import type { Profile } from './profile.js';

const forIssuers = [fapi2Security, fapi2MessageSigning, fapi1Advanced, fapi1Baseline, fapiCiba, fapi2Ciba];
const profiles: ReadonlyMap<string, Profile> = new Map([oauth, ...forIssuers].map((profile) => [profile.name, refuseContradictions(profile)]));

/** The profiles an issuer may run on. */
export const issuerProfiles: readonly string[] = forIssuers.map(({ name }) => name);

/** The profile of this name. Throws when there is none. */
export function profileNamed(name: string): Profile {
  const profile = profiles.get(name);
  if (!profile) throw new Error(`no profile is named ${name}; there are ${[...profiles.keys()].join(', ')}`);
  return profile;
}
