import { attackIds, type ThreatReport } from '@assent/threat-model';
import { attack, defaultBudget, type AttackOptions } from '@assent/threat-model/attack';
import { customers } from '@assent/testing/fapi';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backchannelClient } from './support/backchannel.js';
import { startStack, type Stack } from './support/stack.js';
import { login, targetOf, type WantedTarget } from './support/threat-target.js';

/* Every attack of the threat model that can be sent, sent: at an issuer of each profile. */

const root = fileURLToPath(new URL('../../', import.meta.url));
let stack: Stack;
let ahead = 0;
const scope = 'openid profile accounts balances transactions';

beforeAll(async () => {
  stack = await startStack({
    clients: [
      { id: 'jwt-dpop', auth: 'private_key_jwt', constraint: 'dpop', at: 'fapi2', metadata: { authorization_details_types: ['payment_initiation'] } },
      { id: 'other', auth: 'private_key_jwt', constraint: 'dpop', at: 'fapi2' },
      { id: 'ca-mtls', auth: 'tls_client_auth', constraint: 'mtls', at: 'fapi2' },
      { id: 'signs', auth: 'private_key_jwt', constraint: 'dpop', at: 'signing', metadata: { evidence: 'on', http_message_signatures: 'required' } },
      { id: 'signs-too', auth: 'private_key_jwt', constraint: 'dpop', at: 'signing' },
      { id: 'older', auth: 'private_key_jwt', constraint: 'mtls', alg: 'PS256', at: 'advanced' },
      { id: 'older-too', auth: 'private_key_jwt', constraint: 'mtls', at: 'advanced' },
      { id: 'bearer', auth: 'private_key_jwt', constraint: 'either', at: 'baseline' },
      { id: 'bearer-too', auth: 'private_key_jwt', constraint: 'either', at: 'baseline' },
      { id: 'asks', auth: 'private_key_jwt', constraint: 'dpop', at: 'ciba', metadata: { ...backchannelClient('poll'), scope } },
      { id: 'asks-too', auth: 'private_key_jwt', constraint: 'mtls', at: 'ciba', metadata: { ...backchannelClient('ping', 'https://localhost:9/notified'), scope } },
    ],
    otherIssuers: [
      { name: 'signing', profile: 'fapi2-message-signing' },
      { name: 'advanced', profile: 'fapi1-advanced', signingAlgs: ['PS256', 'ES256'] },
      { name: 'ciba', profile: 'fapi2-ciba', ciba: { longPolling: '5s' } },
      { name: 'baseline', profile: 'fapi1-baseline', signingAlgs: ['PS256', 'ES256'] },
    ],
    authorizationServer: { loginThrottle: { attempts: 5 } },
  });
}, 120_000);
afterAll(async () => stack?.stop());

const run = (wanted: WantedTarget, options: Partial<AttackOptions> = {}): Promise<ThreatReport> => {
  const wait = async (seconds: number): Promise<boolean> => {
    ahead += seconds;
    stack.advance(seconds);
    return true;
  };
  return attack(targetOf(stack, wanted), { budget: defaultBudget, wait, ahead: () => ahead, ...options });
};
const of = ({ attacks }: ThreatReport, verdict: string) => attacks.filter((each) => each.verdict === verdict).map(({ id }) => id);
const succeeding = ({ attacks }: ThreatReport) => attacks.flatMap(({ probes: tried = [] }) => tried.filter(({ outcome }) => outcome === 'succeeded').map(({ probe, reason }) => `${probe}: ${reason}`));

/** Nothing of the kind is there. */
const absent = ['TM-RED-02', 'TM-JAR-01', 'TM-CIBA-01', 'TM-CIBA-02', 'TM-CIBA-03', 'TM-CIBA-04', 'TM-LOG-01'];
const residuals = ['TM-PAR-05', 'TM-BRS-01', 'TM-TOK-05', 'TM-DPOP-02'];

