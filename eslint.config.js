import nx from '@nx/eslint-plugin';
import { createProjectGraphAsync } from '@nx/devkit';
import tseslint from 'typescript-eslint';

// The boundary rule reads the cached project graph and silently skips itself where there is none (a fresh clone) or
// judges by an old one: make it now. Within an Nx task Nx has just done so.
if (process.env.NX_TASK_TARGET_PROJECT === undefined) await createProjectGraphAsync({ exitOnError: false, resetDaemonClient: true });

const edgeLibraries = ['@nestjs/*', 'typeorm', 'pg', 'fastify'];
const specs = ['**/*.spec.ts', '**/*.spec.tsx', '**/*.fixtures.ts'];

/** Who may depend on whom (docs/architecture.md). */
const layers = {
  core: ['core'],
  adapter: ['core', 'adapter'],
  testing: ['core', 'adapter'],
  app: ['core', 'adapter'],
  tool: ['core', 'adapter', 'testing', 'app', 'tool'],
  flows: ['core', 'adapter', 'testing', 'app'],
};

/** Specs may stand on the test support; libraries below it cannot, without going round in a circle. */
const specLayers = { ...layers, app: [...layers.app, 'testing'], adapter: [...layers.adapter, 'testing'] };

const boundaries = (allowed, { bannedInCore = edgeLibraries } = {}) => [
  'error',
  {
    enforceBuildableLibDependency: false,
    allowCircularSelfDependency: true,
    // Package exports lead to the sources by a condition Nx does not know; it sees the entry as a file of another project.
    allow: [],
    depConstraints: Object.entries(allowed).map(([layer, targets]) => ({
      sourceTag: `layer:${layer}`,
      onlyDependOnLibsWithTags: targets.map((target) => `layer:${target}`),
      ...(layer === 'core' && bannedInCore.length > 0 ? { bannedExternalImports: bannedInCore } : {}),
    })),
  },
];

/** Core libraries stand in one line: protocol ← crypto ← profiles. */
const order = {
  protocol: { pattern: '^@assent/', says: 'protocol depends on nothing.' },
  crypto: { pattern: '^@assent/(?!protocol$)', says: 'crypto depends on protocol only.' },
  'authorization-details': { pattern: '^@assent/(?!protocol$)', says: 'authorization-details depends on protocol only.' },
  grants: { pattern: '^@assent/(?!(protocol|authorization-details)$)', says: 'grants depends on protocol and authorization-details only.' },
  'http-signatures': { pattern: '^@assent/(?!(protocol|crypto)$)', says: 'http-signatures depends on protocol and crypto only.' },
  profiles: { pattern: '^@assent/(?!(protocol|crypto)$)', says: 'profiles depends on protocol and crypto only.' },
  pki: { pattern: '^@assent/(?!(protocol|crypto)$)', says: 'pki depends on protocol and crypto only.' },
  'threat-model': { pattern: '^@assent/(?!(protocol|crypto|profiles)$)', says: 'threat-model depends on protocol, crypto and profiles only.' },
  markets: { pattern: '^@assent/(?!(protocol|crypto|profiles|authorization-details)$)', says: 'markets depends on protocol, crypto, profiles and authorization-details only.' },
  'resource-guard': { pattern: '^@assent/(?!(protocol|crypto|http-signatures)$)', says: 'resource-guard depends on protocol, crypto and http-signatures only.' },
};

