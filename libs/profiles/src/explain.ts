import { meanings, type Meaning } from './meaning.js';
import type { Policy, PolicySource } from './policy.js';
import type { Loosening, Point, Profile, Rule } from './profile.js';

/** One value of a profile as an auditor reads it. */
export interface ExplainedValue extends Meaning {
  readonly key: keyof Policy;
  readonly value: Policy[keyof Policy];
  readonly source: PolicySource;
  /** The profile of the line of ancestors that set the value. */
  readonly setBy: string;
  readonly loosens?: Loosening;
}

export interface ExplainedRule {
  readonly id: string;
  readonly clause: string;
  readonly says: string;
  readonly stops: readonly string[];
  /** The point of the flow at which it is asked. */
  readonly at: Point;
  /** The file that asks it there. */
  readonly enforced: string;
}

const askedIn: Readonly<Record<Point, string>> = {
  request: 'apps/authorization-server/src/par/request-parameters.ts',
  par: 'apps/authorization-server/src/par/pushed-request.ts',
  authorize: 'apps/authorization-server/src/authorize/request-reference.ts',
  token: 'apps/authorization-server/src/sender-constraint/prove-binding.ts',
};

const explainRule = ({ id, clause, says, stops, at }: Rule): ExplainedRule => ({ id, clause, says, stops, at, enforced: askedIn[at] });

export interface Explanation {
  readonly name: string;
  /** From the profile it refines to the one nothing is below. */
  readonly refines: readonly string[];
  readonly values: readonly ExplainedValue[];
  readonly rules: readonly ExplainedRule[];
}

/** Every value and rule of a profile, with its clause and where it is enforced, in the order of `meanings`. */
export function explainProfile(profile: Profile): Explanation {
  return {
    name: profile.name,
    refines: ancestorsOf(profile).map(({ name }) => name),
    values: keys.map((key) => explainValue(profile, key)),
    rules: profile.rules.map(explainRule),
  };
}

/** A value on which two profiles differ. */
export interface Differing {
  readonly key: keyof Policy;
  readonly says: string;
  readonly left: ExplainedValue;
  readonly right: ExplainedValue;
}

export interface ProfileDifference {
  readonly left: string;
  readonly right: string;
  readonly values: readonly Differing[];
  /** Rules only one of the two has. */
  readonly onlyLeft: readonly ExplainedRule[];
  readonly onlyRight: readonly ExplainedRule[];
}

/** What two profiles ask differently, side by side. */
export function diffProfiles(left: Profile, right: Profile): ProfileDifference {
  const [one, other] = [explainProfile(left), explainProfile(right)];
  const values = keys
    .map((key): Differing => ({ key, says: meanings[key].says, left: explainValue(left, key), right: explainValue(right, key) }))
    .filter((both) => JSON.stringify(both.left.value) !== JSON.stringify(both.right.value));
  const without = (rules: readonly ExplainedRule[], others: readonly ExplainedRule[]) => rules.filter(({ id }) => !others.some((each) => each.id === id));
  return { left: left.name, right: right.name, values, onlyLeft: without(one.rules, other.rules), onlyRight: without(other.rules, one.rules) };
}

const keys = Object.keys(meanings) as (keyof Policy)[];

function explainValue(profile: Profile, key: keyof Policy): ExplainedValue {
  const loosens = profile.loosenings[key];
  return { key, ...meanings[key], value: profile.policy[key], source: profile.sources[key], setBy: setterOf(profile, key).name, ...(loosens && { loosens }) };
}

/** A value stands unchanged, with its source, in every profile between the one that set it and this one. */
function setterOf(profile: Profile, key: keyof Policy): Profile {
  const { base } = profile;
  if (!base || base.sources[key] !== profile.sources[key] || base.policy[key] !== profile.policy[key]) return profile;
  return setterOf(base, key);
}

const ancestorsOf = ({ base }: Profile): readonly Profile[] => (base ? [base, ...ancestorsOf(base)] : []);
