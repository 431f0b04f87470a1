import { Disclosure, Section } from '../components/parts.js';
import { Words } from '../components/words.js';
import type { Explained } from '../data.js';
import { withoutIsolates } from '../html/plain-text.js';
import type { Texts } from '../texts/index.js';

/** What the client will see: each thing's title, one line, and everything it includes. */
export function Clusters({ clusters, tpp, t }: { clusters: readonly Explained[]; tpp: string; t: Texts }) {
  return (
    <Section>
      <h2>
        <Words of={t.consent.whatTheySee(tpp)} />
      </h2>
      <ul class="clusters">
        {clusters.map(({ title, summary, items }) => (
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
                    <li>
                      <Words of={item} />
                    </li>
                  ))}
                </ul>
              </Disclosure>
            )}
          </li>
        ))}
      </ul>
    </Section>
  );
}
