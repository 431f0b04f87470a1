import { ClusterList } from '../components/cluster-list.js';
import { Section } from '../components/parts.js';
import { Words } from '../components/words.js';
import type { Explained } from '../data.js';
import type { Texts } from '../texts/index.js';

/** What the client will see. */
export const Clusters = ({ clusters, tpp, t }: { clusters: readonly Explained[]; tpp: string; t: Texts }) => (
  <Section>
    <h2>
      <Words of={t.consent.whatTheySee(tpp)} />
    </h2>
    <ClusterList of={clusters} words={t.consent} />
  </Section>
);
