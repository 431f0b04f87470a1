import { readFileSync } from 'node:fs';
import { checkClient, fapi2Security } from '@assent/profiles';
import { otherVariables, variables } from './environment.js';
import { parse } from './fixtures/configuration.js';
import { rows, withReference } from './reference.js';

const root = new URL('../../../', import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, root), 'utf8');
const document = read('docs/configuration.md');
const lines = document.split('\n');

describe('docs/configuration.md', () => {
  it('is what the schema says (node libs/config/dist/write-reference.js writes it anew)', () => {
    expect(document).toBe(withReference(document));
  });

  it.each(rows().map((row) => [row.key, row] as const))('tells of %s', (key, { expected, default: usual, means, variables: names }) => {
    const line = lines.find((one) => one.startsWith(`| \`${key}\``)) ?? '';
    for (const part of [expected, usual, means, ...names]) {
      expect(part).not.toBe('');
      expect(line).toContain(part.replaceAll('|', '\\|'));
    }
  });

  it.each([...variables, ...otherVariables])('tells of $name', ({ name, means }) => {
    expect(lines).toContainEqual(expect.stringContaining(`| \`${name}\` |`));
    expect(document).toContain(means);
  });

  it('knows every variable that a message, compose file or Dockerfile speaks of', () => {
    const known = new Set([...variables, ...otherVariables].map(({ name }) => name));
    const named = [...`${document}${read('docker-compose.yml')}`.matchAll(/\bASSENT_[A-Z_]+\b/g)].map(([name]) => name);
    expect(named.filter((name) => !known.has(name) && name !== 'ASSENT_DATABASE_PASSWORD')).toEqual([]);
  });

  it('lists only client metadata that is acted on or accepted', () => {
    const section = document.slice(document.indexOf('| member |'), document.indexOf('Any other member'));
    const members = section.split('\n').flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([a-z_]+)`/g)].map(([, name]) => name!));
    expect(members.length).toBeGreaterThan(35);
    const metadata = Object.fromEntries(members.map((name) => [name, undefined]));
    const { warnings } = checkClient(metadata, fapi2Security.policy, { scopes: [], signingAlgs: ['PS256'], acrValues: [], resources: [] });
    expect(warnings.map(({ problem }) => problem)).toEqual([]);
  });

  it('has links that lead somewhere', () => {
    for (const [, target = ''] of document.matchAll(/\]\(([^)]+)\)/g)) {
      const [file = '', anchor] = target.split('#');
      const text = file === '' ? document : readFileSync(new URL(file, new URL('docs/', root)), 'utf8');
      const anchors = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(/[^\w -]/g, '').replaceAll(' ', '-'));
      if (anchor !== undefined) expect(anchors).toContain(anchor);
    }
  });

  it('begins with a file that starts', async () => {
    const smallest = /starts:\n\n```yaml\n([^`]+)```/.exec(document)?.[1] ?? '';
    expect((await parse(smallest)).issuers[0]?.issuer).toBe('https://localhost:9443/fapi2');
  });

  it('pastes a client that is accepted', async () => {
    const client = /^ {4}clients:\n {6}- \{[^`]+/m.exec(document)?.[0] ?? '';
    const config = await parse(`resources:\n  - { identifier: https://localhost:9445, name: API, scopes: [accounts] }\nissuers:\n  - name: fapi2\n    profile: fapi2-security\n${client}`);
    expect([config.issuers[0]?.clients[0]?.client_id, config.warnings]).toEqual(['my-app', []]);
  });
});

describe('config/demo.yaml', () => {
  it('is valid, without a warning', async () => expect((await parse(read('config/demo.yaml'))).warnings).toEqual([]));
});
