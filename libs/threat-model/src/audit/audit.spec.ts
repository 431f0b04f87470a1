import { fapi1Advanced, fapi1Baseline, fapi2Ciba, fapi2MessageSigning, fapi2Security, issuerProfiles, loosened, profileNamed, refine } from '@assent/profiles';
import { attackerIds, attackIds, audit, auditAttacks, goalIds, judgements, judgeWaivers, stateOf, violations, type AttackId, type ControlId, type DeploymentFacts } from '../index.js';
import { deploymentWith, thirdParty, type Wanted } from './audit.fixtures.js';

const ofFirst = (deployment: DeploymentFacts) => new Map(auditAttacks(deployment, deployment.issuers[0]!).map(({ id, verdict }) => [id, verdict]));
const flips = (from: DeploymentFacts, to: DeploymentFacts) => {
  const [before, after] = [ofFirst(from), ofFirst(to)];
  return attackIds.filter((id) => before.get(id) !== after.get(id)).map((id) => `${id}: ${after.get(id)}`);
};

/** Everything a configuration can switch off: how, what else has to be off for it to matter, and what then gets through. */
interface Switch {
  /** Where it counts; the base, unless told. */
  readonly from?: Wanted;
  readonly off: Wanted;
  readonly flips: readonly string[];
  /** Something else does the same work here; with both off, this gets through. */
  readonly alone?: readonly [beside: Wanted, flips: readonly string[]];
}
const wide = { trustedAddresses: ['0.0.0.0/0'], clientCertificateHeader: 'rfc9440' };
const base = deploymentWith();
const front: readonly AttackId[] = ['TM-PKCE-02', 'TM-PAR-01'];
const violated = (...ids: readonly AttackId[]): string[] => ids.map((id) => `${id}: violated`);

const switches: { readonly [K in ControlId]?: Switch } = {
  'pushed-requests': { off: { policy: { par: 'allowed' } }, flips: violated(...front) },
  'signed-requests': { off: { policy: { requestObject: 'off' } }, flips: [], alone: [{ policy: { par: 'allowed' } }, violated(...front)] },
  'request-uri-short': { off: { policy: { requestUriLifetime: 600 } }, flips: violated('TM-PAR-02') },
  'pkce-demanded': { off: { policy: { pkce: [] } }, flips: violated('TM-CODE-01', 'TM-PKCE-01') },
  'code-short': { off: { policy: { codeLifetime: 61 } }, flips: violated('TM-CODE-01', 'TM-PAR-05') },
  'nonce-or-state': { off: { policy: { nonceOrState: 'optional' } }, flips: [] },
  'redirect-uri-registered': { from: { policy: { par: 'allowed' } }, off: { policy: { redirectUris: 'registered-or-pushed', par: 'allowed' } }, flips: violated('TM-BRS-01', 'TM-RED-03') },
  'issuer-in-response': { off: { policy: { issInResponse: false } }, flips: violated('TM-MIX-01', 'TM-MIX-02', 'TM-JARM-01') },
  'signed-responses': { off: { policy: { signedResponse: 'off' } }, flips: [], alone: [{ policy: { issInResponse: false } }, violated('TM-MIX-01', 'TM-MIX-02', 'TM-JARM-01')] },
  'client-authentication': { off: { clients: [thirdParty({ token_endpoint_auth_method: 'none' })] }, flips: violated('TM-RT-01', 'TM-CIBA-03') },
  'assertion-audience': { off: { policy: { assertionAudience: 'issuer-or-endpoint' } }, flips: ['TM-CA-02: partial'] },
  'assertion-short': { off: { policy: { clientAssertionMaxLifetime: 86_400 } }, flips: violated('TM-CA-01') },
  'assertion-genuine': { off: { policy: { minimumRsaBits: 1024 } }, flips: violated('TM-CA-03') },
  'tokens-bound': { off: { policy: { senderConstraint: ['dpop', 'none'] }, clients: [thirdParty({ dpop_bound_access_tokens: false })] }, flips: violated('TM-TOK-01') },
  'token-short': { off: { policy: { accessTokenLifetime: 7200 } }, flips: violated('TM-TOK-05', 'TM-TOK-07') },
  'introspection-by-role': { off: { clients: [thirdParty({ introspection: ['https://api.test'] })] }, flips: ['TM-INT-01: violated', 'TM-INT-02: not-applicable'] },
  'proof-recent': { off: { policy: { dpopProofMaxAge: 3600 } }, flips: violated('TM-DPOP-04') },
  'proof-nonce': { off: { policy: { dpopNonce: 'off' } }, flips: [] },
  'signed-messages': { from: { policy: { httpSignatures: 'required' } }, off: { policy: { httpSignatures: 'off' } }, flips: ['TM-DPOP-02: partial'] },
  'certificate-from-connection': { off: { deployment: { resourceServer: { ...base.resourceServer, proxy: wide } } }, flips: violated('TM-NET-02') },
  'signed-introspection': { off: { clients: [thirdParty({ client_id: 'other-api', grant_types: ['client_credentials'], introspection: ['https://other.test'] }), thirdParty()] }, flips: ['TM-INT-02: not-applicable'] },
  'evidence-kept': { off: { policy: { evidence: 'off' } }, flips: [] },
  'tls-only': { off: { deployment: { resourceServer: { ...base.resourceServer, publicUrl: 'http://api.test' } } }, flips: violated('TM-NET-01') },
  'sign-in-brake': { off: { deployment: { authorizationServer: { ...base.authorizationServer, loginThrottle: { attempts: 500 } } } }, flips: violated('TM-BRUTE-01') },
  'backchannel-brake': { off: { issuer: { ciba: { pendingPerCustomer: 1000 } } }, flips: violated('TM-CIBA-01') },
  'backchannel-context': { off: { policy: { cibaBindingMessage: 'optional' } }, flips: violated('TM-CIBA-01', 'TM-CIBA-02') },
};

