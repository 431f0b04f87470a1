import type { Cluster } from '../clusters.js';
import { Disclosure, Section } from '../components/parts.js';
import { Words } from '../components/words.js';
import { isolate, withoutIsolates } from '../html/plain-text.js';
import type { Texts } from '../texts/index.js';

/** What the client will see: each permission's title, one line, and everything it includes. */
export function Clusters({ clusters, tpp, bank, t }: { clusters: readonly Cluster[]; tpp: string; bank: string; t: Texts }) {
  return (
    <Section>
      <h2>
        <Words of={t.consent.whatTheySee(tpp)} />
      </h2>
      <ul class="clusters">
        {clusters.map((cluster) => {
          const { title, summary, items } = explained(cluster, tpp, bank, t);
          return (
            <li>
              <h3>
                <Words of={title} />
              </h3>
              <p class="hint">
                <Words of={summary} />
              </p>
              {items.length > 0 && (
                <Disclosure
                  summary={
                    <>
                      {t.consent.seeEverything}
                      <span class="vh">{t.consent.ofCluster(withoutIsolates(title))}</span>
                    </>
                  }
                >
                  <ul>
                    {items.map((item) => (
                      <li>{item}</li>
                    ))}
                  </ul>
                </Disclosure>
              )}
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

/** A cluster's own words; also what a dashboard or a notice says about it. */
export function explained(cluster: Cluster, tpp: string, bank: string, t: Texts): { readonly title: string; readonly summary: string; readonly items: readonly string[] } {
  if (cluster.id === 'other') {
    const { title, summary } = t.clusters.other;
    return { title: title(isolate(cluster.name, 60)), summary: summary(bank), items: [] };
  }
  const { title, summary, items } = t.clusters[cluster.id];
  return { title, summary: summary(tpp), items };
}
