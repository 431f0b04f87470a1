import { types } from 'node:util';
import { location } from '../browser.js';
import { random } from '../jws.js';
import { Party, type Form } from '../party.js';
import { all, byAssertion, byBrowser, inconclusive, mustRefuse, residual, stopped, succeeded, type Outcome, type Probe } from '../probe.js';
import { Rogue, type Heard } from '../rogue.js';
import { responseOf, type Scene } from '../scene.js';
import type { Incoming } from '../wire.js';

/** With a rogue issuer up, and the honest client registered there too, under the same name and key. */
async function withRogue(scene: Scene, body: (rogue: Rogue, client: (publishing?: object) => Promise<Party>) => Promise<Outcome>): Promise<Outcome> {
  const rogue = await Rogue.open();
  const { wire, victim, ahead } = scene;
  wire.admit(new URL(rogue.issuer).host);
  const distrust = wire.trust(rogue.certificate);
  const registered = async (publishing: object = {}): Promise<Party> => {
    rogue.metadata = { ...rogue.metadata, ...publishing };
    const { json } = await wire.send({ method: 'GET', url: `${rogue.issuer}/.well-known/openid-configuration`, headers: [['accept', 'application/json']] }, 'The client reads the rogue’s metadata');
    return new Party(victim.client, rogue.issuer, json, wire, ahead);
  };
  try {
    return await body(rogue, registered);
  } finally {
    distrust();
    await rogue.close();
  }
}

/** Where the honest client is met with the lightest message it must be known for. */
const endpointOf = ({ victim }: Scene): 'revocation_endpoint' | 'pushed_authorization_request_endpoint' => (victim.client.flow === 'backchannel' ? 'revocation_endpoint' : 'pushed_authorization_request_endpoint');
const pathOf = (scene: Scene): string => (endpointOf(scene) === 'revocation_endpoint' ? '/revoke' : '/par');

/** What the rogue heard goes on to the honest issuer, as it is. */
function relay({ wire, victim }: Scene, { form, headers }: Heard, endpoint: string, step: string): Promise<Incoming> {
  const dpop = headers['dpop'];
  const body = new URLSearchParams(Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined)).toString();
  return wire.send({ method: 'POST', url: victim.endpoint(endpoint), headers: [['content-type', 'application/x-www-form-urlencoded'], ['accept', 'application/json'], ...(typeof dpop === 'string' ? [['dpop', dpop] as const] : [])], body }, step);
}

/** The client sends its message to the rogue, which passes it on to the honest issuer. */
async function relayed(scene: Scene, rogue: Rogue, client: Party, assertion?: (claims: Record<string, unknown>) => void): Promise<Outcome> {
  const endpoint = endpointOf(scene);
  let answer: Incoming | undefined;
  rogue.on(pathOf(scene), async (heard) => {
    answer = await relay(scene, heard, endpoint, 'The rogue passes it on to the honest issuer');
    return { status: answer.status, json: answer.json };
  });
  const form: Form = endpoint === 'revocation_endpoint' ? { token: random() } : { client_id: client.id, ...client.request(random()) };
  await client.post(endpoint, form, { dpop: null, ...(assertion ? { assertion: (_, claims) => assertion(claims) } : {}) }, 'The client sends its message to the rogue');
  return answer ? mustRefuse(answer, 'what the rogue passed on') : inconclusive('the client’s message never reached the rogue');
}

