import { publicJwk } from '@assent/crypto';
import { aKey, now } from '../spec-support/fapi.js';
import { resourceKeys } from './resource-keys.js';

const resource = 'https://rs.example/api';

describe('resourceKeys', () => {
  it('finds keys through the metadata of the resource', async () => {
    const key = await aKey('ES256');
    const asked: string[] = [];
    const documents: Record<string, unknown> = {
      'https://rs.example/.well-known/oauth-protected-resource/api': { resource, jwks_uri: 'https://rs.example/jwks' },
      'https://rs.example/jwks': { keys: [publicJwk(key)] },
    };
    const find = resourceKeys(resource, async (url) => ({ body: (asked.push(url), documents[url]), maxAgeSeconds: undefined }), { now: () => now });
    expect(await find(key.kid)).toMatchObject([{ kid: key.kid }]);
    expect(asked).toEqual(Object.keys(documents));
  });

  it.each([
    ['another resource', { resource: 'https://evil.example', jwks_uri: 'https://evil.example/jwks' }],
    ['no key set', { resource }],
    ['nothing', undefined],
  ])('takes none from metadata about %s', async (_, body) => {
    const find = resourceKeys(resource, async () => ({ body, maxAgeSeconds: undefined }), { now: () => now });
    await expect((async () => find('x'))()).rejects.toMatchObject({ name: 'KeySetError' });
  });
});
