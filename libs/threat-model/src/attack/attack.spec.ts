import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { ownCertificate } from './certificate.js';
import { interceptBytes, interceptMessages } from './interceptor.js';
import { isSignedBy, keyOf, newKey, publicJwkOf, signed, tampered } from './jws.js';
import { withOneBitTurned, withoutTls13 } from './records.js';
import { redacted } from './redact.js';
import { Rogue } from './rogue.js';
import { attackIds } from '../model/attacks.js';
import { attackOf, alternatives } from '../index.js';
import { probes } from './run.js';
import { signedFields } from './signed-message.js';
import { Silent, Wire } from './wire.js';

/* What the attacks are made of, on a server that says yes to everything. */

const budget = { requests: 20, seconds: 20 };

async function gullible(answer: () => boolean = () => true) {
  const identity = await ownCertificate('localhost');
  const seen: string[] = [];
  const server = createServer(identity, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['x-mark'] ?? ''}`.trim());
    if (answer()) response.end('{"ok":true}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://localhost:${(server.address() as AddressInfo).port}/x`;
  const wire = new Wire({ budget, authorities: [identity.cert], anywhere: false, hosts: new Set([new URL(url).host]) });
  return { url, seen, wire, close: () => { server.close(); server.closeAllConnections(); } }; // prettier-ignore
}

describe('probes', () => {
  it('there is one for every attack, each with an id of its own', () => {
    expect(attackIds.filter((id) => !probes.some(({ attack }) => attack === id))).toEqual([]);
    expect(new Set(probes.map(({ id }) => id)).size).toBe(probes.length);
  });

  it('are stopped by controls that the model names for their attack', () => {
    const known = (id: (typeof attackIds)[number]): readonly string[] => [...attackOf(id).stoppedBy.flatMap(alternatives), ...(attackOf(id).assumes ?? [])];
    expect(probes.filter(({ attack, against }) => !against.some((control) => known(attack).includes(control))).map(({ id }) => id)).toEqual([]);
  });
});

describe('the network proxy', () => {
  it('passes messages on, keeps and changes them, for a client that trusts it', async () => {
    const { url, seen, wire, close } = await gullible();
    const reader = await interceptMessages(url, wire, (message) => ({ ...message, headers: [...(message.headers ?? []), ['x-mark', 'changed']] }));
    await expect(wire.send({ method: 'GET', url, via: reader.port })).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    expect(seen).toEqual([]);
    const distrust = wire.trust(reader.certificate);
    expect((await wire.send({ method: 'POST', url, body: 'a=b', via: reader.port })).json).toEqual({ ok: true });
    expect([seen, reader.read.map(({ method, body }) => [method, body])]).toEqual([['POST /x changed'], [['POST', 'a=b']]]);
    distrust();
    await expect(wire.send({ method: 'GET', url, via: reader.port })).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' });
    await reader.close();
    close();
  });

  it('breaks what it changes without breaking TLS, and nothing else', async () => {
    const { url, seen, wire, close } = await gullible();
    for (const [change, whole] of [[(bytes: Buffer) => bytes, true], [withoutTls13, false], [withOneBitTurned, false]] as const) {
      const between = await interceptBytes(url, change);
      const sent = wire.send({ method: 'POST', url, body: 'x'.repeat(500), via: between.port }).then(({ status }) => status === 200, () => false); // prettier-ignore
      expect(await sent).toBe(whole);
      await between.close();
    }
    expect(seen).toEqual(['POST /x']);
    close();
  });
});

describe('the rogue issuer', () => {
  it('answers as it is told and hears everything', async () => {
    const rogue = await Rogue.open();
    const wire = new Wire({ budget, authorities: [], anywhere: false, hosts: new Set() });
    await expect(wire.send({ method: 'GET', url: rogue.issuer })).rejects.toThrow(/none of the target’s hosts/);
    wire.admit(new URL(rogue.issuer).host);
    wire.trust(rogue.certificate);
    rogue.on('/token', ({ form }) => ({ status: 400, json: { heard: form['code'] } }));
    const form = { method: 'POST', headers: [['content-type', 'application/x-www-form-urlencoded']] as const, body: 'code=c' };
    expect((await wire.send({ ...form, url: `${rogue.issuer}/token` })).json).toEqual({ heard: 'c' });
    expect((await wire.send({ method: 'GET', url: `${rogue.issuer}/.well-known/openid-configuration` })).json).toMatchObject({ issuer: rogue.issuer });
    expect([(await wire.send({ method: 'GET', url: `${rogue.issuer}/else` })).status, rogue.heard.map(({ path }) => path)]).toEqual([404, ['/token', '/.well-known/openid-configuration', '/else']]);
    await rogue.close();
  });
});

describe('the wire', () => {
  it('waits no longer than it is told', async () => {
    const { url, wire, close } = await gullible(() => false);
    await expect(wire.send({ method: 'GET', url, patience: 50 })).rejects.toThrow(Silent);
    close();
  });

  it('cuts credentials out of what it notes', () => {
    const { wire } = { wire: new Wire({ budget, authorities: [], anywhere: false, hosts: new Set() }) };
    wire.note('a', 'code=abcdefghijkl', 'access_token: 0123456789', 'refused');
    expect(wire.evidence()).toEqual([{ step: 'a', request: 'code=abcdef…', answer: 'access_token: 012345…', outcome: 'refused' }]);
    expect(redacted(`x=${'h'.repeat(43)}`)).toBe('x=hhhhhh…');
  });
});

describe('signatures', () => {
  it('hold for their key and their text, and for no other', () => {
    const [key, other] = [{ ...newKey(), kid: 'k' }, newKey()];
    const jws = signed({ typ: 'x', kid: 'k' }, { sub: 'a' }, key);
    const jwk = { ...publicJwkOf(key), kid: 'k' };
    expect([isSignedBy(jws, [jwk]), isSignedBy(jws, [{ ...publicJwkOf(other), kid: 'k' }]), isSignedBy(jws, []), isSignedBy(tampered(jws, (claims) => void (claims['sub'] = 'b')), [jwk])]).toEqual([true, false, false, false]);
    expect(isSignedBy(`${Buffer.from('{"alg":"none","kid":"k"}').toString('base64url')}.e30.`, [jwk])).toBe(false);
  });

  it('cover method, address, token, proof and body of a message', () => {
    const key = keyOf({ ...(newKey().privateKey.export({ format: 'jwk' }) as object), kid: 'k' });
    const fields = new Map(signedFields({ method: 'POST', url: 'https://api.test/x?y=1', headers: [['authorization', 'DPoP t'], ['dpop', 'p']], body: '{}' }, key, 7)); // prettier-ignore
    expect(fields.get('signature-input')).toBe('sig1=("@method" "@target-uri" "authorization" "dpop" "content-digest");created=7;keyid="k";tag="fapi-2-request"');
    expect(fields.get('content-digest')).toBe('sha-256=:RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=:');
  });
});