/** A live issuer of the attacker’s own (A1a), and a client that talks to it as to any other. */
export const rogueProbes: readonly Probe[] = [
  {
    id: 'CA-02/rogue-endpoint', attack: 'TM-CA-02', against: ['assertion-audience'], says: 'A rogue issuer gives out the honest one’s token endpoint as its own. A client that signs for the token endpoint, as older texts say, signs for the honest one, and sends it to the rogue.', unfit: byAssertion,
    run: (scene) =>
      withRogue(scene, async (rogue, registered) => {
        const client = await registered({ token_endpoint: String(scene.metadata['token_endpoint']) });
        return relayed(scene, rogue, client, (claims) => void (claims['aud'] = client.metadata['token_endpoint']));
      }),
  },
  {
    id: 'CA-02/relayed', attack: 'TM-CA-02', against: ['assertion-audience'], says: 'A rogue issuer passes on what the client signed for it.', unfit: byAssertion,
    run: (scene) => withRogue(scene, async (rogue, registered) => relayed(scene, rogue, await registered())),
  },
  {
    id: 'MIX-02/rogue', attack: 'TM-MIX-02', against: ['assertion-audience', 'issuer-in-response', 'signed-responses'], says: 'The client begins at a rogue issuer that gave it the same client_id. The rogue passes its request on, sends the customer to the honest issuer, and waits for the code.', unfit: all(byBrowser, byAssertion),
    run: (scene) =>
      withRogue(scene, async (rogue, registered) => {
        const client = await registered();
        rogue.on('/par', async (heard) => {
          const answer = await relay(scene, heard, 'pushed_authorization_request_endpoint', 'The rogue passes the client’s request on');
          return { status: answer.status, json: answer.json };
        });
        const verifier = random();
        const pushed = await client.push(client.request(verifier), {}, 'The client pushes its request to the rogue');
        const requestUri = pushed.json['request_uri'];
        if (typeof requestUri !== 'string') return mustRefuse(pushed, 'the request the rogue passed on');
        rogue.on('/authorize', ({ query }) => ({ location: scene.victim.authorizationUrl(Object.fromEntries(query)) }));
        return mixedUp(scene, rogue, client, client.authorizationUrl({ client_id: client.id, request_uri: requestUri }), verifier);
      }),
  },
  {
    id: 'MIX-01/rogue', attack: 'TM-MIX-01', against: ['pushed-requests', 'signed-requests', 'issuer-in-response', 'signed-responses'], says: 'The client begins at a rogue issuer, which sends the customer on to the honest one with the client’s name and request, and waits for the code.', unfit: byBrowser,
    run: (scene) =>
      withRogue(scene, async (rogue, registered) => {
        const client = await registered();
        rogue.on('/authorize', ({ query }) => ({ location: scene.victim.authorizationUrl(Object.fromEntries(query)) }));
        const verifier = random();
        return mixedUp(scene, rogue, client, client.authorizationUrl({ client_id: client.id, ...client.request(verifier) }), verifier);
      }),
  },
  {
    id: 'TOK-05/cuckoo', attack: 'TM-TOK-05', against: ['token-key-proved'], says: 'A rogue issuer hands a stolen token of the honest one to the client, which uses it with the key it has for the rogue.',
    run: async (scene) => {
      const { accessToken } = await scene.tokens();
      return withRogue(scene, async (rogue, registered) => {
        const client = await registered();
        rogue.on('/token', () => ({ json: { access_token: accessToken, token_type: client.client.constraint === 'dpop' ? 'DPoP' : 'Bearer', expires_in: 300 } }));
        const { json } = await client.token({ grant_type: 'authorization_code', code: random(), redirect_uri: client.client.redirectUri, code_verifier: random() }, {}, 'The client exchanges a code of the rogue’s');
        const answer = await client.call(scene.resource, String(json['access_token']), {}, 'The client uses what it got');
        if (answer.status < 400 && client.client.constraint !== 'dpop') return residual('the client has one certificate at both issuers, or none: the stolen token served.');
        return mustRefuse(answer, 'a token bound to another key');
      });
    },
  },
];

/** The customer is led to the honest issuer; the client compares whose response it gets, where it can. */
async function mixedUp(scene: Scene, rogue: Rogue, client: Party, url: string, verifier: string): Promise<Outcome> {
  const browser = scene.newBrowser();
  const sent = await browser.open(url, 'The customer’s browser is sent to the rogue');
  const onward = location(sent, url);
  if (onward === undefined) return inconclusive(`the rogue sent the customer nowhere (${sent.status})`);
  const callback = await browser.approve(onward, client.client.redirectUri).catch((error: unknown) => (types.isNativeError(error) ? error.message : String(error)));
  if (typeof callback === 'string') {
    scene.wire.note('The honest issuer is asked by the rogue’s way', onward, callback, 'refused');
    return stopped(`the honest issuer takes no such request: ${callback}`);
  }
  const response = responseOf(callback);
  const [code, iss] = [response.get('code'), response.get('iss')];
  scene.wire.note('The response reaches the client', `it asked ${client.issuer}`, response.toString(), 'as it must be');
  if (code === null) return stopped(`no code came: ${response.get('error') ?? ''}`);
  if (iss !== null && iss !== client.issuer) return stopped('the response names the honest issuer, the client asked another one: it stops');
  rogue.on('/token', () => ({ status: 400, json: { error: 'invalid_grant' } }));
  await client.token({ grant_type: 'authorization_code', code, redirect_uri: client.client.redirectUri, code_verifier: verifier }, {}, 'The client sends the code to the rogue');
  const caught = rogue.heard.find(({ path, form }) => path === '/token' && form['code'] === code);
  return caught ? succeeded('the rogue holds a code of the honest issuer, and its verifier') : inconclusive('the code did not reach the rogue');
}
