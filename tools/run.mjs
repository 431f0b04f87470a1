import { build } from './build.mjs';

const commands = ['demo', 'bench', 'migrate', 'keys', 'registration', 'audit-verify', 'evidence', 'profile', 'conformance', 'threats', 'directory'];
const [name, ...rest] = process.argv.slice(2);
if (!commands.includes(name)) {
  console.error(`Usage: node tools/run.mjs <${commands.join('|')}> [options]`);
  process.exit(2);
}
build({ quiet: true });
// The command reads its own arguments as if it had been called directly.
process.argv = [process.argv[0], `tools/dist/${name}.js`, ...rest];
await import(`./dist/${name}.js`);
