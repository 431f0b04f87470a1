import { generateKeyPairSync } from 'node:crypto';
import { by, checkClient, fapi1Advanced, fapi1Baseline, fapi2MessageSigning, fapi2Security, refine, type Policy } from '../index.js';

const jwk = (type: 'rsa' | 'ec', more: object) => {
  const { publicKey } = type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { ...publicKey.export({ format: 'jwk' }), ...more };
};
const signing = jwk('ec', { kid: 's', use: 'sig' });
const wrapping = jwk('rsa', { kid: 'e', use: 'enc', alg: 'RSA-OAEP' });
const agreeing = jwk('ec', { kid: 'a', use: 'enc' });

const good = {
  client_id: 'tally',
  redirect_uris: ['https://tally.example/cb'],
  grant_types: ['authorization_code', 'refresh_token'],
  scope: 'openid accounts',
  token_endpoint_auth_method: 'private_key_jwt',
  jwks: { keys: [signing, wrapping, agreeing] },
};
const issuer = { scopes: ['openid', 'accounts'], signingAlgs: ['PS256', 'ES256'] as const, acrValues: [], resources: [] };
const check = (changes: object, policy: Policy) => checkClient({ ...good, ...changes }, policy, issuer);
const clientOf = (changes: object, policy: Policy) => {
  const checked = check(changes, policy);
  if (checked.outcome === 'refused') throw new Error(JSON.stringify(checked.problems));
  return checked.client;
};

describe('how a client signs and encrypts: accepted', () => {
  it('nothing said: JWT responses in the first algorithm of the issuer that the profile allows', () => {
    expect(clientOf({}, fapi2MessageSigning.policy)).toMatchObject({ authorization_signed_response_alg: 'PS256' });
    expect(clientOf({}, fapi2MessageSigning.policy)).not.toHaveProperty('require_signed_request_object');
    expect(clientOf({}, fapi2Security.policy)).not.toHaveProperty('authorization_signed_response_alg');
  });

  it('options, each on its own', () => {
    const members = { require_signed_request_object: false, request_object_signing_alg: 'ES256', response_modes: ['query', 'jwt'], authorization_signed_response_alg: 'ES256' };
    expect(clientOf(members, fapi2MessageSigning.policy)).toMatchObject(members);
  });

  it('a named algorithm means signed responses, where they are optional', () => {
    const optional = refine(fapi2Security, 'optional', { signedResponse: by('ours', 'optional'), responseModes: by('ours', ['query', 'jwt']) });
    expect(clientOf({ authorization_signed_response_alg: 'ES256' }, optional.policy)).toMatchObject({ response_modes: ['jwt'] });
    expect(clientOf({}, optional.policy)).not.toHaveProperty('response_modes');
  });

  it('encryption, with its default', () => {
    const members = { id_token_encrypted_response_alg: 'ECDH-ES', id_token_encrypted_response_enc: 'A256GCM', authorization_encrypted_response_alg: 'RSA-OAEP', request_object_encryption_alg: 'RSA-OAEP-256', request_uris: ['https://tally.example/r'] };
    expect(clientOf(members, fapi1Advanced.policy)).toMatchObject({ ...members, authorization_encrypted_response_enc: 'A128CBC-HS256' });
  });

  it('code id_token, its words in either order, beside the implicit grant it is said to need', () => {
    const client = clientOf({ response_types: ['id_token code'], grant_types: ['authorization_code', 'implicit'] }, fapi1Advanced.policy);
    expect(client).toMatchObject({ response_types: ['code id_token'], grant_types: ['authorization_code'] });
  });
});

describe('a public client', () => {
  const open = { token_endpoint_auth_method: 'none', grant_types: ['authorization_code'], jwks: undefined };
  it('is one that registers so, where the profile has them', () => {
    expect(clientOf(open, fapi1Baseline.policy)).toMatchObject({ token_endpoint_auth_method: 'none', grant_types: ['authorization_code'] });
  });
  it.each<[string, object, Policy, string]>([
    ['where the profile has none', {}, fapi1Advanced.policy, 'token_endpoint_auth_method'],
    ['with refresh tokens', { grant_types: ['authorization_code', 'refresh_token'] }, fapi1Baseline.policy, 'grant_types'],
    ['acting for itself', { grant_types: ['authorization_code', 'client_credentials'] }, fapi1Baseline.policy, 'grant_types'],
    ['with a certificate', { tls_client_certificate_bound_access_tokens: true }, fapi1Baseline.policy, 'tls_client_certificate_bound_access_tokens'],
  ])('F1B-AS-01: is refused %s', (_says, changes, policy, path) => {
    const checked = check({ ...open, ...changes }, policy);
    expect(checked.outcome === 'refused' && checked.problems.map((one) => one.path.join('.'))).toContain(path);
  });
});

