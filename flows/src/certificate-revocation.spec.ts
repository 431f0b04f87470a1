import { startResourceServer } from '@assent/resource-server';
import { Message, send, type Answer, type CertifiedKey, type FapiClient } from '@assent/testing/fapi';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DirectoryCertificate, RegisteredSoftware } from './support/directory.js';
import { obtainTokens, startStack, type Stack } from './support/stack.js';

/*
 * Certificates that the directory revoked are refused wherever one is presented: at the authorization server as those of
 * a client, at the bank's API as what binds a token.
 */

let stack: Stack;
let client: FapiClient;
let software: RegisteredSoftware;

beforeAll(async () => {
  stack = await startStack({ clients: [{ id: 'joined', auth: 'private_key_jwt', constraint: 'mtls' }, { id: 'outside', auth: 'tls_client_auth', constraint: 'mtls' }], directory: { revocation: { mode: 'crl', refreshSeconds: 1, softFail: false } } });
  client = await stack.party('joined');
  software = await stack.directory!.register('Tally Budget');
}, 120_000);
afterAll(() => stack?.stop());

const certify = (): Promise<DirectoryCertificate> => stack.directory!.certify(software.id);
const tokens = async (identity: CertifiedKey): Promise<{ accessToken: string; refreshToken: string }> => {
  const { prepared, url } = await client.begin({ scope: 'openid accounts' });
  const callback = await stack.visitor().approve(url, { login: 'ana', password: 'harbour-ana-2026' });
  const { status, json } = await client.redeem(prepared, callback.searchParams.get('code')!, { identity });
  expect([status, json['error']]).toEqual([200, undefined]);
  return { accessToken: json['access_token'] as string, refreshToken: json['refresh_token'] as string };
};
const accounts = (accessToken: string, identity: CertifiedKey, at = stack.resource): Promise<Answer> => client.call(`${at}/accounts`, accessToken, { identity });

/** The first answer that is not like before: a list is fetched every second. */
async function changed(ask: () => Promise<Answer>, before: number): Promise<Answer> {
  for (let waited = 0; waited < 100; waited += 1) {
    const answer = await ask();
    if (answer.status !== before) return answer;
    await sleep(100);
  }
  throw new Error('nothing has changed');
}

const audited = async (thumbprint: string): Promise<readonly { issuer: string; rule: string; reason: string }[]> =>
  (await stack.database.pool.query<{ issuer: string; rule: string; reason: string }>(`SELECT issuer, rule, detail->>'reason' AS reason FROM assent.audit_event WHERE type = 'certificate.refused' AND detail->>'thumbprint' = $1 ORDER BY issuer`, [thumbprint])).rows;

