import { readFileSync } from 'node:fs';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import type { AuthorizationDetail } from '@assent/protocol';
import { DetailTypes } from './detail-types.js';
import { detailType } from './examples/account-statements.js';
import { aPayment } from './fixtures.js';
import { loadDetailTypes, shippedTypes } from './load.js';
import { formats } from './schema/formats.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const example = new URL('./examples/account-statements.ts', import.meta.url);
const now = new Date('2026-11-25T12:00:00Z');

describe('README.md', () => {
  it('shows the example that is tried below', () => {
    expect(readme).toContain(readFileSync(example, 'utf8').replace('../index.js', '@assent/authorization-details').trim());
  });

  it('names every shipped type with its members, and every format', () => {
    for (const { type, schema } of shippedTypes) for (const name of [type, ...Object.keys(schema.properties)]) expect(readme).toContain(`\`${name}\``);
    for (const name of Object.keys(formats)) expect(readme).toContain(`\`${name}\``);
  });
});

describe('docs/authorization-details.md', () => {
  const document = readFileSync(new URL('../../../docs/authorization-details.md', import.meta.url), 'utf8');
  const examples = [...document.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) => JSON.parse(text) as unknown);

  it('shows requests that are accepted', () => {
    const types = DetailTypes.of(shippedTypes);
    const shown = examples.flatMap((example) => types.parse(example, { issuerTypes: types.names, clientTypes: types.names, now }));
    expect(shown.map(({ type }) => type)).toEqual(types.names);
  });

  it('shows a narrowing that is one, and a refusal that is told', () => {
    const types = DetailTypes.of(shippedTypes);
    const [, narrowing = ''] = /&authorization_details=(\[.*\])$/m.exec(document) ?? [];
    expect(types.narrow(types.parseNarrowing(JSON.parse(narrowing)), examples[0] as AuthorizationDetail[])).toMatchObject({ details: [{ actions: ['list_accounts'] }] });
    const wrong = [examples[0], { ...(examples[1] as object[])[0], creditorAccount: { iban: 'DE00' } }].flat();
    const refusal = document.replace(/\n/g, ' ').match(/`(authorization_details\[1\][^`]*)`/)?.[1];
    expect(() => types.parse(wrong, { issuerTypes: types.names, clientTypes: types.names, now })).toThrow(expect.objectContaining({ description: refusal }));
  });
});

describe('a type of one’s own', () => {
  it('takes part in everything, without a change anywhere else', async () => {
    const types = await loadDetailTypes([fileURLToPath(example)]);
    expect(types.names).toEqual(['account_information', 'payment_initiation', 'recurring_payment', 'account_statements']);
    const rules = { issuerTypes: types.names, clientTypes: ['account_statements'], now };
    const asked = types.parse([{ type: 'account_statements', years: ['2025', '2024'] }], rules);
    const granted = types.enrich(asked, [{ accounts: ['a', 'b'], identifier: 'n1', now }]);
    expect(granted).toEqual([{ type: 'account_statements', years: ['2024', '2025'], accounts: ['a', 'b'] }]);
    expect(types.narrow(types.parseNarrowing([{ type: 'account_statements', years: ['2024'] }]), granted)).toEqual({ details: [{ ...granted[0], years: ['2024'] }] });
    expect(types.narrow(types.parseNarrowing([{ type: 'account_statements', years: ['2023'] }]), granted)).toEqual({ exceeding: 0 });
    expect(types.merge(granted, types.enrich(types.parse([{ type: 'account_statements', years: ['2023'] }], rules), [{ accounts: ['b', 'a'], identifier: 'n2', now }]))).toMatchObject([{ years: ['2023', '2024', '2025'] }]);
    expect(types.present(granted[0]!, 'pt-PT')).toMatchObject({ clusters: [{ title: 'Extratos anuais', items: ['Extrato de 2024', 'Extrato de 2025'] }] });
    expect(types.withoutAccount(granted, 'a')).toMatchObject([{ accounts: ['b'] }]);
    for (const years of [['2026'], ['1999'], [], 'x']) expect(() => types.parse([{ type: 'account_statements', years }], rules)).toThrow(expect.objectContaining({ code: 'invalid_authorization_details' }));
    expect(() => types.parse([aPayment()], rules)).toThrow(expect.objectContaining({ rule: 'RR-05' }));
  });

  it.each<[string, object, RegExp]>([
    ['an open object', { properties: { type: { const: 'x' }, any: { type: 'object' } } }, /^authorization detail type account_statements\/properties\/any: an object without additionalProperties: false$/],
    ['an unbounded text', { properties: { type: { const: 'x' }, any: { type: 'string' } } }, /a text without maxLength/],
    ['an unbounded list', { properties: { type: { const: 'x' }, any: { type: 'array', items: { type: 'number' } } } }, /a list without items and maxItems/],
    ['a list of anything', { properties: { type: { const: 'x' }, any: { type: 'array', maxItems: 3 } } }, /a list without items and maxItems/],
    ['open from the start', { additionalProperties: true }, /an object without additionalProperties: false/],
    ['a keyword that is none', { maximumLength: 3 }, /maximumLength/],
    ['a format that is none', { properties: { type: { const: 'x' }, any: { type: 'string', maxLength: 3, format: 'email' } } }, /email/],
  ])('is refused at start with %s', (_, change, message) => {
    expect(() => DetailTypes.of([{ ...detailType, schema: { ...detailType.schema, required: ['type'], ...change } }])).toThrow(message);
  });

  it('is refused at start under the name of another', () => {
    expect(() => DetailTypes.of([...shippedTypes, { ...detailType, type: 'payment_initiation' }])).toThrow('two authorization detail types have the same name');
  });

  it('is refused at start, by its file, when that is no such module', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'assent-types-'));
    try {
      const file = join(folder, 'half.mjs');
      await writeFile(file, `export const detailType = { type: 'half', kind: 'data' };`);
      await expect(loadDetailTypes([file])).rejects.toThrow(`authorization detail type ${file}: its export detailType lacks schema, isWithin, merge, enrich, picks, withoutAccount, present, enforced`);
      await expect(loadDetailTypes([join(folder, 'none.mjs')])).rejects.toThrow(/none\.mjs: cannot be loaded$/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
