import { introspectionClientId, Message, responseOf, send, type Answer } from '@assent/testing/fapi';
import * as oauth from 'oauth4webapi';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { request } from 'node:http';
import { matrix, startStack, type Stack } from './support/stack.js';

/* What the servers publish of themselves, and the transport they do it over: FAPI 2.0 SP 5.2 and 10, RFC 8414, 9728. */

let stack: Stack;
beforeAll(async () => void (stack = await startStack({ clients: matrix })), 60_000);
afterAll(() => stack?.stop());

const get = (path: string, base = new URL(stack.issuer).origin): Promise<Answer> => send(new Message({ method: 'GET', url: base + path }), { ca: stack.ca });

describe('metadata', () => {
  it('MD-01, MD-06: both well-known forms carry the same document, byte for byte', async () => {
    const documents = await Promise.all(['/.well-known/oauth-authorization-server/fapi2', '/fapi2/.well-known/openid-configuration', '/.well-known/openid-configuration/fapi2'].map((path) => get(path)));
    for (const { status, headers, text } of documents) expect([status, headers.get('content-type')?.split(';')[0], text]).toEqual([200, 'application/json', documents[0]!.text]);
  });

  it('MD-02, F2-CL-07: is taken by independent clients, both ways', async () => {
    for (const algorithm of ['oauth2', 'oidc'] as const) {
      const answer = await oauth.discoveryRequest(new URL(stack.issuer), { algorithm, [oauth.customFetch]: async (url: string) => responseOf(await send(new Message({ method: 'GET', url }), { ca: stack.ca })) });
      expect((await oauth.processDiscoveryResponse(new URL(stack.issuer), answer)).issuer).toBe(stack.issuer);
    }
  });

  it('F2 section 10: holds what the profile must publish, and nothing it forbids', async () => {
    const { json } = await get('/.well-known/oauth-authorization-server/fapi2');
    expect(json).toMatchObject({
      issuer: stack.issuer,
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'],
      authorization_response_iss_parameter_supported: true,
      tls_client_certificate_bound_access_tokens: true,
      require_pushed_authorization_requests: true,
      protected_resources: [stack.resource],
    });
    for (const [name, value] of Object.entries(json)) {
      expect(value).not.toBeNull();
      if (Array.isArray(value)) expect([name, value.length > 0, new Set(value).size]).toEqual([name, true, value.length]);
      const algs = name.includes('_encryption_') ? ['RSA-OAEP', 'RSA-OAEP-256', 'ECDH-ES'] : ['PS256', 'ES256', 'EdDSA', 'Ed25519'];
      if (name.endsWith('alg_values_supported')) for (const alg of value as string[]) expect(algs).toContain(alg);
      if (name.endsWith('_endpoint') || name === 'jwks_uri') expect(value).toMatch(/^https:\/\//);
    }
    const aliases = json['mtls_endpoint_aliases'] as Record<string, string>;
    for (const name of Object.keys(aliases)) expect(json).toHaveProperty(name);
    expect(new URL(aliases['token_endpoint']!).port).toBe(String(stack.ports.mtls));
  });

  it('F2-CR-04: the key set has public keys only, each with a kid of its own', async () => {
    const { json, headers } = await get('/fapi2/jwks');
    const keys = json['keys'] as Record<string, unknown>[];
    expect(headers.get('content-type')).toMatch(/^application\/(jwk-set\+)?json/);
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length);
    expect(new Set(keys.map(({ alg }) => alg))).toEqual(new Set(['ES256', 'PS256', 'EdDSA']));
    for (const key of keys) for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(key).not.toHaveProperty(secret);
  });

  it('an issuer nobody configured has none', async () => {
    for (const path of ['/.well-known/oauth-authorization-server/other', '/other/.well-known/openid-configuration', '/.well-known/oauth-authorization-server']) expect((await get(path)).status).toBe(404);
  });

  it('PRM-01 to PRM-05: the resource describes itself and both sides agree', async () => {
    const answer = await oauth.resourceDiscoveryRequest(new URL(stack.resource), { [oauth.customFetch]: async (url: string) => responseOf(await send(new Message({ method: 'GET', url }), { ca: stack.ca })) });
    const described = (await oauth.processResourceDiscoveryResponse(new URL(stack.resource), answer)) as unknown as Record<string, unknown>;
    expect(described).toMatchObject({ resource: stack.resource, authorization_servers: [stack.issuer], bearer_methods_supported: ['header'] });
    const { headers } = await get('/accounts', stack.resource);
    expect(headers.get('www-authenticate')).toContain(`resource_metadata="${stack.resource}/.well-known/oauth-protected-resource"`);
  });

  it('F2-AS-03: no client without keys of its own is registered', () => {
    for (const { token_endpoint_auth_method: method } of stack.config.issuers[0]!.clients) expect(['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']).toContain(method);
    expect(stack.config.issuers[0]!.clients.map(({ client_id: id }) => id)).toContain(introspectionClientId);
  });
});

