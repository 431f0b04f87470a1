import { vectors } from '../spec-support/vectors.js';
import { contentDigest, verifyDigest } from './content-digest.js';

interface Vector {
  readonly section: string;
  readonly field: string;
  readonly value: string;
  readonly content?: string;
  readonly content_hex?: string;
}
const published = vectors<{ vectors: readonly Vector[] }>('rfc9530-digest-fields').vectors;
const bytesOf = ({ content, content_hex }: Vector): Buffer => (content_hex === undefined ? Buffer.from(content ?? '', 'utf8') : Buffer.from(content_hex, 'hex'));

const isSound = ({ value }: Vector): boolean => /(?:^|,\s*)sha-(?:256|512)=/.test(value);

describe('the digests of RFC 9530', () => {
  it.each(published.filter((vector) => !isSound(vector)).map((vector) => [vector.section, vector.value, vector] as const))('%s: broken or unsuitable, so refused: %s', (_, __, vector) => {
    expect(() => verifyDigest([['Content-Digest', vector.value]], bytesOf(vector))).toThrow(expect.objectContaining({ reason: 'digest' }));
  });

  it.each(published.filter(isSound).map((vector) => [vector.section, vector.field, vector] as const))('%s: %s', (_, __, vector) => {
    const content = bytesOf(vector);
    expect(() => verifyDigest([['Content-Digest', vector.value]], content)).not.toThrow();
    expect(() => verifyDigest([['Repr-Digest', vector.value]], content, 'repr-digest')).not.toThrow();
    expect(() => verifyDigest([['Content-Digest', vector.value]], Buffer.concat([content, Buffer.from('x')]))).toThrow(expect.objectContaining({ reason: 'digest' }));
    for (const algorithm of ['sha-256', 'sha-512'] as const) {
      const member = vector.value.split(',').find((each) => each.trim().startsWith(`${algorithm}=`));
      if (member !== undefined) expect(contentDigest(content, algorithm)).toBe(member.trim());
    }
  });
});

describe('verifyDigest', () => {
  const content = Buffer.from('{}');
  const good = contentDigest(content);
  const other = contentDigest(Buffer.from('[]'), 'sha-512');
  it.each([
    ['an algorithm nobody knows beside a good one', `future=:AAAA:, ${good}`],
    ['both of ours', `${good}, ${contentDigest(content, 'sha-512')}`],
  ])('takes %s', (_, value) => {
    expect(() => verifyDigest([['content-digest', value]], content)).not.toThrow();
  });
  it.each<[string, string | undefined]>([
    ['no field', undefined],
    ['only broken algorithms', 'md5=:ZaZp/LISfHLKSL5/cZx9uw==:, sha=:AAAA:'],
    ['one good and one wrong digest', `${good}, ${other}`],
    ['a digest cut short', `sha-256=:${good.slice(9, 33)}:`],
    ['a string', 'sha-256="AAAA"'],
    ['a list', 'sha-256=(:AAAA:)'],
    ['no dictionary', '!!'],
  ])('refuses %s', (_, value) => {
    expect(() => verifyDigest(value === undefined ? [] : [['Content-Digest', value]], content)).toThrow(expect.objectContaining({ reason: 'digest', rule: 'HS-SB-08' }));
  });
});