describe('where all ID tokens are encrypted', () => {
  const { policy } = refine(fapi1Advanced, 'm', { idTokenEncryption: by('ours', 'required'), contentEncryptionAlgs: by('ours', ['A256GCM']) });
  it('a client that gets none needs no key for them', () => {
    expect(check({ grant_types: ['client_credentials'], redirect_uris: undefined, response_types: [], scope: undefined }, policy).outcome).toBe('accepted');
  });
  it('one that names no content encryption gets what there is', () => {
    expect(clientOf({ id_token_encrypted_response_alg: 'RSA-OAEP' }, policy)).toMatchObject({ id_token_encrypted_response_enc: 'A256GCM' });
  });
});

describe('how a client signs and encrypts: refused', () => {
  it.each<[string, object, Policy, string]>([
    ['JR-12 a waiver where nobody may waive', { require_signed_request_object: false }, fapi1Advanced.policy, 'require_signed_request_object'],
    ['signed requests where none are read', { require_signed_request_object: true }, fapi2Security.policy, 'require_signed_request_object'],
    ['requests in RS256', { request_object_signing_alg: 'RS256' }, fapi2MessageSigning.policy, 'request_object_signing_alg'],
    ['requests in none', { request_object_signing_alg: 'none' }, fapi2MessageSigning.policy, 'request_object_signing_alg'],
    ['F1A-AS-11 requests in EdDSA', { request_object_signing_alg: 'EdDSA' }, fapi1Advanced.policy, 'request_object_signing_alg'],
    ['F1A-AS-12 requests under RSA1_5', { request_object_encryption_alg: 'RSA1_5' }, fapi1Advanced.policy, 'request_object_encryption_alg'],
    ['F1A-AS-12 ID tokens under RSA1_5', { id_token_encrypted_response_alg: 'RSA1_5' }, fapi1Advanced.policy, 'id_token_encrypted_response_alg'],
    ['JM-10 responses under RSA1_5', { authorization_encrypted_response_alg: 'RSA1_5' }, fapi1Advanced.policy, 'authorization_encrypted_response_alg'],
    ['JM-10 a content encryption without an algorithm', { authorization_encrypted_response_enc: 'A256GCM' }, fapi1Advanced.policy, 'authorization_encrypted_response_alg'],
    ['JM-10 responses in RS256', { authorization_signed_response_alg: 'RS256' }, fapi2MessageSigning.policy, 'authorization_signed_response_alg'],
    ['MS-JARM-07 encrypted responses where they are not made', { authorization_encrypted_response_alg: 'RSA-OAEP' }, fapi2MessageSigning.policy, 'authorization_encrypted_response_alg'],
    ['encryption without a key for it', { jwks: { keys: [signing] }, id_token_encrypted_response_alg: 'RSA-OAEP' }, fapi1Advanced.policy, 'jwks.keys'],
    ['encryption with a key of another algorithm', { jwks: { keys: [signing, wrapping] }, id_token_encrypted_response_alg: 'RSA-OAEP-256' }, fapi1Advanced.policy, 'jwks.keys'],
    ['a mode nobody offers', { response_modes: ['fragment'] }, fapi2MessageSigning.policy, 'response_modes.0'],
    ['no mode at all', { response_modes: [] }, fapi2MessageSigning.policy, 'response_modes'],
    ['addresses where none are fetched', { request_uris: ['https://tally.example/r'] }, fapi2MessageSigning.policy, 'request_uris'],
    ['an address over http', { request_uris: ['http://tally.example/r'] }, fapi1Advanced.policy, 'request_uris.0'],
    ['implicit where there is no code id_token', { grant_types: ['authorization_code', 'implicit'] }, fapi1Baseline.policy, 'grant_types.1'],
    ['signed requests without keys', { token_endpoint_auth_method: 'tls_client_auth', tls_client_auth_subject_dn: 'CN=tally', jwks: undefined }, fapi1Advanced.policy, 'jwks'],
    ['plain ID tokens where they must be encrypted', { response_types: ['code id_token'] }, refine(fapi1Advanced, 'm', { idTokenEncryption: by('ours', 'front-channel') }).policy, 'id_token_encrypted_response_alg'],
    ['plain ID tokens where all are encrypted', {}, refine(fapi1Advanced, 'm', { idTokenEncryption: by('ours', 'required') }).policy, 'id_token_encrypted_response_alg'],
  ])('%s', (_says, changes, policy, path) => {
    const checked = check(changes, policy);
    if (checked.outcome === 'accepted') throw new Error('accepted');
    expect(checked.problems.map((one) => one.path.join('.'))).toEqual([path]);
    expect(checked.problems[0]?.clause).not.toBe('');
  });
});