describe('transport', () => {
  const handshake = (port: number, options: ConnectionOptions): Promise<TLSSocket> =>
    new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: stack.ca, ...options }, () => resolve(socket));
      socket.once('error', reject);
    });
  const listeners = (): [string, number][] => [['authorization server', stack.ports.as], ['mTLS', stack.ports.mtls], ['resource server', stack.ports.rs]];

  it('F2-NET-02: TLS 1.3 where the client can, 1.2 where it cannot, nothing older', async () => {
    for (const [, port] of listeners()) {
      for (const [maxVersion, expected] of [[undefined, 'TLSv1.3'], ['TLSv1.2', 'TLSv1.2']] as const) {
        const socket = await handshake(port, maxVersion ? { maxVersion } : {});
        expect(socket.getProtocol()).toBe(expected);
        socket.destroy();
      }
      for (const version of ['TLSv1', 'TLSv1.1'] as const) await expect(handshake(port, { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' })).rejects.toThrow(/alert|version|protocol/i);
    }
  });

  it('F2-NET-06: only the suites BCP 195 recommends under TLS 1.2', async () => {
    for (const [, port] of listeners()) {
      for (const ciphers of ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384']) (await handshake(port, { maxVersion: 'TLSv1.2', ciphers })).destroy();
      for (const ciphers of ['ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'AES128-GCM-SHA256', 'DHE-RSA-AES256-GCM-SHA384']) {
        await expect(handshake(port, { maxVersion: 'TLSv1.2', ciphers: `${ciphers}:@SECLEVEL=0` })).rejects.toThrow(/alert|handshake/i);
      }
    }
  });

  it('F2-NET-01: plaintext gets no answer from a listener', async () => {
    for (const [, port] of listeners()) {
      await expect(new Promise((resolve, reject) => void request({ host: '127.0.0.1', port, path: '/fapi2/jwks', timeout: 3000 }, resolve).once('error', reject).once('timeout', () => reject(new Error('timeout'))).end())).rejects.toThrow(/hang up|ECONNRESET|Parse Error/);
    }
  });

  it('F2-NET-05: a resource server that is not who it says is not spoken to', async () => {
    await expect(send(new Message({ method: 'GET', url: `https://bank.example:${stack.ports.rs}/accounts` }), { ca: stack.ca })).rejects.toThrow(/altnames|Hostname/i);
  });

  it('F2-MT-06: certificate headers are refused from anyone who is no proxy, on every listener', async () => {
    const { der, cert } = stack.client('ca-mtls').identity!;
    const forged: [string, string][] = [['client-cert', `:${der.toString('base64')}:`], ['ssl-client-cert', encodeURIComponent(cert)], ['x-forwarded-client-cert', `Cert="${encodeURIComponent(cert)}"`], ['x-ssl-client-der', der.toString('base64')]];
    for (const [, port] of listeners()) {
      for (const header of forged) {
        const answer = await send(new Message({ method: 'GET', url: `https://localhost:${port}/fapi2/jwks`, headers: [header] }), { ca: stack.ca });
        expect([answer.status, answer.json['error']]).toEqual([400, 'invalid_request']);
      }
    }
  });
});
