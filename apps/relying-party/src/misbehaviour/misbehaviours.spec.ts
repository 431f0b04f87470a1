import { misbehaviourNamed, misbehaviours } from './misbehaviours.js';

describe('the menu of misbehaviour', () => {
  it('has distinct names, and a clause, an attacker and an attack for each', () => {
    expect(new Set(misbehaviours.map(({ name }) => name)).size).toBe(misbehaviours.length);
    for (const { attacker, attack, clause } of misbehaviours) {
      expect(attacker).toMatch(/^A[1-5]a?$/);
      expect(attack).toMatch(/^TM-[A-Z]+-\d\d$/);
      expect(clause).not.toBe('');
    }
  });

  it('covers what the demo promises', () => {
    for (const name of ['replayed-proof', 'wrong-key', 'stale-code', 'altered-request']) expect(misbehaviourNamed(name)).toBeDefined();
  });
});
