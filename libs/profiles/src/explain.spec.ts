import { diffProfiles, explainProfile, fapi1Advanced, fapi1Baseline, fapi2MessageSigning, fapi2Security, issuerProfiles, profileNamed } from './index.js';

describe('explainProfile', () => {
  it.each(['oauth', ...issuerProfiles])('tells every value and rule of %s with its clause', (name) => {
    const profile = profileNamed(name);
    const { values, rules } = explainProfile(profile);
    expect(values.map(({ key }) => key).sort()).toEqual(Object.keys(profile.policy).sort());
    for (const { key, says, source, enforced, value } of values) {
      expect([key, says.endsWith('.'), source !== '', enforced.length > 0]).toEqual([key, true, true, true]);
      expect(value).toBe(profile.policy[key]);
    }
    expect(rules.map(({ id }) => id)).toEqual(profile.rules.map(({ id }) => id));
  });

  it('names the line of profiles, and which of them set a value', () => {
    const { refines, values } = explainProfile(fapi1Advanced);
    expect(refines).toEqual(['fapi1-baseline', 'oauth']);
    const setBy = Object.fromEntries(values.map((value) => [value.key, value.setBy]));
    expect(setBy).toMatchObject({ requestObject: 'fapi1-advanced', pkce: 'fapi1-baseline', minimumRsaBits: 'oauth' });
  });

  it('says what is looser than below, and why', () => {
    const loosened = explainProfile(fapi1Advanced).values.filter(({ loosens }) => loosens);
    expect(loosened.map(({ key }) => key)).toContain('pkceWhen');
    for (const { loosens } of loosened) expect(loosens).toMatchObject({ replaces: expect.any(String), why: expect.any(String) });
  });
});

describe('diffProfiles', () => {
  it('finds nothing between a profile and itself', () => {
    expect(diffProfiles(fapi2Security, fapi2Security)).toMatchObject({ values: [], onlyLeft: [], onlyRight: [] });
  });

  it('shows only what differs, both sides with their clauses', () => {
    const { left, right, values } = diffProfiles(fapi2Security, fapi2MessageSigning);
    expect([left, right]).toEqual(['fapi2-security', 'fapi2-message-signing']);
    const request = values.find(({ key }) => key === 'requestObject');
    expect(request).toMatchObject({ left: { value: 'off' }, right: { value: 'expected', source: expect.stringContaining('5.3.1-1') } });
    expect(values.map(({ key }) => key)).not.toContain('par');
  });

  it('is the same from both sides', () => {
    const there = diffProfiles(fapi1Baseline, fapi2Security).values.map(({ key }) => key);
    const back = diffProfiles(fapi2Security, fapi1Baseline).values.map(({ key }) => key);
    expect(back).toEqual(there);
  });
});