describe('FAPI 2.0', () => {
  let report: ThreatReport;
  beforeAll(async () => {
    report = await run({ clients: ['jwt-dpop', 'other'], pays: true });
  }, 120_000);

  it('stops every one of them', () => {
    expect(succeeding(report)).toEqual([]);
    expect(of(report, 'unknown')).toEqual([]);
    expect(of(report, 'partial')).toEqual(residuals);
    expect(of(report, 'not-applicable')).toEqual(absent);
    expect(of(report, 'enforced').length).toBe(attackIds.length - absent.length - residuals.length);
  });

  it('tells of the residual of DPoP what was seen of it', () => {
    expect(report.attacks.find(({ id }) => id === 'TM-DPOP-02')).toMatchObject({ verdict: 'partial', reason: expect.stringContaining('Seen here: DPOP-02/first: the altered request, sent before the honest one, was answered with 200') });
  });

  it('has evidence for each verdict, without a credential in it', () => {
    for (const { probes: tried = [], id } of report.attacks) for (const { outcome, evidence, probe } of tried) if (outcome === 'stopped') expect([id, probe, evidence.length > 0]).toEqual([id, probe, true]);
    const text = JSON.stringify(report.attacks);
    expect(text).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}/);
    expect(text).not.toContain(customers.ana.password);
    for (const [, value] of text.matchAll(/[?&](?:code|access_token|refresh_token|token|client_assertion|code_verifier)=([^&"\\]+)/g)) expect(value!.length).toBeLessThan(9);
  });

  it('with certificates', async () => {
    const certified = await run({ clients: ['ca-mtls', 'other'] });
    expect(succeeding(certified)).toEqual([]);
    expect(of(certified, 'unknown')).toEqual([]);
    expect(of(certified, 'not-applicable').sort()).toEqual([...absent, 'TM-SF-01', 'TM-CA-01', 'TM-CA-02', 'TM-CA-03', 'TM-DPOP-01', 'TM-DPOP-02', 'TM-DPOP-03', 'TM-DPOP-04', 'TM-DPOP-05', 'TM-TOK-03'].sort());
  }, 120_000);
});

describe('the other profiles', () => {
  it('Message Signing stops every one', async () => {
    const report = await run({ clients: ['signs', 'signs-too'], at: 'signing', signed: true });
    expect(succeeding(report)).toEqual([]);
    // What is signed cannot be altered, nor denied.
    for (const id of ['TM-DPOP-02', 'TM-JAR-01', 'TM-INT-02', 'TM-ID-02']) expect([id, of(report, 'enforced').includes(id as never)]).toEqual([id, true]);
    expect(of(report, 'unknown')).toEqual([]);
  }, 120_000);

  it('FAPI 1.0 Advanced lets through what its specification leaves open, and nothing else', async () => {
    const report = await run({ clients: ['older', 'older-too'], at: 'advanced', signed: true, permits: ['TM-CA-02'] });
    expect(of(report, 'violated')).toEqual([]);
    expect(succeeding(report).map((one) => one.slice(0, one.indexOf(':')))).toEqual(['CA-02/endpoint']);
    expect(of(report, 'unknown')).toEqual([]);
    expect(of(report, 'partial')).toEqual(['TM-PAR-05', 'TM-BRS-01', 'TM-TOK-05', 'TM-CA-02']);
  }, 120_000);

  it('requests by the back channel are stopped, and what needs a browser is not there', async () => {
    const report = await run({ clients: ['asks', 'asks-too'], at: 'ciba' });
    expect(succeeding(report)).toEqual([]);
    expect(of(report, 'unknown')).toEqual([]);
    for (const id of ['TM-CIBA-01', 'TM-CIBA-02', 'TM-CIBA-03', 'TM-CIBA-04', 'TM-TOK-01', 'TM-RT-01', 'TM-GRNT-01', 'TM-ID-01']) expect([id, of(report, 'enforced').includes(id as never)]).toEqual([id, true]);
    const customer = stack.visitor();
    expect((await customer.signIn(new URL(`${stack.issuer.replace(/[^/]+$/, 'ciba')}/device`), customers.ana)).answer.text).not.toContain('/device/requests/');
  }, 120_000);

  it('FAPI 1.0 Baseline shows what bearer tokens and plain requests mean', async () => {
    const report = await run({ clients: ['bearer', 'bearer-too'], at: 'baseline' });
    expect(of(report, 'violated')).toEqual(['TM-PKCE-02', 'TM-PAR-01', 'TM-TOK-01', 'TM-CA-02']);
    expect(of(report, 'unknown')).toEqual([]);
  }, 120_000);
});

describe('the suite keeps within its bounds', () => {
  it('of requests', async () => {
    const report = await run({ clients: ['jwt-dpop', 'other'] }, { budget: { requests: 6, seconds: 60 } });
    expect(report.attacks.flatMap(({ probes: tried = [] }) => tried.map(({ reason }) => reason)).filter((reason) => reason.includes('6 requests have been sent')).length).toBeGreaterThan(20);
    expect(of(report, 'violated')).toEqual([]);
  });

  it('of this machine, unless the target is said to be one’s own', async () => {
    const target = { ...targetOf(stack, { clients: ['jwt-dpop', 'other'] }), issuer: 'https://192.0.2.1/fapi2' };
    await expect(attack(target, { budget: defaultBudget })).rejects.toThrow(/192\.0\.2\.1 is not this machine: say --i-own-this-target/);
  });

  it('of the target’s own hosts', async () => {
    const target = targetOf(stack, { clients: ['jwt-dpop', 'other'] });
    const report = await attack({ ...target, resource: 'https://localhost:1/accounts' }, { budget: defaultBudget, only: ({ id }) => id === 'TOK-03/bearer' });
    expect(of(report, 'violated')).toEqual([]);
  });
});

describe('npm run threats -- attack', () => {
  it('attacks any issuer a file describes, and writes for people and machines', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assent-threats-'));
    try {
      const [file, output] = [join(folder, 'target.json'), join(folder, 'report.html')];
      const clients = ['jwt-dpop', 'other'].map((id) => ({ clientId: id, redirectUri: `https://${id}.tpp.test/callback`, scope: 'openid accounts balances', keyFile: `${id}.json`, alg: 'ES256' }));
      await Promise.all(clients.map(({ clientId }) => writeFile(join(folder, `${clientId}.json`), JSON.stringify(stack.client(clientId).privateJwk))));
      await writeFile(join(folder, 'root.pem'), stack.ca);
      await writeFile(file, JSON.stringify({ issuer: stack.issuer, authorityFiles: ['root.pem'], resource: `${stack.resource}/accounts`, clients, login }));
      const ended = await new Promise<{ code: unknown; stderr: string }>((resolve) => execFile(process.execPath, [join(root, 'tools/run.mjs'), 'threats', 'attack', '--target', file, '--format', 'html', '--output', output], { cwd: root }, (error, _, stderr) => resolve({ code: error?.code, stderr })));
      expect(ended.stderr).not.toMatch(/succeeded/);
      expect(ended.code).toBeUndefined();
      const html = await readFile(output, 'utf8');
      expect(html).toContain('Attack report');
      expect(html).not.toMatch(/eyJ[A-Za-z0-9_-]{20,}/);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 120_000);
});