describe('a certificate of the directory', () => {
  it('is as good as any until it is revoked; then tokens bound to it open nothing, and none come', async () => {
    const [one, other] = [await certify(), await certify()];
    const { accessToken, refreshToken } = await tokens(one);
    expect((await accounts(accessToken, one)).status).toBe(200);
    await stack.directory!.revoke(software.id, one.serial);

    const atBank = await changed(() => accounts(accessToken, one), 200);
    expect([atBank.status, atBank.json['error'], atBank.headers.get('www-authenticate')]).toEqual([401, 'invalid_token', 'Bearer error="invalid_token", error_description="the client certificate was revoked"']);
    expect(await stack.rsLog.ruleOf(atBank)).toBe('ASSENT-MTLS-01');
    const atIssuer = await changed(() => client.refresh(refreshToken, { identity: one }), 200);
    expect([atIssuer.status, atIssuer.json]).toEqual([401, { error: 'invalid_client', error_description: 'the client certificate was revoked' }]);
    expect(await stack.asLog.ruleOf(atIssuer)).toBe('ASSENT-MTLS-01');
    // Every address of the listener is closed to it, whatever it asks.
    const metadata = await send(new Message({ method: 'GET', url: `${stack.resource}/.well-known/oauth-protected-resource`, identity: one }), { ca: stack.ca });
    expect([metadata.status, metadata.json['error']]).toEqual([401, 'invalid_token']);
    const fresh = await tokens(other);
    expect((await accounts(fresh.accessToken, other)).status).toBe(200);

    for (let waited = 0; waited < 20 && (await audited(thumbprintOf(one))).length < 2; waited += 1) await sleep(50);
    expect(await audited(thumbprintOf(one))).toEqual([stack.config.authorizationServer.publicUrl, stack.resource].map((issuer) => ({ issuer, rule: 'ASSENT-MTLS-01', reason: 'keyCompromise' })).sort((a, b) => (a.issuer < b.issuer ? -1 : 1)));
    const metrics = await fetch(`http://127.0.0.1:${stack.rs.healthPort}/metrics`).then((answer) => answer.text());
    expect(metrics).toMatch(/assent_refusals_total\{rule="ASSENT-MTLS-01"\} [1-9]/);
    expect(metrics).toMatch(/assent_revocation_list_entries\{list="https:[^"]+"\} [1-9]/);
  });

  it('is held while its software is suspended', async () => {
    const mine = await stack.directory!.register('Bright Energy');
    const identity = await stack.directory!.certify(mine.id);
    const { accessToken } = await tokens(identity);
    await stack.directory!.ask('PATCH', `/api/software/${mine.id}`, { status: 'suspended' });
    expect((await changed(() => accounts(accessToken, identity), 200)).status).toBe(401);
    await stack.directory!.ask('PATCH', `/api/software/${mine.id}`, { status: 'active' });
    expect((await changed(() => accounts(accessToken, identity), 401)).status).toBe(200);
  });

  it('of another authority is none of the list’s business', async () => {
    const outside = await stack.party('outside');
    const { accessToken } = await obtainTokens(outside, stack.visitor());
    expect((await outside.call(`${stack.resource}/accounts`, accessToken)).status).toBe(200);
  });
});

describe('by OCSP', () => {
  it('a certificate is asked about where it is presented first, and refused when it was revoked', async () => {
    const sibling = await stack.sibling();
    const revocation = { mode: 'ocsp', crls: [], softFail: false, refreshSeconds: 1 } as const;
    const rs = await startResourceServer({ ...sibling.config, tls: { ...sibling.config.tls, revocation } });
    const at = `https://localhost:${sibling.ports.rs}`;
    const asked = (token: string, identity: CertifiedKey): Promise<Answer> => send(new Message({ method: 'GET', url: `${at}/accounts`, headers: [['authorization', `Bearer ${token}`]], identity }), { ca: stack.ca });
    try {
      const identity = await certify();
      const { accessToken } = await tokens(identity);
      expect((await asked(accessToken, identity)).status).toBe(200);
      await stack.directory!.revoke(software.id, identity.serial);
      const refused = await changed(() => asked(accessToken, identity), 200);
      expect([refused.status, refused.json['error_description']]).toEqual([401, 'the client certificate was revoked']);
      const another = await certify();
      const second = await tokens(another);
      await stack.directory!.stop();
      const untold = await changed(() => asked(second.accessToken, another), 200);
      expect([untold.status, untold.json['error'], untold.headers.get('retry-after')]).toEqual([503, 'temporarily_unavailable', '2']);
      await stack.directory!.start();
      expect((await changed(() => asked(second.accessToken, another), 503)).status).toBe(200);
    } finally {
      await rs.close();
    }
  });
});

// Last: it moves the clock on, for good.
it('without a list of now, whoever it would speak of waits, and nobody else; readiness says so', async () => {
  const identity = await certify();
  const knock = (by: CertifiedKey): Promise<Answer> => send(new Message({ method: 'GET', url: `${stack.resource}/accounts`, identity: by }), { ca: stack.ca });
  const outside = stack.client('outside').identity!;
  expect([(await knock(identity)).status, (await knock(outside)).status]).toEqual([401, 401]);
  await stack.directory!.stop();
  stack.advance(stack.config.directory!.revocationLifetime + 60);
  const held = await knock(identity);
  expect([held.status, held.json['error'], await stack.rsLog.ruleOf(held)]).toEqual([503, 'temporarily_unavailable', 'ASSENT-MTLS-02']);
  const other = await knock(outside);
  expect([other.status, await stack.rsLog.ruleOf(other)]).not.toContain('ASSENT-MTLS-02');
  const ready = await fetch(`http://127.0.0.1:${stack.rs.healthPort}/health/ready`).then((answer) => answer.json() as Promise<{ failing: string[] }>);
  expect(ready.failing).toContain('revocation lists');
  await stack.directory!.start();
  expect((await changed(() => knock(identity), 503)).status).toBe(401);
});

const thumbprintOf = ({ der }: CertifiedKey): string => createHash('sha256').update(der).digest('base64url');
