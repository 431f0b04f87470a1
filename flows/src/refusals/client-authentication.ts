import { es256Signed, selfSigned as makeSelfSigned, subjectOf, hmacSigned, privateFromJwk, publicOf, readJws, rs256Signed, rsaKey, ecKey, unsigned, withBrokenSignature } from '@assent/testing/fapi';
import { accepted, invalidClient, refused, type Row, type Scene } from '../support/refusal.js';
import { addedHeader, addedParameter, assertionHeader, claim, inSeconds, message, parameter, repeated, rewrittenAssertion } from './changes.js';

const asserted = 'client_assertion';
const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const ownKey = ({ client }: Scene) => privateFromJwk(client.test.privateJwk);

/** F2-CA-*: a pushed request of a `private_key_jwt` client. */
export const assertionRows: readonly Row<void>[] = [
  { rule: 'F2-AZ-04', title: 'no client authentication', by: 'F2-AS-06', mutate: () => message((m) => void m.set(asserted, undefined).set('client_assertion_type', undefined)), expect: invalidClient },
  { rule: 'F2-AZ-04', title: 'nothing but a body of the request itself', by: 'F2-AS-06', mutate: () => message((m) => void m.set(asserted, undefined).set('client_assertion_type', undefined).set('client_id', undefined)), expect: invalidClient },
  { rule: 'F2-AS-06', title: 'a client secret in the body', mutate: () => message((m) => void m.set(asserted, undefined).set('client_assertion_type', undefined).set('client_secret', 'secret')), expect: invalidClient },
  {
    rule: 'F2-AS-06',
    title: 'a client secret by HTTP Basic',
    mutate: () => message((m) => void m.set(asserted, undefined).set('client_assertion_type', undefined).addHeader('authorization', `Basic ${btoa('jwt-dpop:secret')}`)),
    expect: { ...invalidClient, headers: { 'www-authenticate': /Basic/ } },
  },
  { rule: 'F2-AS-06', title: 'a certificate instead of the registered assertion', mutate: ({ bound, stack }) => ({ identity: bound.test.identity!, message: (m) => { m.set(asserted, undefined).set('client_assertion_type', undefined); m.url.port = String(stack.ports.mtls); } }), expect: invalidClient },
  { rule: 'F2-CA-01', title: 'no client_assertion_type', mutate: () => parameter('client_assertion_type'), expect: invalidClient },
  { rule: 'F2-CA-01', title: 'the client_assertion_type of SAML', mutate: () => parameter('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer'), expect: invalidClient },
  { rule: 'F2-CA-01', title: 'client_assertion_type without an assertion', mutate: () => parameter(asserted), expect: invalidClient },
  { rule: 'F2-CA-01', title: 'an assertion and a secret', mutate: () => addedParameter('client_secret', 'secret'), expect: refused('invalid_request') },
  { rule: 'F2-CA-01', title: 'an assertion and HTTP Basic', mutate: () => addedHeader('authorization', `Basic ${btoa('jwt-dpop:secret')}`), expect: refused('invalid_request') },
  { rule: 'F2-CA-01', title: 'two assertions', by: 'ASSENT-FORM-02', mutate: () => repeated(asserted), expect: refused('invalid_request') },
  { rule: 'F2-CA-01', title: 'two assertion types', by: 'ASSENT-FORM-02', mutate: () => addedParameter('client_assertion_type', jwtBearer), expect: refused('invalid_request') },
  { rule: 'F2-CA-02', title: 'no iss', mutate: () => claim('iss'), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'no sub', mutate: () => claim('sub'), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'iss of another client', mutate: () => claim('iss', 'other'), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'sub of another client', mutate: () => claim('sub', 'other'), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'iss and sub of another client', mutate: () => ({ assertion: (_, claims) => void (claims['iss'] = claims['sub'] = 'other') }), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'client_id of another client in the form', mutate: () => parameter('client_id', 'other'), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'client_id of nobody in the form', mutate: () => parameter('client_id', 'nobody'), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'no client_id in the form', mutate: () => parameter('client_id'), expect: accepted },
  { rule: 'F2-CA-03', title: 'no aud', by: 'F2-AS-08', mutate: () => claim('aud'), expect: invalidClient },
  { rule: 'F2-AS-08', title: 'aud in a list of one', mutate: ({ stack }) => claim('aud', [stack.issuer]), expect: invalidClient },
  { rule: 'F2-AS-08', title: 'aud in a list with the endpoint', mutate: ({ stack }) => claim('aud', [stack.issuer, `${stack.issuer}/par`]), expect: invalidClient },
  { rule: 'F2-AS-08', title: 'aud of the token endpoint', mutate: ({ stack }) => claim('aud', `${stack.issuer}/token`), expect: invalidClient },
  { rule: 'F2-AS-08', title: 'aud of the pushed-request endpoint', mutate: ({ stack }) => claim('aud', `${stack.issuer}/par`), expect: invalidClient },
  { rule: 'F2-AS-08', title: 'aud with a slash more', mutate: ({ stack }) => claim('aud', `${stack.issuer}/`), expect: invalidClient },
  { rule: 'F2-AS-08', title: 'aud of another server', mutate: () => claim('aud', 'https://bank.example/fapi2'), expect: invalidClient },
  { rule: 'F2-CA-04', title: 'no exp', mutate: () => claim('exp'), expect: invalidClient },
  { rule: 'F2-CA-04', title: 'exp past', mutate: () => claim('exp', inSeconds(-60)), expect: invalidClient },
  { rule: 'F2-CA-04', title: 'exp as text', mutate: () => claim('exp', String(inSeconds(60))), expect: invalidClient },
  { rule: 'F2-CA-04', title: 'exp a day ahead', mutate: () => claim('exp', inSeconds(86_400)), expect: invalidClient },
  { rule: 'F2-AS-13', title: 'iat 8 s ahead', mutate: () => claim('iat', inSeconds(8)), expect: accepted },
  { rule: 'F2-AS-13', title: 'nbf 8 s ahead', mutate: () => claim('nbf', inSeconds(8)), expect: accepted },
  { rule: 'F2-AS-13', title: 'iat 70 s ahead', mutate: () => claim('iat', inSeconds(70)), expect: invalidClient },
  { rule: 'F2-AS-13', title: 'nbf 70 s ahead', mutate: () => claim('nbf', inSeconds(70)), expect: invalidClient },
  { rule: 'F2-CA-05', title: 'no jti', mutate: () => claim('jti'), expect: invalidClient },
  { rule: 'F2-CA-05', title: 'a jti that is no text', mutate: () => claim('jti', 7), expect: invalidClient },
  {
    rule: 'F2-CA-05',
    title: 'an assertion used before',
    mutate: async ({ client }) => {
      await client.push(await client.prepare());
      const used = client.last!.message.parameter(asserted);
      return parameter(asserted, used);
    },
    expect: invalidClient,
  },
  {
    rule: 'F2-CA-05',
    title: 'an assertion used before at another endpoint',
    mutate: async ({ client }) => {
      await client.clientCredentials('accounts');
      return parameter(asserted, client.last!.message.parameter(asserted));
    },
    expect: invalidClient,
  },
  {
    rule: 'F2-CA-05',
    title: 'an assertion used before in a request that was refused',
    mutate: async ({ client }) => {
      await client.push(await client.prepare(), parameter('response_type', 'token'));
      return parameter(asserted, client.last!.message.parameter(asserted));
    },
    expect: invalidClient,
  },
  {
    rule: 'F2-CA-05',
    title: 'the jti of an assertion used before, in a new one',
    mutate: async ({ client }) => {
      await client.push(await client.prepare());
      return claim('jti', readJws(client.last!.message.parameter(asserted)).claims['jti'] as string);
    },
    expect: invalidClient,
  },
  { rule: 'F2-CA-05', title: 'a jti that another client used', mutate: async ({ other }) => {
      await other.push(await other.prepare());
      return claim('jti', readJws(other.last!.message.parameter(asserted)).claims['jti'] as string);
    }, expect: accepted },
  { rule: 'F2-CA-06', title: 'alg none', mutate: () => rewrittenAssertion((jws) => { const { header, claims } = readJws(jws); return unsigned(header, claims); }), expect: invalidClient },
  { rule: 'F2-CA-06', title: 'HS256 with the public key as secret', mutate: (scene) => rewrittenAssertion((jws) => { const { header, claims } = readJws(jws); return hmacSigned(header, claims, publicOf(ownKey(scene))); }), expect: invalidClient },
  { rule: 'F2-CA-06', title: 'RS256', mutate: () => rewrittenAssertion((jws) => { const { header, claims } = readJws(jws); return rs256Signed(header, claims, rsaKey()); }), expect: invalidClient },
  { rule: 'F2-CA-06', title: 'another allowed algorithm than the registered one', mutate: ({ bound }) => ({ assertionKey: bound.test.signing }), expect: invalidClient },
  { rule: 'F2-CA-06', title: 'a broken signature', mutate: () => rewrittenAssertion(withBrokenSignature), expect: invalidClient },
  { rule: 'F2-CA-06', title: 'the key of another client', mutate: ({ other }) => ({ assertionKey: other.test.signing }), expect: invalidClient },
  { rule: 'F2-CA-06', title: 'an unregistered key under the registered kid', mutate: () => rewrittenAssertion((jws) => { const { header, claims } = readJws(jws); return es256Signed(header, claims, ecKey()); }), expect: invalidClient },
  {
    rule: 'F2-CA-06',
    title: 'an unregistered key carried in the header',
    mutate: () => rewrittenAssertion((jws) => {
      const key = ecKey();
      const { kid: _, ...header } = readJws(jws).header;
      return es256Signed({ ...header, jwk: publicOf(key).export({ format: 'jwk' }) }, readJws(jws).claims, key);
    }),
    expect: invalidClient,
  },
  { rule: 'F2-CA-06', title: 'no signature part', by: 'F2-CA-02', mutate: () => rewrittenAssertion((jws) => jws.split('.').slice(0, 2).join('.')), expect: invalidClient },
  { rule: 'F2-CA-06', title: 'text that is no JWT', by: 'F2-CA-02', mutate: () => parameter(asserted, 'not-a-jwt'), expect: invalidClient },
  ...['at+jwt', 'dpop+jwt', 'oauth-authz-req+jwt', 'logout+jwt'].map((typ): Row<void> => ({ rule: 'F2-CA-07', title: `typ ${typ}`, mutate: () => assertionHeader('typ', typ), expect: invalidClient })),
  ...['JWT', 'client-authentication+jwt'].map((typ): Row<void> => ({ rule: 'F2-CA-07', title: `typ ${typ}`, mutate: () => assertionHeader('typ', typ), expect: accepted })),
];