/** Judged only to say where there is nothing for them to control. */
const unswitchable: readonly ControlId[] = [
  'no-downgrade', 'proof-genuine', 'proof-once', 'proof-of-its-request', 'proof-of-its-token', 'code-of-its-key', 'grant-of-its-client', 'grant-version-floor', 'backchannel-asked-for', 'decided-alone', 'backchannel-of-its-client', 'no-push-mode',
  'acted-on-with-token', 'response-of-its-browser', 'id-token-of-its-token', 'own-way-back',
]; // prettier-ignore

const merged = (one: Wanted, other: Wanted): Wanted => ({ ...one, ...other, policy: { ...one.policy, ...other.policy } });

describe('a control that configuration switches off', () => {
  it('is tested here, whichever it is', () => {
    expect([...Object.keys(switches), ...unswitchable].sort()).toEqual(Object.keys(judgements).sort());
  });

  it.each(Object.entries(switches))('%s lets exactly those attacks through that rest on it', (control, { from, off, flips: expected, alone }) => {
    const changed = deploymentWith(off);
    expect(stateOf(control as ControlId, { deployment: changed, issuer: changed.issuers[0]! }).state).toBe('off');
    expect(flips(from ? deploymentWith(from) : base, changed)).toEqual([...expected].sort(byModel));
    if (alone) expect(flips(base, deploymentWith(merged(off, alone[0])))).toEqual([...alone[1]].sort(byModel));
  });

  it.each(unswitchable)('%s is never off', (control) => {
    for (const name of issuerProfiles) {
      const one = deploymentWith({ profile: profileNamed(name) });
      expect(stateOf(control, { deployment: one, issuer: one.issuers[0]! }).state).not.toBe('off');
    }
  });
});

const byModel = (one: string, other: string): number => attackIds.indexOf(one.slice(0, one.indexOf(':')) as AttackId) - attackIds.indexOf(other.slice(0, other.indexOf(':')) as AttackId);

