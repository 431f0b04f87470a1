import { aClock, aGuard, issuer } from './guard.fixtures.js';
import { interactionId } from './interaction-id.js';
import { metadataUrlOf } from './metadata.js';

describe('protected resource metadata (RFC 9728)', () => {
  it.each([
    ['https://rs.example', 'https://rs.example/.well-known/oauth-protected-resource'],
    ['https://rs.example/', 'https://rs.example/.well-known/oauth-protected-resource'],
    ['https://rs.example/bank/v1', 'https://rs.example/.well-known/oauth-protected-resource/bank/v1'],
    ['https://rs.example/bank?x=1', 'https://rs.example/.well-known/oauth-protected-resource/bank?x=1'],
  ])('lies between host and path: %s (PRM-01)', (resource, url) => expect(metadataUrlOf(resource)).toBe(url));

  it('says what the guard enforces (PRM-02, PRM-03)', () => {
    const guard = aGuard({ clock: aClock(), description: { resource_name: 'Accounts', scopes_supported: ['accounts'], authorization_details_types_supported: [] } });
    expect(guard.metadata()).toEqual({
      resource: 'https://rs.example',
      authorization_servers: [issuer],
      bearer_methods_supported: ['header'],
      tls_client_certificate_bound_access_tokens: true,
      dpop_signing_alg_values_supported: ['PS256', 'ES256', 'EdDSA', 'Ed25519'],
      resource_name: 'Accounts',
      scopes_supported: ['accounts'],
    });
    expect(guard.metadataPath).toBe('/.well-known/oauth-protected-resource');
  });

  it('says when DPoP is the only way', () => {
    expect(aGuard({ clock: aClock(), constraints: ['dpop'] }).metadata()).toMatchObject({ dpop_bound_access_tokens_required: true });
  });
});

describe('x-fapi-interaction-id (F2-RS-01)', () => {
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  it('comes back unchanged', () => {
    expect(interactionId(['X-FAPI-Interaction-ID', 'C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A'])).toBe('C770AEF3-6784-41F7-8E0E-FF5F97BDDB3A');
  });
  it.each([
    ['absent', []],
    ['no UUID', ['x-fapi-interaction-id', '<script>']],
    ['sent twice', ['x-fapi-interaction-id', 'c770aef3-6784-41f7-8e0e-ff5f97bddb3a', 'x-fapi-interaction-id', 'c770aef3-6784-41f7-8e0e-ff5f97bddb3b']],
  ])('is made when %s', (_, headers) => {
    expect(interactionId(headers)).toMatch(uuid);
    expect(headers).not.toContain(interactionId(headers));
  });
});
