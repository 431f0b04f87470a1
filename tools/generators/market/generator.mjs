import { readdirSync, readFileSync } from 'node:fs';

const files = new URL('files/', import.meta.url);
const registry = 'libs/markets/src/registry.ts';

/** Names in libs/profiles of the profiles a market may build on. */
const bases = { 'fapi2-message-signing': 'fapi2MessageSigning', 'fapi2-security': 'fapi2Security', 'fapi1-advanced': 'fapi1Advanced' };

const signedRequests = `
  requestObject: by('ours: third parties may sign their requests', 'optional'),
  requestObjectBy: by('FAPI 2.0 SP 5.3.2.2-3: pushed, like every request', ['pushed']),
  requestObjectClaims: by('ours, as FAPI 2.0 Message Signing 5.3.1-2,-3,-4', ['aud', 'nbf', 'exp']),`;

/** How each of them takes and answers authorization requests, where nothing of the market says otherwise. */
const answers = {
  'fapi2-message-signing': { responseType: 'code', responseMode: ", responseMode: 'jwt'", requests: '' },
  'fapi2-security': { responseType: 'code', responseMode: '', requests: signedRequests },
  'fapi1-advanced': { responseType: 'code id_token', responseMode: '', requests: '' },
};

/**
 * `npx nx g market <name>`: a folder of libs/markets with a whole market in it, and its line in the registry. `tree` is
 * the workspace as Nx hands it to generators. Throws before anything is written when the name cannot be used.
 */
export default function market(tree, { name, title, base = 'fapi2-message-signing' }) {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 31) throw new Error(`a market's name is lower case letters, digits and single hyphens, found "${name}"`);
  if (!Object.hasOwn(bases, base)) throw new Error(`the base must be one of ${Object.keys(bases).join(', ')}, found "${base}"`);
  const folder = `libs/markets/${name}`;
  if (name === 'src' || name === 'dist' || tree.exists(folder)) throw new Error(`there is ${folder} already`);
  const camel = name.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
  // It stands in texts between single quotes.
  const said = title?.replace(/['\\]/g, '’');
  const words = { name, camel, title: said ?? `${name.replace(/(^|-)([a-z])/g, (_, gap, letter) => `${gap === '' ? '' : ' '}${letter.toUpperCase()}`)} v1`, rule: name.toUpperCase(), base, baseName: bases[base], ...answers[base] };
  for (const file of readdirSync(files)) {
    const text = readFileSync(new URL(file, files), 'utf8').replace(/\{\{(\w+)\}\}/g, (_, word) => words[word]);
    tree.write(`${folder}/${file.replace('__name__', name).replace(/\.template$/, '')}`, text);
  }
  tree.write(registry, registered(tree.read(registry, 'utf8'), name, camel));
  return () => console.log(`\nMade ${folder}. Next: npm run build, npm test -- markets, and docs/markets.md.`);
}

/** The registry with one more market: an import among the others, and a name at the end of the list. */
function registered(text, name, camel) {
  const line = `import { ${camel} } from '../${name}/index.js';\n`;
  const first = text.indexOf("import type { Market }");
  const list = /const all: readonly Market\[\] = \[([^\]]*)\];/.exec(text);
  if (first < 0 || !list) throw new Error(`${registry} is not as this generator knows it: add ${camel} by hand`);
  const named = list[1].split(',').map((one) => one.trim()).filter((one) => one !== '');
  const imports = text.slice(0, first).split('\n').filter((one) => one !== '');
  const sorted = [...imports, line.trimEnd()].sort((one, other) => (one.split(' from ')[1] < other.split(' from ')[1] ? -1 : 1));
  return `${sorted.join('\n')}\n${text.slice(first).replace(list[0], `const all: readonly Market[] = [${[...named, camel].join(', ')}];`)}`;
}