describe('profiles as they are', () => {
  it('FAPI 2.0 lets nothing through; the specification’s own residuals are named, and are never called enforced', () => {
    const verdicts = ofFirst(deploymentWith({ profile: fapi2Security }));
    expect(attackIds.filter((id) => verdicts.get(id) === 'violated' || verdicts.get(id) === 'unknown')).toEqual([]);
    expect(attackIds.filter((id) => verdicts.get(id) === 'partial')).toEqual(['TM-PAR-05', 'TM-BRS-01', 'TM-TOK-05', 'TM-DPOP-02']);
    expect(attackIds.filter((id) => verdicts.get(id) === 'not-applicable')).toEqual(['TM-JAR-01', 'TM-CIBA-01', 'TM-CIBA-02', 'TM-CIBA-03', 'TM-CIBA-04']);
  });

  it('Message Signing adds what its clients sign, and ends one residual where messages are signed too', () => {
    const signed = ofFirst(deploymentWith({ profile: fapi2MessageSigning, policy: { httpSignatures: 'required' } }));
    expect([signed.get('TM-JAR-01'), signed.get('TM-DPOP-02')]).toEqual(['enforced', 'enforced']);
  });

  it('FAPI 1.0 Advanced leaves audience injection open by specification, and knows no DPoP', () => {
    const verdicts = ofFirst(deploymentWith({ profile: fapi1Advanced, clients: [thirdParty({ dpop_bound_access_tokens: false, tls_client_certificate_bound_access_tokens: true })] }));
    expect(attackIds.filter((id) => verdicts.get(id) === 'violated')).toEqual([]);
    expect([verdicts.get('TM-CA-02'), verdicts.get('TM-DPOP-01'), verdicts.get('TM-TOK-03')]).toEqual(['partial', 'not-applicable', 'not-applicable']);
  });

  it('FAPI 1.0 Baseline with public clients and bearer tokens says what that means', () => {
    const app = thirdParty({ token_endpoint_auth_method: 'none', dpop_bound_access_tokens: false });
    const deployment = deploymentWith({ profile: fapi1Baseline, clients: [app] });
    expect(violations(deployment, deployment.issuers[0]!).map(({ id }) => id).sort()).toEqual(['TM-PAR-01', 'TM-PKCE-02', 'TM-RT-01', 'TM-TOK-01']);
  });

  it('an issuer others may register at is judged by the least its profile asks of them', () => {
    const none = deploymentWith({ profile: fapi1Baseline, clients: [] });
    const open = deploymentWith({ profile: fapi1Baseline, clients: [], issuer: { registration: {} } });
    const closed = deploymentWith({ profile: fapi2Security, clients: [], issuer: { market: { details: [] } } });
    expect([none, open, closed].map((deployment) => ofFirst(deployment).get('TM-CODE-01'))).toEqual(['not-applicable', 'enforced', 'enforced']);
    expect(violations(open, open.issuers[0]!).map(({ id }) => id)).toContain('TM-TOK-01');
    expect(violations(closed, closed.issuers[0]!)).toEqual([]);
  });

  it('a market whose back-channel requests name a consent has its context in that, and executes what its details pay', () => {
    const profile = refine(fapi2Ciba, 'a-market', { cibaBindingMessage: loosened('Market 5', 'optional', { replaces: 'FAPI-CIBA ID1 5.2.2-2', why: 'the hint names the consent' }) });
    const market = { details: [{ kind: 'payment' }] };
    expect(ofFirst(deploymentWith({ profile })).get('TM-CIBA-01')).toBe('violated');
    const verdicts = ofFirst(deploymentWith({ profile, issuer: { market, authorizationDetailsTypes: [] } }));
    expect([verdicts.get('TM-CIBA-01'), verdicts.get('TM-CIBA-02'), verdicts.get('TM-SF-01'), verdicts.get('TM-INT-02')]).toEqual(['enforced', 'enforced', 'enforced', 'not-applicable']);
  });

  it('a profile that loosens what FAPI 2.0 asks is not excused by the older texts', () => {
    const market = refine(fapi2Security, 'a-market', { assertionAudience: loosened('Market 4.2', 'issuer-or-endpoint', { replaces: 'FAPI 2.0 SP 5.3.2.1-8', why: 'to see it' }) });
    expect(ofFirst(deploymentWith({ profile: market })).get('TM-CA-02')).toBe('violated');
  });
});

describe('the matrix', () => {
  it('has a field for every attacker and goal, with a reason', () => {
    const findings = audit(base);
    expect(findings.length).toBe(attackerIds.length * goalIds.length);
    for (const { reason, issuer, verdict } of findings) expect([reason !== '', issuer, verdict === 'unknown']).toEqual([true, 'main', false]);
  });

  it('a field is as good as the worst attack in it', () => {
    const findings = audit(deploymentWith({ policy: { par: 'allowed' } }));
    const field = (attacker: string, goal: string) => findings.find((each) => each.attacker === attacker && each.goal === goal);
    expect(field('A3a', 'G-AZ')).toMatchObject({ verdict: 'violated', attacks: ['TM-PKCE-02', 'TM-PAR-01'], reason: expect.stringContaining('pushed-requests (par: allowed; pushed by registration: not tally)') });
    expect(field('A2', 'G-AN')?.verdict).toBe('enforced');
    expect(field('A4', 'G-NR1')).toMatchObject({ verdict: 'not-applicable', attacks: [] });
  });
});

describe('waivers', () => {
  const open = deploymentWith({ policy: { par: 'allowed' } });
  const now = new Date('2026-11-25T23:59:59Z');
  const waiver = (attack: AttackId, more: object = {}) => ({ attack, reason: 'until all clients push', expires: '2026-11-25', ...more });

  it('cover an attack at every issuer, or at one, to the end of their day', () => {
    expect(judgeWaivers(open, [waiver('TM-PKCE-02'), waiver('TM-PAR-01', { issuer: 'main' })], now)).toEqual({ unwaived: [], unused: [] });
    const [left] = judgeWaivers(open, [waiver('TM-PKCE-02'), waiver('TM-PAR-01', { issuer: 'other' })], now).unwaived;
    expect(left).toMatchObject({ attack: 'TM-PAR-01', issuer: 'main' });
  });

  it('run out', () => {
    const { unwaived } = judgeWaivers(open, [waiver('TM-PKCE-02'), waiver('TM-PAR-01')], new Date('2026-11-26T00:00:00Z'));
    expect(unwaived.map(({ attack, expired }) => [attack, expired?.expires])).toEqual([['TM-PKCE-02', '2026-11-25'], ['TM-PAR-01', '2026-11-25']]);
  });

  it('that waive nothing are told', () => expect(judgeWaivers(base, [waiver('TM-TOK-01')], now).unused).toMatchObject([{ attack: 'TM-TOK-01' }]));
});
