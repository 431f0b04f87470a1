export { attack, defaultBudget, probes, type AttackOptions } from './run.js';
export type { Outcome, Probe } from './probe.js';
export type { LoginStep, Target, TargetClient, TargetDevice, TargetPayment, TargetRogue, TargetSite } from './target.js';
export { readTarget } from './read-target.js';
export { WireLimit, type Budget, type Identity } from './wire.js';
export { redacted } from './redact.js';