const syntax = {
  random: { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Math.random can be guessed: use node:crypto.' },
  now: { selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']", message: 'Time comes from the Clock.' },
  newDate: { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes from the Clock.' },
  names: {
    selector: ':matches(ClassDeclaration, TSInterfaceDeclaration, TSTypeAliasDeclaration)[id.name=/(Manager|Helper|Utils?|Impl|Dto)$/]',
    message: 'Name it by what it is in the specification.',
  },
  profileTest: {
    selector: ":matches(BinaryExpression[operator=/^[!=]==?$/] > MemberExpression[property.name='profile'], SwitchStatement > MemberExpression.discriminant[property.name='profile'])",
    message: 'No `if (profile …)` outside libs/profiles: let the policy carry a value or a rule.',
  },
  profileName: {
    selector: 'Literal[value=/^(fapi[12]?-[a-z0-9-]+|open-?(banking|finance)-?(uk|br|brazil|uae|ksa|au)|obie|cdr|connectid)$/i]',
    message: 'Profile and market names live in libs/profiles and in configuration.',
  },
  marketTest: {
    selector: ":matches(BinaryExpression[operator=/^[!=]==?$/]:has(> Literal) MemberExpression[property.name='name']:matches([object.name='market'], [object.property.name='market']), SwitchStatement > MemberExpression.discriminant[property.name='name']:matches([object.name='market'], [object.property.name='market']))",
    message: 'No `if (market …)` outside libs/markets: let the market carry a value or a strategy.',
  },
  html: { selector: "JSXAttribute[name.name='dangerouslySetInnerHTML']", message: 'Text is escaped by the renderer; raw HTML is never passed through.' },
  handler: { selector: 'JSXAttribute[name.name=/^on/i]', message: 'Pages work without scripts, and the content security policy stops inline ones.' },
  style: { selector: "JSXAttribute[name.name='style']", message: 'The content security policy stops inline styles: use the stylesheet.' },
};
const restrict = (...names) => ['error', ...names.map((name) => syntax[name])];
const everywhere = ['random', 'names', 'html', 'handler', 'style'];
const byPolicy = [...everywhere, 'profileTest', 'profileName', 'marketTest'];
const byClock = ['now', 'newDate'];

/** `eslint-disable…` without ` -- why` is an error. */
const reasons = {
  create: (context) => ({
    Program() {
      for (const comment of context.sourceCode.getAllComments()) {
        if (/^\s*eslint-disable/.test(comment.value) && !/\s--\s+\S/.test(comment.value)) {
          context.report({ loc: comment.loc, message: 'A suppression carries its reason: `-- why`.' });
        }
      }
    },
  }),
};

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', '**/coverage/**', '.assent/**', '.nx/**'] },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.recommended],
    plugins: { '@nx': nx, house: { rules: { 'reasons-for-suppressions': reasons } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'no-eval': 'error',
      'no-implied-eval': 'error',
      'house/reasons-for-suppressions': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true }],
      'no-restricted-syntax': restrict(...byPolicy),
    },
  },
  { files: ['**/*.ts', '**/*.tsx'], rules: { '@nx/enforce-module-boundaries': boundaries(layers) } },
  { files: specs, rules: { '@nx/enforce-module-boundaries': boundaries(specLayers), 'no-restricted-syntax': restrict(...everywhere) } },
  {
    // Flows and decisions take time from the Clock, so that tests can set it.
    files: ['libs/{protocol,crypto,authorization-details,grants,http-signatures,profiles,resource-guard,signing-keys}/src/**/*.ts', 'apps/authorization-server/src/**/*.{ts,tsx}'],
    ignores: [...specs, 'libs/protocol/src/clock.ts'],
    rules: { 'no-restricted-syntax': restrict(...byPolicy, ...byClock) },
  },
  // A market's folder is the place of its name and of its rules.
  { files: ['libs/profiles/src/**/*.ts', 'libs/markets/**/*.ts'], ignores: specs, rules: { 'no-restricted-syntax': restrict(...everywhere, ...byClock) } },
  { files: ['tools/**', 'flows/**', 'libs/testing/**'], rules: { 'no-restricted-syntax': restrict(...everywhere) } },
  ...Object.entries(order).map(([lib, { pattern, says }]) => ({
    files: [`libs/${lib}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex: pattern, message: says }] }] },
  })),
  {
    // The guard's Nest entry is the one place in a core library that meets the framework: a bank that uses Nest
    // imports it by its own path, everybody else never loads it.
    files: ['libs/resource-guard/src/nest.ts', 'libs/resource-guard/src/nest/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': boundaries(layers, { bannedInCore: ['typeorm', 'pg'] }) },
  },
);
