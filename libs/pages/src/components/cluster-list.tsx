import { withoutIsolates } from '../html/plain-text.js';
import { Disclosure } from './parts.js';
import { Words } from './words.js';

interface ClusterWords {
  readonly seeEverything: string;
  readonly ofCluster: (cluster: string) => string;
}

interface Explained {
  readonly title: string;
  readonly summary: string;
  readonly items: readonly string[];
  /** How far back, until when. */
  readonly terms?: readonly string[] | undefined;
}

/** What is seen: each thing's title, one line, what bounds it, and everything it includes. */
export const ClusterList = ({ of, words }: { of: readonly Explained[]; words: ClusterWords }) => (
  <ul class="clusters">
    {of.map(({ title, summary, items, terms = [] }) => (
      <li>
        <h3>
          <Words of={title} />
        </h3>
        {[summary, ...terms].map((line) => (
          <p class="hint">
            <Words of={line} />
          </p>
        ))}
        {items.length > 0 && (
          <Disclosure
            summary={
              <>
                {words.seeEverything}
                <span class="vh">{words.ofCluster(withoutIsolates(title))}</span>
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
);
