import { menu, misbehaviourNamed, misbehaviours } from './menu.js';

describe('the menu of misbehaviour', () => {
  it('has distinct names, and a clause, an attacker and an attack for each', () => {
    expect(new Set(misbehaviours.map(({ name }) => name)).size).toBe(misbehaviours.length);
    for (const { attacker, attack, clause } of misbehaviours) {
      expect(attacker).toMatch(/^A[1-5]a?$/);
      expect(attack).toMatch(/^(TM-[A-Z]+|F2-[A-Z]+)-\d\d$/);
      expect(clause).not.toBe('');
    }
  });

  it('leaves no entry out', () => expect(menu.flatMap(({ entries }) => entries)).toEqual(misbehaviours));

  it.each(['replayed-proof', 'wrong-key', 'stale-code', 'altered-request', 'beyond-consent'])('holds what the demo promises: %s', (name) => {
    expect(misbehaviourNamed(name)).toBeDefined();
  });
});
