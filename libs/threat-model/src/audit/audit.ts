import type { AttackerId } from '../model/attackers.js';
import { alternatives, attackIds, attackOf, type AttackId } from '../model/attacks.js';
import type { ControlId } from '../model/controls.js';
import type { GoalId } from '../model/goals.js';
import { matrixOf, type AttackVerdict, type MatrixCell } from '../verdict.js';
import { notApplicable } from './applies.js';
import type { DeploymentFacts, Facts, IssuerFacts } from './facts.js';
import { stateOf, type State } from './judgements.js';

/** What an attacker gets at one issuer, and why not. */
export interface Finding extends MatrixCell {
  readonly issuer: string;
  readonly attacker: AttackerId;
  readonly goal: GoalId;
}

export interface AuditedControl extends State {
  readonly id: ControlId;
}

/** An attack as the configuration leaves it. */
export interface AuditedAttack extends AttackVerdict {
  readonly id: AttackId;
  readonly controls: readonly AuditedControl[];
}

/** Every attacker and goal of one issuer. */
export function auditIssuer(deployment: DeploymentFacts, issuer: IssuerFacts): readonly Finding[] {
  const audited = auditAttacks(deployment, issuer);
  return matrixOf(audited).map((cell) => ({ issuer: issuer.name, ...cell }));
}

/** Every issuer of the configuration. */
export const audit = (deployment: DeploymentFacts): readonly Finding[] => deployment.issuers.flatMap((issuer) => auditIssuer(deployment, issuer));

/** Every attack of the model at one issuer. */
export const auditAttacks = (deployment: DeploymentFacts, issuer: IssuerFacts): readonly AuditedAttack[] => attackIds.map((id) => judge(id, { deployment, issuer }));

function judge(id: AttackId, facts: Facts): AuditedAttack {
  const { stoppedBy, assumes = [], residual } = attackOf(id);
  const nothing = notApplicable(id, facts);
  const stops = stoppedBy.map((stop) => alternatives(stop).map((control): AuditedControl => ({ id: control, ...stateOf(control, facts) })));
  const controls = [...stops.flat(), ...assumes.filter((control) => !stops.flat().some((one) => one.id === control)).map((control): AuditedControl => ({ id: control, ...stateOf(control, facts) }))];
  if (nothing !== undefined) return { id, verdict: 'not-applicable', reason: nothing, controls: [] };
  const open = stops.filter((each) => !each.some(({ state }) => state === 'on') && !each.every(({ state }) => state === 'absent'));
  const because = open.map((each) => each.filter(({ state }) => state === 'off').map(({ id: control, because: why }) => `${control} (${why})`).join(' and ')).join('; ');
  if (open.length > 0 && !isPermitted(id, facts)) return { id, verdict: 'violated', reason: `missing: ${because}`, controls };
  if (residual !== undefined && residualStands(id, facts, open.length > 0)) return { id, verdict: 'partial', reason: because === '' ? residual : `${residual} Here: ${because}`, controls };
  const stopping = stops.map((each) => each.find(({ state }) => state === 'on')?.id).filter((control) => control !== undefined);
  return { id, verdict: 'enforced', reason: `stopped by ${[...new Set(stopping)].join(', ')}`, controls };
}

/** What is missing is missing by the specification itself, and not because somebody loosened a profile that asks for it. */
const isPermitted = (id: AttackId, { issuer }: Facts): boolean => id === 'TM-CA-02' && issuer.rules.loosenings.assertionAudience === undefined;

/** The residuals of the specification, where they stand. */
function residualStands(id: AttackId, facts: Facts, open: boolean): boolean {
  if (id === 'TM-CA-02') return open;
  if (id === 'TM-DPOP-02') return stateOf('signed-messages', facts).state !== 'on';
  return true;
}

/** The attacks that succeed at an issuer as it is configured. */
export const violations = (deployment: DeploymentFacts, issuer: IssuerFacts): readonly AuditedAttack[] => auditAttacks(deployment, issuer).filter(({ verdict }) => verdict === 'violated');