/** The same checks stand at every back-channel endpoint (F2-AS-06): a few of them, everywhere. */
export const everywhereRows: readonly Row<void>[] = [
  assertionRows[0]!,
  ...assertionRows.filter(({ title }) => ['aud in a list of one', 'an assertion used before', 'alg none', 'two assertions', 'client_id of another client in the form'].includes(title)),
];

/** F2-MT-01: a pushed request of a `tls_client_auth` client. */
export const certificateRows: readonly Row<void>[] = [
  { rule: 'F2-MT-01', title: 'no certificate', by: 'F2-AS-06', mutate: () => ({ identity: null }), expect: invalidClient },
  { rule: 'F2-MT-01', title: 'the certificate of another client', mutate: ({ bound }) => ({ identity: bound.test.identity! }), expect: invalidClient },
  { rule: 'F2-MT-01', title: 'the right subject from another authority', mutate: async ({ stack, tls }) => ({ identity: await stack.serverAuthority.issue({ subject: subjectOf(tls.id) }) }), expect: invalidClient },
  { rule: 'F2-MT-01', title: 'the right subject with one part more', mutate: async ({ stack, tls }) => ({ identity: await stack.clientAuthority.issue({ subject: `CN=${tls.id},OU=More,O=Test ${tls.id} Ltd,C=GB` }) }), expect: invalidClient },
  { rule: 'F2-MT-01', title: 'an expired certificate', mutate: async ({ stack, tls }) => ({ identity: await stack.clientAuthority.issue({ subject: subjectOf(tls.id), notAfter: new Date(Date.now() - 3_600_000) }) }), expect: invalidClient },
  { rule: 'F2-MT-01', title: 'a renewed certificate of the same subject', mutate: async ({ stack, tls }) => ({ identity: await stack.clientAuthority.issue({ subject: subjectOf(tls.id) }) }), expect: accepted },
  { rule: 'F2-MT-01', title: 'no client_id', mutate: () => parameter('client_id'), expect: invalidClient },
  { rule: 'F2-CA-02', title: 'client_id of another client', by: 'F2-MT-01', mutate: () => parameter('client_id', 'ca-dpop'), expect: invalidClient },
  { rule: 'F2-CA-01', title: 'a certificate and a secret', by: 'F2-AS-06', mutate: () => addedParameter('client_secret', 'secret'), expect: { status: [400, 401], error: ['invalid_client', 'invalid_request'] } },
  { rule: 'F2-MT-06', title: 'the certificate in a header a proxy would send, and none in TLS', mutate: ({ tls }) => ({ identity: null, message: (m) => void m.addHeader('client-cert', `:${tls.test.identity!.der.toString('base64')}:`) }), expect: refused('invalid_request') },
  { rule: 'F2-MT-06', title: 'a proxy header beside the own certificate', mutate: ({ bound }) => addedHeader('x-forwarded-client-cert', `Cert="${encodeURIComponent(bound.test.identity!.cert)}"`), expect: refused('invalid_request') },
];

/** F2-MT-02: a pushed request of a `self_signed_tls_client_auth` client. */
export const selfSignedRows: readonly Row<void>[] = [
  { rule: 'F2-MT-02', title: 'no certificate', by: 'F2-AS-06', mutate: () => ({ identity: null }), expect: invalidClient },
  { rule: 'F2-MT-02', title: 'another key, self-signed, with the same subject', mutate: async ({ selfSigned }) => ({ identity: await makeSelfSigned({ subject: subjectOf(selfSigned.id) }) }), expect: invalidClient },
  { rule: 'F2-MT-02', title: 'a certificate of the clients’ authority with the same subject', mutate: async ({ stack, selfSigned }) => ({ identity: await stack.clientAuthority.issue({ subject: subjectOf(selfSigned.id) }) }), expect: invalidClient },
  { rule: 'F2-MT-02', title: 'the self-signed certificate of another client', mutate: async ({ stack }) => ({ identity: stack.client('self-dpop').identity! }), expect: invalidClient },
];
