import type { Client, Confirmation, Form, OAuthError } from '@assent/protocol';
import type { Policy, PolicySource } from './policy.js';
import { isAtLeastAsStrict } from './strictness.js';

/** What is known at each point where a profile speaks. */
export interface FactsAt {
  /** An authorization request as it arrives: what was sent, before a request object in it is looked into. */
  readonly request: { readonly client: Client; readonly form: Form; readonly way: RequestWay };
  /**
   * The parameters of an authorization request, all from one place: the form that was sent, or the request object in
   * it; and the key of a `DPoP` header sent with it.
   */
  readonly par: { readonly client: Client; readonly form: Form; readonly dpopProofJkt: string | undefined; readonly way: RequestWay };
  /** A request arriving at the authorization endpoint. */
  readonly authorize: { readonly viaPar: boolean; /** Names of all that was sent. */ readonly parameters?: readonly string[] };
  /** A token request, its client authenticated and its proof of possession (if any) verified. */
  readonly token: {
    readonly client: Client;
    readonly grantType: string;
    readonly confirmation: Confirmation | undefined;
  };
}
export type Point = keyof FactsAt;
/** How an authorization request came: pushed, or through the browser. */
export type RequestWay = 'pushed' | 'front-channel';

export interface RuleAt<At extends Point> {
  /** The id of the requirement sheet (`F2-AZ-03`) or `ASSENT-<AREA>-<nn>`; the refusals of `check` carry the same. */
  readonly id: string;
  readonly clause: string;
  readonly at: At;
  /** The attackers of the FAPI 2.0 attacker model it stops. */
  readonly stops: readonly string[];
  readonly says: string;
  readonly check: (facts: FactsAt[At], policy: Policy) => OAuthError | undefined;
}
export type Rule = { [At in Point]: RuleAt<At> }[Point];

/** A pure check for what no policy value can say. */
export const rule = <At extends Point>(parts: RuleAt<At>): RuleAt<At> => parts;

/** Why a profile asks less than the one it builds on: the clause it replaces, and the reason. */
export interface Loosening {
  readonly replaces: string;
  readonly why: string;
}
export interface Sourced<T> {
  readonly value: T;
  readonly source: PolicySource;
  readonly loosens?: Loosening;
}
export type SourcedPolicy = { readonly [K in keyof Policy]: Sourced<Policy[K]> };

/** A policy value and where it comes from: a clause, or a text that begins with `ours`. */
export const by = <T>(source: PolicySource, value: T): Sourced<T> => ({ source, value });

/** A value that asks less than the base profile: the only way to loosen. */
export const loosened = <T>(source: PolicySource, value: T, loosens: Loosening): Sourced<T> => ({ source, value, loosens });

export interface Profile {
  readonly name: string;
  readonly base: Profile | undefined;
  readonly policy: Policy;
  readonly sources: Readonly<Record<keyof Policy, PolicySource>>;
  readonly loosenings: Readonly<Partial<Record<keyof Policy, Loosening>>>;
  readonly rules: readonly Rule[];
}

/** A value of `refine` that asks less than the base without saying so. `key` names it. */
export class SilentLoosening extends Error {
  constructor(
    readonly profile: string,
    readonly base: Profile,
    readonly key: keyof Policy,
    readonly value: unknown,
  ) {
    const asked = `${JSON.stringify(base.policy[key])} (${base.sources[key]})`;
    super(`${profile}: ${key} may not be looser than ${asked} of ${base.name}, found ${JSON.stringify(value)}`);
    this.name = 'SilentLoosening';
  }
}

/** A profile from nothing: every value with its source. */
export function define(name: string, values: SourcedPolicy, rules: readonly Rule[]): Profile {
  return build(name, undefined, values, rules);
}

/**
 * A profile that changes some values of `base` and adds rules. Tightening is free; a looser value must be made by
 * `loosened(…)`, which names the clause it replaces and why. Throws `SilentLoosening` otherwise, and on a repeated rule id.
 */
export function refine(base: Profile, name: string, values: Partial<SourcedPolicy>, rules: readonly Rule[] = []): Profile {
  for (const key of keysOf(values)) {
    const next = values[key];
    if (!next || next.loosens || isAtLeastAsStrict(key, next.value, base.policy[key])) continue;
    throw new SilentLoosening(name, base, key, next.value);
  }
  return build(name, base, values, rules);
}

function build(name: string, base: Profile | undefined, values: Partial<SourcedPolicy>, rules: readonly Rule[]): Profile {
  const policy: Record<string, unknown> = { ...base?.policy };
  const sources: Record<string, PolicySource> = { ...base?.sources };
  const loosenings: Partial<Record<keyof Policy, Loosening>> = { ...base?.loosenings };
  for (const key of keysOf(values)) {
    const next = values[key];
    if (!next) continue;
    policy[key] = next.value;
    sources[key] = next.source;
    if (next.loosens) loosenings[key] = next.loosens;
  }
  const all = [...(base?.rules ?? []), ...rules];
  const repeated = all.find((one, index) => all.findIndex((other) => other.id === one.id) !== index);
  if (repeated) throw new Error(`${name}: rule ${repeated.id} is there twice`);
  return Object.freeze({
    name,
    base,
    policy: policy as unknown as Policy,
    sources: sources as Record<keyof Policy, PolicySource>,
    loosenings,
    rules: all,
  });
}

const keysOf = (values: Partial<SourcedPolicy>): (keyof Policy)[] => Object.keys(values) as (keyof Policy)[];

/** Every rule of the profile for this point, in order. Throws the first refusal. */
export function enforce<At extends Point>(profile: Pick<Profile, 'policy' | 'rules'>, at: At, facts: FactsAt[At]): void {
  for (const one of profile.rules) {
    if (one.at !== at) continue;
    const refusal = (one as unknown as RuleAt<At>).check(facts, profile.policy);
    if (refusal) throw refusal;
  }
}
