import { readFileSync } from 'node:fs';
import { attackIds, refusalOf } from '@assent/threat-model';
import { Metrics } from './metrics.js';

interface Dashboard {
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
  readonly panels: readonly { readonly id: number; readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

const text = readFileSync(new URL('../../../docs/grafana/threats.json', import.meta.url), 'utf8');
const dashboard = JSON.parse(text) as Dashboard;
const queries = [...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...dashboard.templating.list.map(({ query }) => query)];

/** What Prometheus adds to every series. */
const added = ['job', 'instance', 'le'];

describe('docs/grafana/threats.json', () => {
  it('asks only for figures and labels the servers have', async () => {
    const metrics = new Metrics(false);
    metrics.refused('F2-AZ-15');
    metrics.answered('GET', '/', 200, 1);
    const known = new Map((await metrics.registry.getMetricsAsJSON()).map(({ name, values }) => [name, new Set(values.flatMap(({ labels }) => Object.keys(labels)))]));
    for (const query of queries.filter((one) => one !== 'prometheus')) {
      const named = [...query.matchAll(/\b((?:assent|http)_[a-z_]+)(?:\{([^}]*)\})?/g)];
      expect({ query, named: named.length > 0 }).toEqual({ query, named: true });
      for (const [, name, selector = ''] of named) {
        const labels = known.get(name!.replace(/_(count|sum|bucket)$/, '')) ?? known.get(name!);
        expect({ query, name, known: labels !== undefined }).toEqual({ query, name, known: true });
        const used = [...selector.matchAll(/([a-z]+)=?~?"/g), ...query.matchAll(/by \(([a-z, ]+)\)/g)].flatMap(([, one]) => one!.split(', '));
        expect(used.filter((label) => !labels!.has(label) && !added.includes(label))).toEqual([]);
      }
    }
  });

  it('selects attacks that exist', () => {
    for (const [, pattern] of text.matchAll(/attack=~\\"(TM-[^"\\]*)\\"/g)) expect(attackIds.filter((id) => new RegExp(`^${pattern!}$`).test(id))).not.toEqual([]);
  });

  it('has panels of different ids', () => expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length));
});

describe('a refusal is counted', () => {
  it('by control and attack, where it stands for one', async () => {
    const metrics = new Metrics(false);
    metrics.refused('F2-DP-10');
    metrics.refused('ASSENT-FORM-01');
    const counted = await metrics.registry.getSingleMetric('assent_threat_refusals_total')?.get();
    expect(counted?.values.map(({ value, labels }) => [labels, value])).toEqual([[refusalOf('F2-DP-10'), 1]]);
  });
});
